/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a listing is printed: libsmartcols' formats, colours, and JSON fit for any terminal and any parser. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <libsmartcols.h>
#include <stdbool.h>

#include "columns.h"
#include "procns.h"

struct cli;

enum color_when {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

struct format {
	bool json, raw;
	bool noheadings;
	bool notruncate;	/* of cells, to the terminal's width */
	bool nowrap;		/* several paths of NSFS in one line */
	bool typed;		/* columns have their types also where JSON isn't printed: a filter compares by them */
	enum color_when color;
	int tree_column;	/* enum column_id, or -1: a list */
};

/* From the argument of --color (NULL: always). 0, or EXIT_FAILED and said. */
int color_parse(const struct cli *cli, const char *text, enum color_when *when);

/* Is colour wanted, and fit for standard output? */
bool color_wanted(enum color_when when);

/* A table called `name` in JSON; NULL out of memory. */
struct libscols_table *table_new(const char *name, const struct format *format);

/* Adds the columns of namespaces. 0 or -ENOMEM. */
int table_add_columns(struct libscols_table *table, const struct format *format, const struct column_list *list);
struct libscols_column *table_add_column(struct libscols_table *table, const struct format *format, enum column_id id,
					 int more_flags);

/* Fills the cells of a line that are not filled yet. 0 or -ENOMEM. */
int table_fill_line(struct libscols_line *line, const struct column_list *list, const struct row *row);

/* Colours of a namespace's line, where the table has colours: its type, or dim as a whole if it has no member. */
int table_color_line(struct libscols_table *table, struct libscols_line *line, const struct column_list *list,
		     const struct procns_ns *ns);

/*
 * Prints to stdout. In JSON, where the snapshot (may be NULL) has gaps, the object gets a second member `incomplete`, an array of
 * the lines that say what was not seen. Returns an exit status.
 */
int table_print(const struct cli *cli, struct libscols_table *table, const struct procns_snapshot *snapshot);

/* Prints the columns themselves, for --list-columns. Returns an exit status. */
int table_print_columns(const struct cli *cli, const struct format *format);

#endif
