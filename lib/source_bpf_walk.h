/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads the walkers that are needed, runs them, and gives what they recorded. Arrays that prove too small are made larger and
 * everything is run again: a list is never cut.
 */
#ifndef PROCNS_SOURCE_BPF_WALK_H
#define PROCNS_SOURCE_BPF_WALK_H

#include "bpf/offsets_fill.h"
#include "bpf/ns.h"
#include "bpf/tasks.h"
#include "procns.h"

/* The arrays walkers fill. */
enum walk_array {
	ARRAY_NS,			/* struct ns_record */
	ARRAY_MAPS,			/* struct map_record */
	ARRAY_LONG_MAPS,		/* struct long_map_record */
	ARRAY_TASKS,			/* struct task_record */
	ARRAY_NSPROXIES,		/* struct nsproxy_record */
	ARRAY_COUNT,
};

struct walkers;

struct walk {
	unsigned int walkers;		/* WALK_* bits of those loaded */
	struct offsets offsets;
	struct walkers *object;
	struct walk_mapping {
		void *records;
		size_t count, size;	/* how many there are; how many fit */
	} arrays[ARRAY_COUNT];
};

/* What user space tells the walkers. */
struct walk_query {
	uint32_t types;			/* bits 1 << enum ns_type */
};

/* Finds out what this kernel is like. Returns 0 or a negative errno with the message set on ctx. */
int walk_open(struct walk *walk, struct procns *ctx, unsigned int walkers);

/* Runs all. Records of the run before are gone. Returns 0 or a negative errno with the message set on ctx. */
int walk_run(struct walk *walk, struct procns *ctx, const struct walk_query *query);

void walk_close(struct walk *walk);

static inline size_t walk_count(const struct walk *walk, enum walk_array array)
{
	return walk->arrays[array].count;
}

static inline const void *walk_records(const struct walk *walk, enum walk_array array)
{
	return walk->arrays[array].records;
}

/* What the walks found out about the caller and the system, beside records. */
const struct ns_walk *walk_ns_state(const struct walk *walk);
const struct task_walk *walk_task_state(const struct walk *walk);

#endif
