// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tasks come first, namespaces after all that may keep one: what a task is in is then either among the namespaces, or has gone.
 */
#include <errno.h>

#include "index.h"
#include "source.h"
#include "source_bpf_find.h"
#include "source_bpf_record.h"
#include "source_bpf_script.h"

#define FOR_HOLDERS (WALK_TASKS | WALK_DESCRIPTORS | WALK_RINGS | WALK_QUEUES | WALK_WATCHES | \
		     WALK_SUPERS | WALK_MAPPINGS)

unsigned int script_walkers(uint32_t want, bool has_lists)
{
	unsigned int walkers = has_lists ? WALK_TREE : WALK_CANDIDATES | WALK_NETS | FOR_HOLDERS;

	if (want & PROCNS_FACT_MAPS)
		walkers |= WALK_MAPS;
	if (want & PROCNS_FACT_INSIDE)
		walkers |= WALK_INSIDE;
	if (want & PROCNS_FACT_MEMBERS)
		walkers |= WALK_TASKS;
	if (want & PROCNS_FACT_HOLDERS)
		walkers |= FOR_HOLDERS;
	if (want & PROCNS_FACT_COUNTS && !(walkers & WALK_TASKS))
		walkers |= WALK_COUNTS;
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

/* What is named already, and where the next go; NULL: there is no room this time. */
struct naming {
	struct index named;
	struct table_record *tables;
	struct mm_record *mms;
	size_t table_count, mm_count;
};

/* 1 the first time; 0 also where there is no such thing; -ENOMEM. */
static int name_once(struct naming *naming, uint64_t address)
{
	void **place = address ? index_place(&naming->named, address) : NULL;

	if (!address)
		return 0;
	if (!place)
		return -ENOMEM;
	if (*place)
		return 0;
	*place = naming;
	return 1;
}

static int name_possessions_of(struct naming *naming, const struct task_record *task, const struct possession_record *theirs)
{
	int files = name_once(naming, theirs->files), mm = name_once(naming, theirs->mm);

	if (files < 0 || mm < 0)
		return -ENOMEM;
	if (files)
		naming->tables[naming->table_count++] = (struct table_record){ task->task, theirs->files };
	if (mm)
		naming->mms[naming->mm_count++] = (struct mm_record){ task->task, theirs->mm };
	return 0;
}

/* Each descriptor table and each address space once, by a leader that has it, else by another thread. */
static int name_possessions(struct walk *walk)
{
	const struct task_record *tasks = walk_records(walk, ARRAY_TASKS);
	const struct possession_record *theirs = walk_records(walk, ARRAY_POSSESSIONS);
	size_t count = walk_count(walk, ARRAY_TASKS);
	struct naming naming = { .tables = walk_room(walk, ARRAY_TABLES, count), .mms = walk_room(walk, ARRAY_MMS, count) };
	int err = 0;

	if (!naming.tables || !naming.mms)
		return 0;
	for (size_t i = 0; !err && i < count; i++)
		if (tasks[i].number & TASK_LEADS)
			err = name_possessions_of(&naming, &tasks[i], &theirs[i]);
	for (size_t i = 0; !err && i < count; i++)
		if (!(tasks[i].number & TASK_LEADS))
			err = name_possessions_of(&naming, &tasks[i], &theirs[i]);
	index_free(&naming.named);
	if (err)
		return context_error(walk->ctx, ENOMEM, "cannot list descriptors: out of memory");
	walk_room(walk, ARRAY_TABLES, naming.table_count);
	walk_room(walk, ARRAY_MMS, naming.mm_count);
	walk->files->table_count = naming.table_count;
	walk->mappings->mm_count = naming.mm_count;
	return 0;
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
	return err ?: walk_program(walk, WALK_WATCHES);
}

/* Where open /proc files are: the only ones whose path is of interest. */
static void ask_for_places(struct walk *walk)
{
	const struct file_record *files = walk_records(walk, ARRAY_FILES);
	size_t count = walk_count(walk, ARRAY_FILES), asked = 0;
	struct place_record *places;

	for (size_t i = 0; i < count; i++)
		asked += file_is_proc(&files[i]);
	places = walk_room(walk, ARRAY_PLACES, asked);
	if (!places)
		return;
	asked = 0;
	for (size_t i = 0; i < count; i++)
		if (file_is_proc(&files[i]))
			places[asked++] = (struct place_record){
				.mount = files[i].mnt - walk->offsets.mount.mnt,
				.dentry = files[i].dentry,
			};
	walk->supers->asked_count = asked;
	walk->supers->place_count = asked;
}

/* The paths of places that found no room were not gone along. They will be as long as the others. */
static void foresee_paths(struct walk *walk)
{
	const size_t recorded = walk_count(walk, ARRAY_PLACES), all = walk->supers->place_count;

	if (recorded && recorded < all)
		walk->supers->part_count = (uint64_t)walk->supers->part_count * all / recorded;
}

static int walk_holders(struct walk *walk)
{
	int err;

	name_initial(walk);
	err = name_possessions(walk);
	if (!err)
		err = walk_files(walk);
	if (err)
		return err;
	ask_for_places(walk);
	err = walk_program(walk, WALK_SUPERS);
	if (!err)
		foresee_paths(walk);
	return err;
}

/*
 * Going through all address spaces takes longer than all else together. A mapping keeps an ipc namespace, as a segment of it,
 * or a user namespace, by its credentials: where there are no others than the initial ones it keeps nothing of interest.
 */
static bool mappings_matter(const struct walk *walk)
{
	const struct ns_record *records = walk_records(walk, ARRAY_NS);

	for (size_t i = 0; i < walk_count(walk, ARRAY_NS); i++) {
		if (records[i].ns == walk->ns->initial[records[i].type])
			continue;
		if (records[i].type == NS_USER || (records[i].type == NS_IPC && records[i].segments))
			return true;
	}
	return false;
}

/* Where namespaces have to be looked for, mappings are one more place to look. */
static int walk_namespaces(struct walk *walk)
{
	bool mappings = walk->walkers & WALK_MAPPINGS;
	int err = 0;

	if (!(walk->walkers & WALK_TREE)) {
		err = walk_program(walk, WALK_MAPPINGS);
		return err ?: find_namespaces(walk);
	}
	err = walk_program(walk, WALK_TREE);
	if (!err && mappings && mappings_matter(walk))
		err = walk_program(walk, WALK_MAPPINGS);
	return err;
}

/*
 * Where there was no room for all namespaces, walkers that go through their records would be told of some, and after the next run of more: instead
 * they are counted as having met all, by number of type, so that the next run has room for what they will find.
 */
static bool all_recorded(struct walk *walk)
{
	const __u32 *by_type = walk->ns->by_type;

	if (walk_count(walk, ARRAY_NS) == walk->ns->count)
		return true;
	walk_room(walk, ARRAY_MAPS, 2 * by_type[NS_USER]);
	walk_room(walk, ARRAY_INSIDE, by_type[NS_UTS] + by_type[NS_USER] + by_type[NS_TIME]);
	return false;
}

static int walk_inside(struct walk *walk)
{
	int err = 0;

	if (walk->walkers & WALK_MAPS)
		err = walk_program(walk, WALK_MAPS);
	if (!err && walk->walkers & WALK_INSIDE)
		err = walk_program(walk, WALK_INSIDE);
	return err;
}

static int play(struct walk *walk, const void *data)
{
	const struct script *script = data;
	int err = 0;

	walk->ns->types = script->types;
	if (walk->walkers & WALK_TASKS)
		err = walk_program(walk, WALK_TASKS);
	if (!err && walk->walkers & WALK_COUNTS)
		err = walk_program(walk, WALK_COUNTS);
	if (!err && walk->walkers & WALK_DESCRIPTORS)
		err = walk_holders(walk);
	if (!err)
		err = walk_namespaces(walk);
	return !err && all_recorded(walk) ? walk_inside(walk) : err;
}

int script_run(struct walk *walk, const struct script *script)
{
	return walk_sample(walk, play, script);
}
