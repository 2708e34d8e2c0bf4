// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "filter.h"
#include "say.h"

#ifdef HAVE_SCOLS_FILTER

struct filter {
	struct libscols_filter *scols;
	struct column_list columns;	/* those the expression names */
	struct column_list shown;	/* all of the table, hidden ones too */
};

/* What a cell is filled from while the expression is evaluated. */
struct filling {
	const struct column_list *list;
	const struct row *row;
};

DEFINE_CLEANUP(iterator, struct libscols_iter *, scols_free_iter)
#define cleanup_iterator __attribute__((cleanup(cleanup_iterator_at)))

static int find_columns(const struct cli *cli, struct filter *filter)
{
	cleanup_iterator struct libscols_iter *iterator = scols_new_iter(SCOLS_ITER_FORWARD);
	const char *name;

	if (!iterator)
		return fail(cli, "--filter: out of memory");
	while (!scols_filter_next_holder(filter->scols, iterator, &name, 0)) {
		enum column_id id = column_find(name, strlen(name));

		if (id == COLUMN_COUNT)
			return fail(cli, "--filter: unknown column: %s", name);
		if (!column_list_has(&filter->columns, id))
			column_list_add(&filter->columns, id);
	}
	return EXIT_OK;
}

int filter_new(const struct cli *cli, const char *expression, struct filter **result)
{
	struct filter *filter = calloc(1, sizeof(*filter));
	int status = EXIT_OK;

	if (filter)
		filter->scols = scols_new_filter(NULL);
	if (!filter || !filter->scols)
		status = fail(cli, "--filter: out of memory");
	else if (scols_filter_parse_string(filter->scols, expression))
		status = fail(cli, "--filter: cannot parse \"%s\": %s", expression, scols_filter_get_errmsg(filter->scols));
	else
		status = find_columns(cli, filter);
	if (status != EXIT_OK) {
		filter_free(filter);
		filter = NULL;
	}
	*result = filter;
	return status;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	scols_unref_filter(filter->scols);
	free(filter);
}

void filter_add_columns(const struct filter *filter, struct column_list *list)
{
	for (size_t i = 0; i < filter->columns.n; i++)
		if (!column_list_has(list, filter->columns.ids[i]))
			column_list_add(list, filter->columns.ids[i]);
}

void filter_attach(struct filter *filter, struct libscols_table *table, const struct column_list *list)
{
	cleanup_iterator struct libscols_iter *iterator = scols_new_iter(SCOLS_ITER_FORWARD);
	const char *name;

	filter->shown = *list;
	while (iterator && !scols_filter_next_holder(filter->scols, iterator, &name, 0)) {
		const struct column *column = &columns[column_find(name, strlen(name))];

		scols_filter_assign_column(filter->scols, iterator, name,
					   scols_table_get_column_by_name(table, column->name));
	}
}

static int fill_cell(struct libscols_filter *scols, struct libscols_line *line, size_t n, void *data)
{
	const struct filling *filling = data;
	char *text = columns[filling->list->ids[n]].cell(filling->row);

	(void)scols;
	return text ? scols_line_refer_data(line, n, text) : 0;
}

int filter_apply(struct filter *filter, struct libscols_line *line, const struct row *row, bool *keep)
{
	struct filling filling = { &filter->shown, row };
	int passes = 0, err;

	scols_filter_set_filler_cb(filter->scols, fill_cell, &filling);
	err = scols_line_apply_filter(line, filter->scols, &passes);
	*keep = passes;
	return err;
}

#else

int filter_new(const struct cli *cli, const char *expression, struct filter **filter)
{
	(void)expression;
	*filter = NULL;
	return fail(cli, "--filter needs libsmartcols 2.40 or later, and this procns was built with %s", SMARTCOLS_VERSION);
}

void filter_free(struct filter *filter)
{
	(void)filter;
}

void filter_add_columns(const struct filter *filter, struct column_list *list)
{
	(void)filter;
	(void)list;
}

void filter_attach(struct filter *filter, struct libscols_table *table, const struct column_list *list)
{
	(void)filter;
	(void)table;
	(void)list;
}

int filter_apply(struct filter *filter, struct libscols_line *line, const struct row *row, bool *keep)
{
	(void)filter;
	(void)line;
	(void)row;
	*keep = true;
	return -EOPNOTSUPP;
}

#endif
