// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "source.h"
#include "source_bpf_load.h"
#include "source_bpf_walk.h"
#include "util.h"
#include "walkers.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"
#define MAX_RUNS 12

#define COUNTER(variable, field) (IN_VARIABLES_##variable + offsetof(struct variable, field))
#define NO_COUNTER SIZE_MAX		/* user space counts */

/* First sizes: as many as the system has of these. */
#define AS_THREADS SIZE_MAX
#define AS_FILES (SIZE_MAX - 1)

#define EVERY_FILE (WALK_DESCRIPTORS | WALK_RINGS | WALK_QUEUES | WALK_WATCHES)

#define PROGRAM(walker, name) { walker, PROGRAM_##name, #name }

static const struct program {
	enum walker walker;
	enum packed_program program;
	const char *name;
} programs[] = {
	PROGRAM(WALK_TREE, walk_tree),
	PROGRAM(WALK_CANDIDATES, walk_candidates),
	PROGRAM(WALK_MAPS, walk_maps),
	PROGRAM(WALK_INSIDE, walk_inside),
	PROGRAM(WALK_TASKS, walk_tasks),
	PROGRAM(WALK_COUNTS, walk_counts),
	PROGRAM(WALK_DESCRIPTORS, walk_descriptors),
	PROGRAM(WALK_RINGS, walk_rings),
	PROGRAM(WALK_QUEUES, walk_queues),
	PROGRAM(WALK_WATCHES, walk_watches),
	PROGRAM(WALK_SUPERS, walk_supers),
	PROGRAM(WALK_MAPPINGS, walk_mappings),
	PROGRAM(WALK_NETS, walk_nets),
};

static const struct array {
	unsigned int walkers;		/* that use it */
	enum packed_map map;
	size_t counter;			/* in the walkers' variables */
	size_t record_size;
	size_t first_size;		/* how many records it has room for at first, or a number that suggests it */
} arrays[ARRAY_COUNT] = {
	[ARRAY_NS] = { WALK_TREE | WALK_CANDIDATES | WALK_MAPS | WALK_INSIDE, MAP_ns_records, COUNTER(ns_walk, count),
		       sizeof(struct ns_record), 500 },
	[ARRAY_CANDIDATES] = { WALK_CANDIDATES, MAP_candidate_records, NO_COUNTER, sizeof(struct candidate_record), 2048 },
	[ARRAY_MAPS] = { WALK_MAPS, MAP_map_records, COUNTER(ns_walk, map_count), sizeof(struct map_record), 512 },
	[ARRAY_LONG_MAPS] = { WALK_MAPS, MAP_long_map_records, COUNTER(ns_walk, long_map_count),
			      sizeof(struct long_map_record), 4 },
	[ARRAY_INSIDE] = { WALK_INSIDE, MAP_inside_records, COUNTER(ns_walk, inside_count), sizeof(struct inside_record), 512 },
	[ARRAY_TASKS] = { WALK_TASKS, MAP_task_records, COUNTER(task_walk, count), sizeof(struct task_record), AS_THREADS },
	[ARRAY_POSSESSIONS] = { WALK_DESCRIPTORS, MAP_possession_records, COUNTER(task_walk, count),
				sizeof(struct possession_record), AS_THREADS },
	[ARRAY_COUNTS] = { WALK_COUNTS, MAP_count_records, COUNTER(task_walk, same_count), sizeof(struct count_record), 1024 },
	[ARRAY_NSPROXIES] = { WALK_TASKS | WALK_COUNTS, MAP_nsproxy_records, COUNTER(task_walk, nsproxy_count),
			      sizeof(struct nsproxy_record), 512 },
	[ARRAY_TABLES] = { WALK_DESCRIPTORS, MAP_table_records, NO_COUNTER, sizeof(struct table_record), AS_THREADS },
	[ARRAY_FILES] = { EVERY_FILE, MAP_file_records, COUNTER(file_walk, file_count), sizeof(struct file_record), AS_FILES },
	[ARRAY_RINGS] = { EVERY_FILE, MAP_ring_records, COUNTER(file_walk, ring_count), sizeof(struct ring_record), 512 },
	[ARRAY_SOCKS] = { EVERY_FILE, MAP_sock_records, COUNTER(file_walk, sock_count), sizeof(struct sock_record), 1024 },
	[ARRAY_GROUPS] = { EVERY_FILE, MAP_group_records, COUNTER(file_walk, group_count), sizeof(struct group_record), 512 },
	[ARRAY_WATCHES] = { WALK_WATCHES, MAP_watch_records, COUNTER(file_walk, watch_count), sizeof(struct watch_record), 512 },
	[ARRAY_NAMES] = { WALK_QUEUES, MAP_name_records, COUNTER(file_walk, name_count), sizeof(struct name_record), 512 },
	[ARRAY_EDGES] = { WALK_QUEUES, MAP_sock_edge_records, COUNTER(file_walk, edge_count),
			  sizeof(struct sock_edge_record), 512 },
	[ARRAY_SUPERS] = { WALK_SUPERS, MAP_super_records, COUNTER(super_walk, super_count), sizeof(struct super_record), 256 },
	[ARRAY_PLACES] = { WALK_SUPERS, MAP_place_records, COUNTER(super_walk, place_count), sizeof(struct place_record), 256 },
	[ARRAY_PARTS] = { WALK_SUPERS, MAP_part_records, COUNTER(super_walk, part_count), sizeof(struct part_record), 2048 },
	[ARRAY_MMS] = { WALK_MAPPINGS, MAP_mm_records, NO_COUNTER, sizeof(struct mm_record), AS_THREADS },
	[ARRAY_MAPPINGS] = { WALK_MAPPINGS, MAP_mapping_records, COUNTER(mapping_walk, count),
			     sizeof(struct mapping_record), 512 },
	[ARRAY_NETS] = { WALK_NETS, MAP_net_records, COUNTER(ns_walk, net_count), sizeof(struct net_record), 1024 },
	[ARRAY_SEEN] = { EVERY_FILE, MAP_seen, COUNTER(file_walk, seen_count), 0, 2048 },
};

