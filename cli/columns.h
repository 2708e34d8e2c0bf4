/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns a listing of namespaces can have, and the facts each needs. */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cells.h"

struct cli;

enum column_id {
	COLUMN_NS,
	COLUMN_TYPE,
	COLUMN_PATH,
	COLUMN_NPROCS,
	COLUMN_PID,
	COLUMN_PPID,
	COLUMN_COMMAND,
	COLUMN_UID,
	COLUMN_USER,
	COLUMN_NETNSID,
	COLUMN_NSFS,
	COLUMN_PNS,
	COLUMN_ONS,
	COLUMN_OF_LSNS_LAST = COLUMN_ONS,
	COLUMN_NAMESPACE,
	COLUMN_PARENT,
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_THREADS,
	COLUMN_REFS,
	COLUMN_ACTIVE,
	COLUMN_HOLDERS,
	COLUMN_MAPS,
	COLUMN_COUNT,
};

struct column {
	const char *name;
	double width;		/* a hint; below 1 a share of the terminal */
	int flags;		/* SCOLS_FL_* */
	int json_type;		/* SCOLS_JSON_* */
	uint32_t facts;		/* PROCNS_FACT_* its cells need */
	cell_function *cell;
	const char *help;
};

extern const struct column columns[COLUMN_COUNT];

/* How many columns --output takes. One may be there twice. */
#define COLUMNS_MAX (2 * COLUMN_COUNT)

/* The columns of one listing, in order; there is room for those that only a filter needs. */
struct column_list {
	enum column_id ids[COLUMNS_MAX + COLUMN_COUNT];
	size_t n;
};

void column_list_add(struct column_list *list, enum column_id id);
bool column_list_has(const struct column_list *list, enum column_id id);
uint32_t column_list_facts(const struct column_list *list);

/* From the argument of --output: replaces the list, or adds to it where text begins with '+'. 0, or EXIT_FAILED and said. */
int column_list_parse(const struct cli *cli, struct column_list *list, const char *text);

/* By name, in any case; COLUMN_COUNT where there is none. */
enum column_id column_find(const char *name, size_t length);

/* For --help: a line for each column that this command has by this name. */
void columns_help(const struct cli *cli, FILE *out);

/* How many columns this command has by the name it was called by: lsns has its own alone in --output-all and --list-columns. */
size_t columns_shown(const struct cli *cli);

#endif
