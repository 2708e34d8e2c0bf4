// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "source.h"
#include "source_bpf_load.h"
#include "source_bpf_walk.h"
#include "util.h"
#include "walkers.skel.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"
#define MAX_RUNS 12

#define IN(member) offsetof(struct walkers, member)
#define COUNTER(field) offsetof(struct walkers__bss, field)
#define NO_COUNTER SIZE_MAX		/* user space counts */

#define EVERY_FILE (WALK_DESCRIPTORS | WALK_RINGS | WALK_QUEUES | WALK_WATCHES)

static const struct program {
	enum walker walker;
	size_t program;			/* in struct walkers */
} programs[] = {
	{ WALK_TREE, IN(progs.walk_tree) },
	{ WALK_CANDIDATES, IN(progs.walk_candidates) },
	{ WALK_MAPS, IN(progs.walk_maps) },
	{ WALK_TASKS, IN(progs.walk_tasks) },
	{ WALK_DESCRIPTORS, IN(progs.walk_descriptors) },
	{ WALK_RINGS, IN(progs.walk_rings) },
	{ WALK_QUEUES, IN(progs.walk_queues) },
	{ WALK_WATCHES, IN(progs.walk_watches) },
	{ WALK_SUPERS, IN(progs.walk_supers) },
	{ WALK_MAPPINGS, IN(progs.walk_mappings) },
	{ WALK_NETS, IN(progs.walk_nets) },
};

static const struct array {
	unsigned int walkers;		/* that use it */
	size_t map;			/* in struct walkers */
	size_t counter;			/* in the object's .bss */
	size_t record_size;
	size_t first_size;		/* how many records it has room for at first; 0: as the number of threads suggests */
} arrays[ARRAY_COUNT] = {
	[ARRAY_NS] = { WALK_TREE | WALK_CANDIDATES | WALK_MAPS, IN(maps.ns_records), COUNTER(ns_walk.count),
		       sizeof(struct ns_record), 500 },
	[ARRAY_CANDIDATES] = { WALK_CANDIDATES, IN(maps.candidate_records), NO_COUNTER, sizeof(struct candidate_record), 2048 },
	[ARRAY_MAPS] = { WALK_MAPS, IN(maps.map_records), COUNTER(ns_walk.map_count), sizeof(struct map_record), 512 },
	[ARRAY_LONG_MAPS] = { WALK_MAPS, IN(maps.long_map_records), COUNTER(ns_walk.long_map_count),
			      sizeof(struct long_map_record), 4 },
	[ARRAY_TASKS] = { WALK_TASKS, IN(maps.task_records), COUNTER(task_walk.count), sizeof(struct task_record), 0 },
	[ARRAY_POSSESSIONS] = { WALK_DESCRIPTORS, IN(maps.possession_records), COUNTER(task_walk.count),
				sizeof(struct possession_record), 0 },
	[ARRAY_NSPROXIES] = { WALK_TASKS, IN(maps.nsproxy_records), COUNTER(task_walk.nsproxy_count),
			      sizeof(struct nsproxy_record), 512 },
	[ARRAY_TABLES] = { WALK_DESCRIPTORS, IN(maps.table_records), NO_COUNTER, sizeof(struct table_record), 0 },
	[ARRAY_FILES] = { EVERY_FILE, IN(maps.file_records), COUNTER(file_walk.file_count), sizeof(struct file_record), 0 },
	[ARRAY_RINGS] = { EVERY_FILE, IN(maps.ring_records), COUNTER(file_walk.ring_count), sizeof(struct ring_record), 512 },
	[ARRAY_SOCKS] = { EVERY_FILE, IN(maps.sock_records), COUNTER(file_walk.sock_count), sizeof(struct sock_record), 1024 },
	[ARRAY_GROUPS] = { EVERY_FILE, IN(maps.group_records), COUNTER(file_walk.group_count), sizeof(struct group_record), 512 },
	[ARRAY_WATCHES] = { WALK_WATCHES, IN(maps.watch_records), COUNTER(file_walk.watch_count), sizeof(struct watch_record), 512 },
	[ARRAY_NAMES] = { WALK_QUEUES, IN(maps.name_records), COUNTER(file_walk.name_count), sizeof(struct name_record), 512 },
	[ARRAY_EDGES] = { WALK_QUEUES, IN(maps.sock_edge_records), COUNTER(file_walk.edge_count),
			  sizeof(struct sock_edge_record), 512 },
	[ARRAY_SUPERS] = { WALK_SUPERS, IN(maps.super_records), COUNTER(super_walk.super_count), sizeof(struct super_record), 256 },
	[ARRAY_PLACES] = { WALK_SUPERS, IN(maps.place_records), COUNTER(super_walk.place_count), sizeof(struct place_record), 256 },
	[ARRAY_PARTS] = { WALK_SUPERS, IN(maps.part_records), COUNTER(super_walk.part_count), sizeof(struct part_record), 2048 },
	[ARRAY_MMS] = { WALK_MAPPINGS, IN(maps.mm_records), NO_COUNTER, sizeof(struct mm_record), 0 },
	[ARRAY_MAPPINGS] = { WALK_MAPPINGS, IN(maps.mapping_records), COUNTER(mapping_walk.count),
			     sizeof(struct mapping_record), 512 },
	[ARRAY_NETS] = { WALK_NETS, IN(maps.net_records), COUNTER(ns_walk.net_count), sizeof(struct net_record), 1024 },
	[ARRAY_SEEN] = { EVERY_FILE, IN(maps.seen), COUNTER(file_walk.seen_count), 0, 2048 },
};

