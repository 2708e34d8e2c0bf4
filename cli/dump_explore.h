/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only who is in a namespace can read: the root of cgroup namespaces; and where the source of the snapshot does not know them, the names
 * of uts and the clocks of time. Children, where there are
 * many side by side, enter one after the other, each opened by whatever leads to it, and writes down what it finds; the caller's namespaces stay as they are.
 */
#ifndef CLI_DUMP_EXPLORE_H
#define CLI_DUMP_EXPLORE_H

#include "dump_file.h"

/* What could not be learned, a line each, fit to follow "incomplete: ". */
struct dump_gaps {
	char *lines[PROCNS_NTYPES + 2];
	size_t count;
};

void dump_gaps_free(struct dump_gaps *gaps);

/* The list was made from the snapshot. Returns 0 or a negative errno; what is not there stays unknown and makes a gap. */
int dump_explore(struct procns *ctx, const struct procns_snapshot *snapshot, struct dump *dump, struct dump_gaps *gaps);

/* The same of `setgroups`. */
int dump_read_setgroups(struct procns *ctx, const struct procns_snapshot *snapshot, struct dump *dump, struct dump_gaps *gaps);

#endif
