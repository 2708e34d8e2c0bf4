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
	WALK_CANDIDATES = 1 << 1,
	WALK_NETS = 1 << 2,
	WALK_MAPS = 1 << 3,
	WALK_TASKS = 1 << 4,
	WALK_DESCRIPTORS = 1 << 5,
	WALK_RINGS = 1 << 6,
	WALK_QUEUES = 1 << 7,
	WALK_SUPERS = 1 << 8,
	WALK_MAPPINGS = 1 << 9,
	WALK_WATCHES = 1 << 10,
	WALK_INSIDE = 1 << 11,
	WALK_COUNTS = 1 << 12,
	WALK_BIRTHS = 1 << 13,		/* no walk: what births.bpf.c reads when it is called */
};

/*
 * Fills what these walkers (WALK_* bits) read; the rest is ABSENT. Returns 0; -EINVAL: not BTF; -ENOMEM; -EOPNOTSUPP: the kernel
 * has not what *missing names, and a walker can't do without.
 */
int offsets_fill(struct offsets *offsets, struct btf_data btf, unsigned int walkers, const struct btf_request **missing);

#endif
