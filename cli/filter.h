/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --filter: an expression over columns, by libsmartcols 2.40 or later; where built with an older one it is refused. */
#ifndef CLI_FILTER_H
#define CLI_FILTER_H

#include <stdbool.h>

#include "table.h"

struct cli;
struct filter;

/* Parses the expression. 0, or EXIT_FAILED and said (columns that don't exist are named). */
int filter_new(const struct cli *cli, const char *expression, struct filter **filter);
void filter_free(struct filter *filter);

/* Adds to the list the columns it names and the list lacks: they will be hidden in the table. */
void filter_add_columns(const struct filter *filter, struct column_list *list);

/* Lets the expression's names be the table's columns, which are those of list. */
void filter_attach(struct filter *filter, struct libscols_table *table, const struct column_list *list);

/* Whether the row is to be shown; fills those cells of its line that the expression reads. 0 or negative errno. */
int filter_apply(struct filter *filter, struct libscols_line *line, const struct row *row, bool *keep);

#endif
