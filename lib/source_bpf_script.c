// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tasks come first, namespaces last: what a task is in is then either among the namespaces, or has gone.
 */
#include <errno.h>

#include "index.h"
#include "source.h"
#include "source_bpf_find.h"
#include "source_bpf_script.h"

#define FOR_HOLDERS (WALK_TASKS | WALK_DESCRIPTORS | WALK_RINGS | WALK_QUEUES | WALK_SUPERS | WALK_MAPPINGS)

unsigned int script_walkers(uint32_t want, bool has_lists)
{
	unsigned int walkers = has_lists ? WALK_TREE : WALK_CANDIDATES | WALK_NETS | FOR_HOLDERS;

	if (want & PROCNS_FACT_MAPS)
		walkers |= WALK_MAPS;
	if (want & PROCNS_FACT_MEMBERS)
		walkers |= WALK_TASKS;
	if (want & PROCNS_FACT_HOLDERS)
		walkers |= FOR_HOLDERS;
	return walkers;
}

/* The task the kernel was born with is its own parent. What belongs to its namespaces is of no interest, and very much. */
static void name_initial(struct walk *walk)
{
	const struct task_record *tasks = walk_records(walk, ARRAY_TASKS);

	for (size_t i = 0; i < walk_count(walk, ARRAY_TASKS); i++) {
		if (tasks[i].parent != tasks[i].task)
			continue;
		walk->files->initial_user_ns = tasks[i].user_ns;
		walk->mappings->initial_user_ns = tasks[i].user_ns;
		walk->supers->initial_user_ns = tasks[i].user_ns;
		walk->supers->initial_pid_ns = tasks[i].pid_ns;
	}
}

/* Each descriptor table, and each address space, once. The first thread found that has it speaks for it: mostly the leader. */
static int name_possessions(struct walk *walk)
{
	const struct task_record *tasks = walk_records(walk, ARRAY_TASKS);
	size_t count = walk_count(walk, ARRAY_TASKS), table_count = 0, mm_count = 0;
	struct table_record *tables = walk_room(walk, ARRAY_TABLES, count);
	struct mm_record *mms = walk_room(walk, ARRAY_MMS, count);
	struct index named = { 0 };
	int err = 0;

	for (size_t i = 0; !err && tables && mms && i < count; i++) {
		void **table = tasks[i].files ? index_place(&named, tasks[i].files) : NULL;
		void **mm;

		if (table && !*table) {
			*table = &tables[table_count];
			tables[table_count++] = (struct table_record){ tasks[i].task, tasks[i].files };
		}
		mm = tasks[i].mm ? index_place(&named, tasks[i].mm) : NULL;
		if (mm && !*mm) {
			*mm = &mms[mm_count];
			mms[mm_count++] = (struct mm_record){ tasks[i].task, tasks[i].mm };
		}
		if ((tasks[i].files && !table) || (tasks[i].mm && !mm))
			err = context_error(walk->ctx, ENOMEM, "cannot list descriptors: out of memory");
	}
	index_free(&named);
	if (!tables || !mms)
		return err;
	walk_room(walk, ARRAY_TABLES, table_count);
	walk_room(walk, ARRAY_MMS, mm_count);
	walk->files->table_count = table_count;
	walk->mappings->mm_count = mm_count;
	return err;
}

/* Sockets may be in rings, and rings in the queues of sockets: on until neither finds more. */
static int walk_files(struct walk *walk)
{
	int err = walk_program(walk, WALK_DESCRIPTORS);
	uint32_t rings, socks;

	do {
		rings = walk->files->rings_done;
		socks = walk->files->socks_done;
		if (!err)
			err = walk_program(walk, WALK_RINGS);
		if (!err)
			err = walk_program(walk, WALK_QUEUES);
	} while (!err && (rings != walk->files->rings_done || socks != walk->files->socks_done));
	return err;
}

static int walk_holders(struct walk *walk)
{
	int err;

	name_initial(walk);
	err = name_possessions(walk);
	if (!err)
		err = walk_files(walk);
	if (!err)
		err = walk_program(walk, WALK_MAPPINGS);
	if (!err)
		err = walk_program(walk, WALK_SUPERS);
	return err;
}

static int play(struct walk *walk, const void *data)
{
	const struct script *script = data;
	int err = 0;

	walk->ns->types = script->types;
	if (walk->walkers & WALK_TASKS)
		err = walk_program(walk, WALK_TASKS);
	if (!err && walk->walkers & WALK_DESCRIPTORS)
		err = walk_holders(walk);
	if (!err)
		err = walk->walkers & WALK_TREE ? walk_program(walk, WALK_TREE) : find_namespaces(walk);
	if (!err && walk->walkers & WALK_MAPS)
		err = walk_program(walk, WALK_MAPS);
	return err;
}

int script_run(struct walk *walk, const struct script *script)
{
	return walk_sample(walk, play, script);
}
