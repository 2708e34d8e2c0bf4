// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "json.h"
#include "say.h"
#include "table.h"

#define DIM "\033[2m"

/* One colour for each type, those of user namespaces, which own the others, the strongest. */
static const char *const type_colors[PROCNS_NTYPES] = {
	[PROCNS_CGROUP] = "\033[37m", [PROCNS_IPC] = "\033[37m",     [PROCNS_MNT] = "\033[34m",	 [PROCNS_NET] = "\033[36m",
	[PROCNS_PID] = "\033[35m",    [PROCNS_TIME] = "\033[37m", [PROCNS_USER] = "\033[1;33m", [PROCNS_UTS] = "\033[32m",
};

int color_parse(const struct cli *cli, const char *text, enum color_when *when)
{
	static const char *const names[] = { [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never" };

	*when = COLOR_ALWAYS;
	if (!text)
		return EXIT_OK;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(text, names[i])) {
			*when = (enum color_when)i;
			return EXIT_OK;
		}
	return fail(cli, "--color: '%s' is none of auto, always, never", text);
}

bool color_wanted(enum color_when when)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb");
}

static bool wants_colors(const struct format *format)
{
	return !format->json && !format->raw && color_wanted(format->color);
}

struct libscols_table *table_new(const char *name, const struct format *format)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	scols_table_enable_raw(table, format->raw);
	scols_table_enable_json(table, format->json);
	scols_table_enable_noheadings(table, format->noheadings);
	scols_table_enable_colors(table, wants_colors(format));
	if (scols_table_set_name(table, name) < 0) {
		scols_unref_table(table);
		return NULL;
	}
	return table;
}

static int column_flags(const struct format *format, enum column_id id)
{
	int flags = columns[id].flags;

	if (format->notruncate)
		flags &= ~SCOLS_FL_TRUNC;
	if (format->nowrap)
		flags &= ~SCOLS_FL_WRAP;
	if (format->tree_column == (int)id) {
		flags &= ~SCOLS_FL_RIGHT;
		flags |= SCOLS_FL_TREE;
	}
	return flags;
}

struct libscols_column *table_add_column(struct libscols_table *table, const struct format *format, enum column_id id,
					 int more_flags)
{
	const struct column *column = &columns[id];
	struct libscols_column *added =
		scols_table_new_column(table, column->name, column->width, column_flags(format, id) | more_flags);

	if (!added)
		return NULL;
	if (format->json || format->typed)
		scols_column_set_json_type(added, column->json_type);
	if (column->flags & SCOLS_FL_WRAP && !format->nowrap) {
		scols_column_set_wrapfunc(added, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
		scols_column_set_safechars(added, "\n");
	}
	return added;
}

int table_add_columns(struct libscols_table *table, const struct format *format, const struct column_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!table_add_column(table, format, list->ids[i], 0))
			return -ENOMEM;
	return 0;
}

int table_fill_line(struct libscols_line *line, const struct column_list *list, const struct row *row)
{
	for (size_t i = 0; i < list->n; i++) {
		char *text = columns[list->ids[i]].cell(row);

		if (text && scols_line_refer_data(line, i, text) < 0) {
			free(text);
			return -ENOMEM;
		}
	}
	return 0;
}

int table_color_line(struct libscols_table *table, struct libscols_line *line, const struct column_list *list,
		     const struct procns_ns *ns)
{
	if (!scols_table_colors_wanted(table))
		return 0;
	if (ns->known & PROCNS_FACT_COUNTS && !ns->nthreads)
		return scols_line_set_color(line, DIM);
	for (size_t i = 0; i < list->n; i++) {
		if (list->ids[i] != COLUMN_TYPE && list->ids[i] != COLUMN_NAMESPACE)
			continue;
		if (scols_cell_set_color(scols_line_get_cell(line, i), type_colors[ns->type]) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int print_json(struct libscols_table *table, const struct procns_snapshot *snapshot)
{
	cleanup_free char *data = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&data, &size);
	int err;

	if (!memory)
		return -ENOMEM;
	scols_table_set_stream(table, memory);
	err = scols_print_table(table);
	if (fclose(memory) || !data)
		err = -ENOMEM;
	if (err)
		return err;
	json_print(data, size, snapshot, stdout);
	return 0;
}

int table_print(const struct cli *cli, struct libscols_table *table, const struct procns_snapshot *snapshot)
{
	int err = scols_table_is_json(table) ? print_json(table, snapshot) : scols_print_table(table);

	if (err == -ENOMEM)
		return fail(cli, "cannot print the list: out of memory");
	return flush_output(cli);
}

static int add_column_line(struct libscols_table *table, const struct column *column)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	const char *type = column->json_type == SCOLS_JSON_NUMBER ? "<integer>" : "<string>";

	if (!line || scols_line_set_data(line, 0, column->name) || scols_line_set_data(line, 1, type) ||
	    scols_line_set_data(line, 2, column->help))
		return -ENOMEM;
	return 0;
}

int table_print_columns(const struct cli *cli, const struct format *format)
{
	cleanup_table struct libscols_table *table = table_new("lsns-columns", format);
	size_t n = columns_shown(cli);

	if (!table || !scols_table_new_column(table, "HOLDER", 0, SCOLS_FL_RIGHT) ||
	    !scols_table_new_column(table, "TYPE", 0, 0) || !scols_table_new_column(table, "DESCRIPTION", 0, 0))
		return fail(cli, "--list-columns: out of memory");
	scols_table_enable_noheadings(table, true);
	for (size_t i = 0; i < n; i++)
		if (add_column_line(table, &columns[i]) < 0)
			return fail(cli, "--list-columns: out of memory");
	return table_print(cli, table, NULL);
}
