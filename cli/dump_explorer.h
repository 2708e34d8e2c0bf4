/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The child of dump_explore(). It writes of each namespace its number in the list, two texts that end with NUL, and an error or 0. */
#ifndef CLI_DUMP_EXPLORER_H
#define CLI_DUMP_EXPLORER_H

#include <stdio.h>

#include "dump_file.h"

struct explorer {
	struct procns *ctx;
	const struct procns_snapshot *snapshot;
	FILE *out;
	size_t first, step;		/* which it takes */
	ino_t own[PROCNS_NTYPES];	/* the namespaces it is in */
	int own_cgroup;			/* descriptor of that one */
	struct cgroups *here;		/* where we are in it */
	bool mounts_asked;		/* whether it may mount, and where: */
	const char *mount_point;	/* NULL: nowhere */
};

/*
 * dump_explore_cgroup.c: called in a cgroup namespace, comes back to our own. It writes the root in the unified hierarchy, and NAME:ROOT of each
 * other, a line each; empty where a root has no path from here. Returns 0, or a negative errno before anything was written.
 */
int explore_cgroup(struct explorer *explorer);
void explore_cgroup_begin(struct explorer *explorer);

/* Whether there is something in it to find that is not known yet. */
bool dump_is_to_explore(const struct dump_ns *ns);

void dump_explore_here(struct explorer *explorer, const struct dump *dump, pid_t caller) __attribute__((noreturn));

#endif
