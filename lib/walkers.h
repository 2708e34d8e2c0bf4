/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The walkers as the kernel has them: the maps and programs that are wanted, as bpf/pack.py made them of the programs in bpf/. Descriptors of the
 * caller alone: nothing is attached or pinned, and all is gone with walkers_close(). For source_bpf_walk.c.
 */
#ifndef PROCNS_WALKERS_H
#define PROCNS_WALKERS_H

#include <stdint.h>

#include "bpf/walker.h"
#include "bpf/offsets.h"
#include "walkers.names.h"

struct walkers {
	int maps[MAP_COUNT];		/* -1: not made; then no program that would use it may get there */
	int programs[PROGRAM_COUNT];	/* -1: not loaded */
	int names;			/* BTF: what functions are called */
	void *variables;		/* those of all programs, mapped; VARIABLES_SIZE */
	char complaint[256];		/* of the verifier, about the program that it refused */
};

struct map_request {
	uint32_t type, key_size, value_size, entries, flags;
};

/*
 * First walkers_open(), with what is constant to all programs: where this kernel has what they read. Then the maps, then the programs that
 * use them. Each returns 0 or a negative errno; walkers_close() is right after any of them.
 */
int walkers_open(struct walkers *walkers, const struct offsets *at);
int walkers_make_map(struct walkers *walkers, enum packed_map map, struct map_request request);
int walkers_load(struct walkers *walkers, enum packed_program program);

/* Closes the map, and the programs that use it: to be made again, both. */
void walkers_drop_map(struct walkers *walkers, enum packed_map map);

void walkers_close(struct walkers *walkers);

#endif
