/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines `procns ls` has, and what is drawn under what: as lsns(8) does it. */
#ifndef CLI_LS_ROWS_H
#define CLI_LS_ROWS_H

#include <stdbool.h>

#include "listing.h"

enum ls_relation {
	LS_FLAT,
	LS_BY_OWNER,
	LS_BY_PARENT,
	LS_BY_PROCESS,
};

struct ls_rows {
	enum ls_relation relation;
	pid_t pid;		/* only namespaces this process is in; 0: any */
	bool persistent;	/* only namespaces no task is in */
};

/* The facts the choice of lines needs, beside those of the columns. */
uint32_t ls_rows_facts(const struct ls_rows *rows);

/* Has the namespace a line, where no filter is asked? */
bool ls_row_chosen(const struct ls_rows *rows, const struct procns_ns *ns);

/* 0 or a negative errno. */
int ls_add_namespaces(const struct ls_rows *rows, struct listing *listing);
int ls_add_processes(const struct ls_rows *rows, struct listing *listing, const struct procns_ns *ns);

#endif