/* The kernel says how many threads there are: with room for those being born, the first run mostly suffices. */
static size_t expected_threads(void)
{
	struct sysinfo info;

	return sysinfo(&info) < 0 ? 1024 : info.procs + info.procs / 16 + 64;
}

/* Open files of the whole system; not those registered with rings, which may be all there is of theirs. */
static size_t expected_files(size_t threads)
{
	cleanup_fd int fd = open("/proc/sys/fs/file-nr", O_RDONLY | O_CLOEXEC);
	char text[64] = "";
	size_t files;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 || sscanf(text, "%zu", &files) != 1)
		return threads;
	return files + files / 16 + 64;
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
	const size_t threads = expected_threads();
	const size_t files = walkers & EVERY_FILE ? expected_files(threads) : threads;

	*walk = (struct walk){ .ctx = ctx, .walkers = walkers };
	for (size_t i = 0; i < ARRAY_COUNT; i++) {
		const size_t first = arrays[i].first_size;

		walk->arrays[i].size = first == AS_THREADS ? threads : first == AS_FILES ? files : first;
	}
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
	if (!walk->kernel)
		return;
	walkers_close(walk->kernel);
	free(walk->kernel);
	walk->kernel = NULL;
}

void walk_close(struct walk *walk)
{
	unload(walk);
}

/* The set of addresses is a hash that only walkers see. */
static struct map_request request_of(const struct walk *walk, enum walk_array i)
{
	if (!arrays[i].record_size)
		return (struct map_request){ BPF_MAP_TYPE_HASH, sizeof(uint64_t), sizeof(uint32_t), walk->arrays[i].size, 0 };
	return (struct map_request){ BPF_MAP_TYPE_ARRAY, sizeof(uint32_t), arrays[i].record_size, walk->arrays[i].size,
				     BPF_F_MMAPABLE };
}

static int make_arrays(struct walk *walk)
{
	int err = 0;

	for (size_t i = 0; !err && i < ARRAY_COUNT; i++)
		if (used(walk, i) && walk->kernel->maps[arrays[i].map] < 0)
			err = walkers_make_map(walk->kernel, arrays[i].map, request_of(walk, i));
	return err;
}

