/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills the walkers' table of offsets from the kernel's BTF. */
#ifndef PROCNS_OFFSETS_FILL_H
#define PROCNS_OFFSETS_FILL_H

#include <assert.h>
#include <linux/types.h>
#include <stddef.h>

#include "../btf.h"
#include "../util.h"
#include "walker.h"
#include "offsets.h"

enum walker {
	WALK_TREE = 1 << 0,
	WALK_MAPS = 1 << 1,
	WALK_TASKS = 1 << 2,
};

/*
 * Fills what these walkers (WALK_* bits) read; the rest is ABSENT. Returns 0; -EINVAL: not BTF; -ENOMEM; -EOPNOTSUPP: the kernel
 * has not what *missing names, and a walker can't do without.
 */
int offsets_fill(struct offsets *offsets, struct btf_data btf, unsigned int walkers, const struct btf_request **missing);

#endif
