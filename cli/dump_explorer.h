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
	const char *mount_point;	/* where it may mount, NULL: nowhere */
};

void dump_explore_here(struct explorer *explorer, const struct dump *dump, pid_t caller) __attribute__((noreturn));

#endif