static int load_programs(struct walk *walk)
{
	int err = 0;

	for (size_t i = 0; !err && i < ARRAY_SIZE(programs); i++)
		if (programs[i].walker & walk->walkers && walk->kernel->programs[programs[i].program] < 0)
			err = walkers_load(walk->kernel, programs[i].program);
	return err;
}

static int map_arrays(struct walk *walk)
{
	for (size_t i = 0; i < ARRAY_COUNT; i++) {
		struct walk_array_state *array = &walk->arrays[i];
		void *records;

		if (!used(walk, i) || !arrays[i].record_size || array->records)
			continue;
		records = mmap(NULL, array->size * arrays[i].record_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			       walk->kernel->maps[arrays[i].map], 0);
		if (records == MAP_FAILED)
			return context_error(walk->ctx, errno, "cannot map what BPF programs write: %s", strerror(errno));
		array->records = records;
	}
	return 0;
}

static void name_variables(struct walk *walk)
{
	char *variables = walk->kernel->variables;

	walk->ns = (void *)(variables + IN_VARIABLES_ns_walk);
	walk->tasks = (void *)(variables + IN_VARIABLES_task_walk);
	walk->files = (void *)(variables + IN_VARIABLES_file_walk);
	walk->supers = (void *)(variables + IN_VARIABLES_super_walk);
	walk->mappings = (void *)(variables + IN_VARIABLES_mapping_walk);
}

static int open_kernel(struct walk *walk)
{
	if (walk->kernel)
		return 0;
	walk->kernel = malloc(sizeof(*walk->kernel));
	return walk->kernel ? walkers_open(walk->kernel, &walk->offsets) : -ENOMEM;
}

/* What is not there yet, or no more. */
static int load(struct walk *walk)
{
	int err = open_kernel(walk);

	if (!err)
		err = make_arrays(walk);
	if (!err)
		err = load_programs(walk);
	if (err)
		return bpf_refused(walk->ctx, err, walk->kernel ? walk->kernel->complaint : "");
	name_variables(walk);
	return map_arrays(walk);
}

/* What the walkers counted so far; the counters of user space are its own. */
static void count(struct walk *walk)
{
	for (size_t i = 0; i < ARRAY_COUNT; i++)
		if (used(walk, i) && arrays[i].counter != NO_COUNTER)
			walk->arrays[i].count = *(uint32_t *)((char *)walk->kernel->variables + arrays[i].counter);
}

int walk_program(struct walk *walk, enum walker walker)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		LIBBPF_OPTS(bpf_test_run_opts, options);
		int err;

		if (programs[i].walker != walker)
			continue;
		err = bpf_prog_test_run_opts(walk->kernel->programs[programs[i].program], &options);
		if (err)
			return context_error(walk->ctx, -err, "cannot run the BPF program %s: %s", programs[i].name, strerror(-err));
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

/*
 * True if all fitted. Arrays that were too small go, with the programs that know them, and are to have room for more than was counted: the
 * system lives on meanwhile.
 */
static bool all_fitted(struct walk *walk)
{
	bool fitted = true;

	for (size_t i = 0; i < ARRAY_COUNT; i++) {
		struct walk_array_state *array = &walk->arrays[i];
		size_t needed = array->count + array->count / 4 + 64;

		if (!used(walk, i) || array->count <= array->size)
			continue;
		unmap(walk, i);
		walkers_drop_map(walk->kernel, arrays[i].map);
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
	int fd = walk->kernel->maps[MAP_seen], err = 0;
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
	if (!walk->kernel)
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
	memset(walk->kernel->variables, 0, VARIABLES_SIZE);
}

int walk_sample(struct walk *walk, int (*script)(struct walk *walk, const void *data), const void *data)
{
	for (int runs = 0; runs < MAX_RUNS; runs++) {
		int err;

		start_afresh(walk);
		err = load(walk);
		if (!err)
			err = script(walk, data);
		if (err || all_fitted(walk))
			return err;
	}
	return context_error(walk->ctx, EAGAIN, "the system grows faster than BPF programs can list it: gave up after %d runs",
			     MAX_RUNS);
}
