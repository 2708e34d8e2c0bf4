/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between two dumps. */
#ifndef CLI_DUMP_COMPARE_H
#define CLI_DUMP_COMPARE_H

#include "dump_match.h"

/* One difference. A namespace is born (`before` is NULL), gone (`after` is NULL), or has another value of `member`. */
struct dump_change {
	const struct dump_ns *before, *after;
	const char *member;
	const char *old, *now;		/* texts; JSON has the same */
};

struct dump_changes {
	void (*each)(const struct dump_change *change, void *arg);
	void *arg;
	bool only_structure;		/* not members, holders, names and links: what restore makes again */
	size_t count;
};

/* Calls each() for every difference: the gone and changed in the order of `before`, then the born. */
void dump_compare(const struct dump *before, const struct dump *after, const struct dump_match *match, struct dump_changes *changes);

#endif
