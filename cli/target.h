/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Namespaces named by operands, opened: what enter, open and pin work on. */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "procns.h"

struct cli;

struct target {
	int fd;
	enum procns_type type;
	ino_t inum;
	const char *text;	/* the operand it came from */
};

struct targets {
	struct target list[PROCNS_NTYPES];
	size_t n;
};

/* Any namespace procns_resolve() knows; also one that only its holders give a way to. Returns 0 or an exit status, already said. */
int target_open(const struct cli *cli, const char *text, struct target *target);

/*
 * Adds what an operand means: one namespace, or with `pid:N` those of a task that are not ours already; of `types` (bits
 * 1 << type) only. Two of one type are refused. Returns 0 or an exit status, already said.
 */
int targets_add(const struct cli *cli, struct targets *targets, const char *text, uint32_t types);
void targets_close(struct targets *targets);

/* Whether a user namespace is, or is above, the one that owns the target. False where the kernel doesn't tell. */
bool target_is_owned_below(const struct target *target, const struct target *user);

#endif
