// SPDX-License-Identifier: GPL-2.0-or-later
/* procns source: how each source stands on this machine, for this caller. */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "json_writer.h"
#include "say.h"
#include "table.h"
#include "text.h"

static const struct option_row option_rows[] = {
	OPTION_ROW_JSON,
	OPTION_ROW_NOHEADINGS,
	OPTION_ROW_RAW,
	OPTION_ROW_COLOR,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

static const char *const exclusive[] = { "Jr", NULL };

enum source_column {
	SOURCE_NAME,
	SOURCE_WORKS,
	SOURCE_FACTS,
	SOURCE_REASON,
};

static const struct {
	enum procns_fact fact;
	const char *name;
} fact_names[] = {
	{ PROCNS_FACT_ID, "id" },	    { PROCNS_FACT_OWNER, "owner" },   { PROCNS_FACT_PARENT, "parent" },
	{ PROCNS_FACT_CREATOR, "creator" }, { PROCNS_FACT_MAPS, "maps" },     { PROCNS_FACT_REFS, "refs" },
	{ PROCNS_FACT_ACTIVE, "active" },   { PROCNS_FACT_MEMBERS, "members" }, { PROCNS_FACT_NAMES, "names" },
	{ PROCNS_FACT_NETNSID, "netnsid" }, { PROCNS_FACT_HOLDERS, "holders" },
	{ PROCNS_FACT_INSIDE, "inside" },
};

static int parse_options(const struct cli *cli, int argc, char **argv, struct format *format, int *status)
{
	struct options options;
	int key;

	options_begin(&options, cli, argc, argv);
	for (*status = EXIT_OK; *status == EXIT_OK && (key = options_next(&options)) != OPTIONS_END;) {
		switch (key) {
		case 'J': format->json = true; break;
		case 'n': format->noheadings = true; break;
		case 'r': format->raw = true; break;
		case OPTION_COLOR: *status = color_parse(cli, options.argument, &format->color); break;
		case OPTIONS_EXIT: *status = options.status; return OPTIONS_EXIT;
		}
	}
	if (*status == EXIT_OK && options_operands(&options)[0])
		*status = fail(cli, "takes no operand, but got '%s'", options_operands(&options)[0]);
	return *status == EXIT_OK ? OPTIONS_END : OPTIONS_EXIT;
}

static struct libscols_table *new_table(const struct format *format)
{
	struct libscols_table *table = table_new("sources", format);

	if (!table)
		return NULL;
	if (scols_table_new_column(table, "SOURCE", 0, 0) && scols_table_new_column(table, "WORKS", 0, 0) &&
	    scols_table_new_column(table, "FACTS", 0.45, SCOLS_FL_WRAP) &&
	    scols_table_new_column(table, "REASON", 0, SCOLS_FL_WRAP))
		return table;
	scols_unref_table(table);
	return NULL;
}

static char *facts_text(uint32_t facts)
{
	struct text text = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(fact_names); i++)
		if (facts & fact_names[i].fact)
			text_add(&text, "%s%s", text.data ? " " : "", fact_names[i].name);
	return text_take(&text);
}

static int add_source(struct libscols_table *table, const struct procns_source_status *source)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	cleanup_free char *facts = facts_text(source->available ? source->facts : 0);

	if (!line || scols_line_set_data(line, SOURCE_NAME, source->name) ||
	    scols_line_set_data(line, SOURCE_WORKS, source->available ? "yes" : "no") ||
	    scols_line_set_data(line, SOURCE_FACTS, facts) || scols_line_set_data(line, SOURCE_REASON, source->reason))
		return -ENOMEM;
	return 0;
}

static int print_table(const struct cli *cli, struct procns *ctx, const struct format *format)
{
	cleanup_table struct libscols_table *table = new_table(format);
	struct procns_source_status source;

	if (!table)
		return fail(cli, "out of memory");
	for (size_t i = 0; !procns_source_status(ctx, i, &source); i++)
		if (add_source(table, &source) < 0)
			return fail(cli, "out of memory");
	return table_print(cli, table, NULL);
}

static void write_source(struct json_writer *json, const struct procns_source_status *source)
{
	json_begin(json, NULL, '{');
	json_text(json, "source", source->name);
	json_bool(json, "works", source->available);
	json_begin(json, "facts", '[');
	for (size_t i = 0; i < ARRAY_SIZE(fact_names); i++)
		if (source->available && source->facts & fact_names[i].fact)
			json_text(json, NULL, fact_names[i].name);
	json_end(json, ']');
	json_text(json, "reason", source->reason);
	json_end(json, '}');
}

static int print_json(const struct cli *cli, struct procns *ctx)
{
	struct json_writer json = { .out = stdout };
	struct procns_source_status source;

	json_begin(&json, NULL, '{');
	json_begin(&json, "sources", '[');
	for (size_t i = 0; !procns_source_status(ctx, i, &source); i++)
		write_source(&json, &source);
	json_end(&json, ']');
	json_end(&json, '}');
	return flush_output(cli);
}

static int run(const struct cli *cli, int argc, char **argv)
{
	struct format format = { .tree_column = -1 };
	cleanup_context struct procns *ctx = NULL;
	int status;

	if (parse_options(cli, argc, argv, &format, &status) == OPTIONS_EXIT)
		return status;
	if (procns_new(&ctx) < 0)
		return fail(cli, "out of memory");
	return format.json ? print_json(cli, ctx) : print_table(cli, ctx, &format);
}

const struct command command_source = {
	.name = "source",
	.help = "say which ways to list namespaces work here, what each knows, and why not",
	.options = option_rows,
	.exclusive = exclusive,
	.run = run,
};