static struct bpf_map *map_of(const struct walkers *object, const struct array *array)
{
	return *(struct bpf_map **)((char *)object + array->map);
}

static struct bpf_program *program_of(const struct walkers *object, const struct program *program)
{
	return *(struct bpf_program **)((char *)object + program->program);
}

/* The kernel says how many threads there are: with room for those being born, the first run mostly suffices. */
static size_t expected_threads(void)
{
	struct sysinfo info;

	return sysinfo(&info) < 0 ? 1024 : info.procs + info.procs / 16 + 64;
}

static int read_offsets(struct walk *walk)
{
	const struct btf_request *missing;
	struct btf_data btf;
	int err = btf_open(BTF_PATH, &btf);

	if (err)
		return context_error(walk->ctx, -err, "cannot read " BTF_PATH ": %s; the kernel must be built with "
				     "CONFIG_DEBUG_INFO_BTF", strerror(-err));
	err = offsets_fill(&walk->offsets, btf, walk->walkers, &missing);
	btf_close(&btf);
	if (err == -EOPNOTSUPP)
		return context_error(walk->ctx, EOPNOTSUPP, "this kernel's struct %s has no member %s: procns does not know this "
				     "kernel", missing->structure, missing->path);
	if (err)
		return context_error(walk->ctx, -err, "cannot read " BTF_PATH ": %s",
				     err == -EINVAL ? "it is damaged" : strerror(-err));
	return 0;
}

int walk_open(struct walk *walk, struct procns *ctx, unsigned int walkers)
{
	*walk = (struct walk){ .ctx = ctx, .walkers = walkers };
	for (size_t i = 0; i < ARRAY_COUNT; i++)
		walk->arrays[i].size = arrays[i].first_size ?: expected_threads();
	return read_offsets(walk);
}

bool walk_has_lists(const struct walk *walk)
{
	return walk->offsets.ns.node_in_type != ABSENT || walk->offsets.ns.node_in_all != ABSENT;
}

static bool used(const struct walk *walk, enum walk_array i)
{
	return arrays[i].walkers & walk->walkers;
}

static void unmap(struct walk *walk, enum walk_array i)
{
	struct walk_array_state *array = &walk->arrays[i];

	if (array->records)
		munmap(array->records, array->size * arrays[i].record_size);
	array->records = NULL;
	array->count = 0;
}

static void unload(struct walk *walk)
{
	for (size_t i = 0; i < ARRAY_COUNT; i++)
		unmap(walk, i);
	walkers__destroy(walk->object);
	walk->object = NULL;
}

void walk_close(struct walk *walk)
{
	unload(walk);
}

static void choose(struct walk *walk)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		bpf_program__set_autoload(program_of(walk->object, &programs[i]), programs[i].walker & walk->walkers);
	for (size_t i = 0; i < ARRAY_COUNT; i++) {
		struct bpf_map *map = map_of(walk->object, &arrays[i]);

		bpf_map__set_autocreate(map, used(walk, i));
		bpf_map__set_max_entries(map, walk->arrays[i].size);
	}
}

static int map_arrays(struct walk *walk)
{
	for (size_t i = 0; i < ARRAY_COUNT; i++) {
		struct walk_array_state *array = &walk->arrays[i];
		void *records;

		if (!used(walk, i) || !arrays[i].record_size)
			continue;
		records = mmap(NULL, array->size * arrays[i].record_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			       bpf_map__fd(map_of(walk->object, &arrays[i])), 0);
		if (records == MAP_FAILED)
			return context_error(walk->ctx, errno, "cannot map what BPF programs write: %s", strerror(errno));
		array->records = records;
	}
	return 0;
}

