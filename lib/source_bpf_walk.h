/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads the walkers that are needed, runs them, and gives what they recorded. Arrays that prove too small are made larger and
 * everything is run again: a list is never cut.
 */
#ifndef PROCNS_SOURCE_BPF_WALK_H
#define PROCNS_SOURCE_BPF_WALK_H

#include "bpf/offsets_fill.h"
#include "bpf/files.h"
#include "bpf/mappings.h"
#include "bpf/ns.h"
#include "bpf/supers.h"
#include "bpf/tasks.h"
#include "procns.h"

/* The arrays walkers fill, and some that user space fills for them. */
enum walk_array {
	ARRAY_NS,			/* struct ns_record */
	ARRAY_CANDIDATES,		/* struct candidate_record, for them */
	ARRAY_MAPS,			/* struct map_record */
	ARRAY_LONG_MAPS,		/* struct long_map_record */
	ARRAY_INSIDE,			/* struct inside_record */
	ARRAY_TASKS,			/* struct task_record */
	ARRAY_POSSESSIONS,		/* struct possession_record, of the task of the same index */
	ARRAY_COUNTS,			/* struct count_record */
	ARRAY_NSPROXIES,		/* struct nsproxy_record */
	ARRAY_TABLES,			/* struct table_record, for them */
	ARRAY_FILES,			/* struct file_record */
	ARRAY_RINGS,			/* struct ring_record */
	ARRAY_SOCKS,			/* struct sock_record */
	ARRAY_GROUPS,			/* struct group_record */
	ARRAY_WATCHES,			/* struct watch_record */
	ARRAY_NAMES,			/* struct name_record */
	ARRAY_EDGES,			/* struct sock_edge_record */
	ARRAY_SUPERS,			/* struct super_record */
	ARRAY_PLACES,			/* struct place_record */
	ARRAY_PARTS,			/* struct part_record */
	ARRAY_MMS,			/* struct mm_record, for them and back */
	ARRAY_MAPPINGS,			/* struct mapping_record */
	ARRAY_NETS,			/* struct net_record */
	ARRAY_SEEN,			/* what files.bpf.c has met; not for user space */
	ARRAY_COUNT,
};

struct walkers;

struct walk {
	struct procns *ctx;		/* has the message after a failure */
	unsigned int walkers;		/* WALK_* bits of those loaded */
	struct offsets offsets;
	struct walkers *kernel;		/* its maps and programs; NULL: not loaded */
	struct walk_array_state {
		void *records;
		size_t count;		/* how many the walkers, or user space, have for it */
		size_t size;		/* how many fit */
	} arrays[ARRAY_COUNT];

	/* What the walkers tell and are told beside records; valid while a script runs and after it. */
	struct ns_walk *ns;
	struct task_walk *tasks;
	struct file_walk *files;
	struct super_walk *supers;
	struct mapping_walk *mappings;
};

/* Finds out what this kernel is like. Returns 0 or a negative errno with the message set on ctx. */
int walk_open(struct walk *walk, struct procns *ctx, unsigned int walkers);

/* Does the kernel keep lists of its namespaces? */
bool walk_has_lists(const struct walk *walk);

/*
 * Takes a sample: runs the script, which runs the walkers in its order by walk_program() and gives them what they need by
 * walk_room(), until all fitted. Records of the sample before are gone. Returns 0 or a negative errno with the message set.
 */
int walk_sample(struct walk *walk, int (*script)(struct walk *walk, const void *data), const void *data);

/* Runs one walker. */
int walk_program(struct walk *walk, enum walker walker);

/* Room for so many records that user space writes; NULL: not this time, everything will be run again with more. */
void *walk_room(struct walk *walk, enum walk_array array, size_t count);

void walk_close(struct walk *walk);

static inline const void *walk_records(const struct walk *walk, enum walk_array array)
{
	return walk->arrays[array].records;
}

/* How many of them there are to read: while a script runs that may be fewer than were counted. */
static inline size_t walk_count(const struct walk *walk, enum walk_array array)
{
	const struct walk_array_state *state = &walk->arrays[array];

	return state->count < state->size ? state->count : state->size;
}

#endif
