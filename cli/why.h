/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the front ends of `procns why` share: text, JSON, Graphviz. */
#ifndef CLI_WHY_H
#define CLI_WHY_H

#include <stdbool.h>
#include <stdio.h>

#include "procns.h"

struct why {
	const struct cli *cli;
	const struct procns_snapshot *snapshot;
	const struct procns_ns *own_mntns;	/* the caller's; NULL where not known */
	const struct procns_ns **asked;		/* the namespaces to explain */
	size_t nasked;
	int depth;				/* how many steps to go down; negative: all */
	bool verbose;				/* every member, also where there are many */
	FILE *out;
};

/* Each prints the whole answer and returns 0 or a negative errno. */
int why_print_text(const struct why *why);
int why_print_json(const struct why *why);
int why_print_dot(const struct why *why);

/* Held by one descriptor, socket, message in flight or mount and nothing else: a leak, most likely. */
bool why_is_orphan(const struct procns_ns *ns);

/*
 * The namespace whose life this holder's depends on: a child, one it owns, or the mount namespace of a mount, where no process is
 * in that (else it is clear enough why it lives). NULL for other holders.
 */
const struct procns_ns *why_via(const struct procns_holder *holder);

/* Members and tasks whose children will be in it are told together, by process. */
bool why_is_task_kind(enum procns_holder_kind kind);

#endif