static int load(struct walk *walk)
{
	struct walkers__bss *bss;
	struct load load;
	int err = load_begin(&load, walk->ctx);

	if (err)
		return err;
	walk->object = walkers__open_opts(&load.options);
	if (walk->object) {
		walk->object->rodata->at = walk->offsets;
		choose(walk);
		err = walkers__load(walk->object);
	} else {
		err = -errno;
	}
	err = load_end(&load, err);
	if (err)
		return err;
	bss = walk->object->bss;
	walk->ns = &bss->ns_walk;
	walk->tasks = &bss->task_walk;
	walk->files = &bss->file_walk;
	walk->supers = &bss->super_walk;
	walk->mappings = &bss->mapping_walk;
	return map_arrays(walk);
}

/* What the walkers counted so far; the counters of user space are its own. */
static void count(struct walk *walk)
{
	for (size_t i = 0; i < ARRAY_COUNT; i++)
		if (used(walk, i) && arrays[i].counter != NO_COUNTER)
			walk->arrays[i].count = *(uint32_t *)((char *)walk->object->bss + arrays[i].counter);
}

int walk_program(struct walk *walk, enum walker walker)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		LIBBPF_OPTS(bpf_test_run_opts, options);
		const struct bpf_program *program = program_of(walk->object, &programs[i]);
		int err;

		if (programs[i].walker != walker)
			continue;
		err = bpf_prog_test_run_opts(bpf_program__fd(program), &options);
		if (err)
			return context_error(walk->ctx, -err, "cannot run the BPF program %s: %s", bpf_program__name(program),
					     strerror(-err));
	}
	count(walk);
	return 0;
}

void *walk_room(struct walk *walk, enum walk_array i, size_t records)
{
	struct walk_array_state *array = &walk->arrays[i];

	array->count = records;
	return records <= array->size ? array->records : NULL;
}

/* True if all fitted. Arrays that were too small are given room for more than was counted: the system lives on meanwhile. */
static bool all_fitted(struct walk *walk)
{
	bool fitted = true;

	for (size_t i = 0; i < ARRAY_COUNT; i++) {
		struct walk_array_state *array = &walk->arrays[i];
		size_t needed = array->count + array->count / 4 + 64;

		if (!used(walk, i) || array->count <= array->size)
			continue;
		unmap(walk, i);
		array->size = needed;
		fitted = false;
	}
	return fitted;
}

/* The walkers' set of addresses is emptied as a whole: one by one would take longer than to load everything anew. */
static int forget_seen(struct walk *walk)
{
	size_t size = walk->arrays[ARRAY_SEEN].size;
	cleanup_free uint64_t *keys = malloc(size * sizeof(*keys));
	cleanup_free uint32_t *values = malloc(size * sizeof(*values));
	int fd = bpf_map__fd(map_of(walk->object, &arrays[ARRAY_SEEN])), err = 0;
	uint32_t position = 0, count;

	if (!keys || !values)
		return -ENOMEM;
	for (bool first = true; !err; first = false) {
		count = size;
		err = bpf_map_lookup_and_delete_batch(fd, first ? NULL : &position, &position, keys, values, &count, NULL);
	}
	return err == -ENOENT ? 0 : err;
}

/* What is loaded serves once more. Where that fails it is loaded anew. */
static void start_afresh(struct walk *walk)
{
	if (!walk->object)
		return;
	if (used(walk, ARRAY_SEEN) && forget_seen(walk) < 0) {
		unload(walk);
		return;
	}
	for (size_t i = 0; i < ARRAY_COUNT; i++) {
		if (walk->arrays[i].records)
			memset(walk->arrays[i].records, 0, walk_count(walk, i) * arrays[i].record_size);
		walk->arrays[i].count = 0;
	}
	memset(walk->object->bss, 0, sizeof(*walk->object->bss));
}

int walk_sample(struct walk *walk, int (*script)(struct walk *walk, const void *data), const void *data)
{
	for (int runs = 0; runs < MAX_RUNS; runs++) {
		int err;

		start_afresh(walk);
		err = walk->object ? 0 : load(walk);
		if (!err)
			err = script(walk, data);
		if (err)
			return err;
		if (all_fitted(walk))
			return 0;
		unload(walk);
	}
	return context_error(walk->ctx, EAGAIN, "the system grows faster than BPF programs can list it: gave up after %d runs",
			     MAX_RUNS);
}
