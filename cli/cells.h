/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a namespace, or a process in it, to the text of a cell. */
#ifndef CLI_CELLS_H
#define CLI_CELLS_H

#include <stdbool.h>

#include "cache.h"
#include "procns.h"

/* What the cells of one listing share. */
struct cells {
	char path_separator;	/* between the paths of NSFS */
	int proc_is_ours;	/* whether /proc/PID is about our pids: -1 not looked yet */
	struct cache commands;	/* by pid */
	struct cache users;	/* by uid */
};

struct row {
	struct cells *cells;
	const struct procns_ns *ns;
	const struct procns_task *task;	/* the process of this row; NULL where the namespace has none */
	const struct procns_ns *above;	/* in a tree of namespaces: what the row is drawn under; NULL: a root, or no such tree */
};

/* Allocated text; NULL: nothing to show, because there is nothing or because it is not known. */
typedef char *cell_function(const struct row *row);

cell_function cell_ns, cell_type, cell_path, cell_nprocs, cell_pid, cell_ppid, cell_command, cell_uid, cell_user, cell_netnsid,
	cell_nsfs, cell_pns, cell_ons, cell_namespace, cell_parent, cell_id, cell_name, cell_threads, cell_refs, cell_active, cell_holders,
	cell_maps;

void cells_begin(struct cells *cells, char path_separator);
void cells_end(struct cells *cells);

#endif
