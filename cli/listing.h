/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table whose lines are namespaces of a snapshot, or processes in one; it knows which line each has, for drawing trees. */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include <libsmartcols.h>

#include "cells.h"
#include "filter.h"
#include "table.h"

struct listing {
	const struct procns_snapshot *snapshot;
	const struct column_list *columns;
	struct libscols_table *table;
	struct filter *filter;			/* NULL: every line is kept */
	struct cells cells;
	const struct procns_ns **namespaces;	/* the snapshot's, by number */
	size_t n;
	struct libscols_line **namespace_lines; /* of namespaces[i]; NULL: none yet, or filtered out */
	struct libscols_line **task_lines;	/* of the snapshot's task i, the last one it was on */
};

/* The namespaces of a snapshot (procns_count() of them) as they are listed: by number. Allocated; NULL out of memory. */
const struct procns_ns **namespaces_in_order(const struct procns_snapshot *snapshot);

/* Makes the table and everything empty; listing_end() also after a failure. 0 or -ENOMEM. */
int listing_begin(struct listing *listing, const struct procns_snapshot *snapshot, const struct column_list *columns,
		  const struct format *format, struct filter *filter);
void listing_end(struct listing *listing);

/* Where the line of a namespace is kept; NULL: it is not in the list. */
struct libscols_line **listing_namespace_line(struct listing *listing, const struct procns_ns *ns);

/* The number of a process among the snapshot's tasks; false where it isn't there. */
bool listing_find_process(const struct listing *listing, pid_t pid, size_t *i);

/* The same of the first of its threads that is among them: where tasks were only counted, the process itself need not be. */
bool listing_find_thread_of(const struct listing *listing, pid_t pid, size_t *i);

/* Adds a line under another, or at the root (NULL). *line is NULL where the filter does not let it through. 0 or -errno. */
int listing_add(struct listing *listing, const struct procns_ns *ns, const struct procns_task *task,
		const struct procns_ns *above, struct libscols_line *under, struct libscols_line **line);

#endif
