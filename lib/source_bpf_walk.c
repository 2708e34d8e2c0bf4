// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "source.h"
#include "source_bpf_walk.h"
#include "util.h"
#include "walkers.skel.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"
#define MAX_RUNS 8
#define VERIFIER_LOG_SIZE (1 << 16)

#define IN(member) offsetof(struct walkers, member)

struct program {
	enum walker walker;
	size_t program;			/* in struct walkers */
};

static const struct program programs[] = {
	{ WALK_TREE, IN(progs.walk_tree) },
	{ WALK_MAPS, IN(progs.walk_maps) },
	{ WALK_TASKS, IN(progs.walk_tasks) },
};

struct array {
	unsigned int walkers;		/* that fill it */
	size_t map;			/* in struct walkers */
	size_t counter;			/* in the object's .bss */
	size_t record_size;
	size_t first_size;		/* how many records it has room for at first */
};

#define COUNTER(field) offsetof(struct walkers__bss, field)

static const struct array arrays[ARRAY_COUNT] = {
	[ARRAY_NS] = { WALK_TREE | WALK_MAPS, IN(maps.ns_records), COUNTER(ns_walk.count), sizeof(struct ns_record), 2048 },
	[ARRAY_MAPS] = { WALK_MAPS, IN(maps.map_records), COUNTER(ns_walk.map_count), sizeof(struct map_record), 512 },
	[ARRAY_LONG_MAPS] = { WALK_MAPS, IN(maps.long_map_records), COUNTER(ns_walk.long_map_count),
			      sizeof(struct long_map_record), 4 },
	[ARRAY_TASKS] = { WALK_TASKS, IN(maps.task_records), COUNTER(task_walk.count), sizeof(struct task_record), 0 },
	[ARRAY_NSPROXIES] = { WALK_TASKS, IN(maps.nsproxy_records), COUNTER(task_walk.nsproxy_count),
			      sizeof(struct nsproxy_record), 512 },
};

static struct bpf_map *map_of(const struct walkers *object, const struct array *array)
{
	return *(struct bpf_map **)((char *)object + array->map);
}

static struct bpf_program *program_of(const struct walkers *object, const struct program *program)
{
	return *(struct bpf_program **)((char *)object + program->program);
}

static uint32_t *counter_of(const struct walkers *object, const struct array *array)
{
	return (uint32_t *)((char *)object->bss + array->counter);
}

/* The kernel says how many threads there are: with room for those being born, the first run mostly suffices. */
static size_t expected_threads(void)
{
	struct sysinfo info;

	return sysinfo(&info) < 0 ? 1024 : info.procs + info.procs / 8 + 64;
}

int walk_open(struct walk *walk, struct procns *ctx, unsigned int walkers)
{
	const struct btf_request *missing;
	struct btf_data btf;
	int err;

	*walk = (struct walk){ .walkers = walkers };
	for (size_t i = 0; i < ARRAY_COUNT; i++)
		walk->arrays[i].size = arrays[i].first_size ?: expected_threads();

	err = btf_open(BTF_PATH, &btf);
	if (err)
		return context_error(ctx, -err, "cannot read " BTF_PATH ": %s; the kernel must be built with CONFIG_DEBUG_INFO_BTF",
				     strerror(-err));
	err = offsets_fill(&walk->offsets, btf, walkers, &missing);
	btf_close(&btf);
	if (err == -EOPNOTSUPP)
		return context_error(ctx, EOPNOTSUPP, "this kernel's struct %s has no member %s: procns does not know this kernel",
				     missing->structure, missing->path);
	if (err)
		return context_error(ctx, -err, "cannot read " BTF_PATH ": %s",
				     err == -EINVAL ? "it is damaged" : strerror(-err));
	return 0;
}

static void unmap(struct walk *walk, enum walk_array i)
{
	struct walk_mapping *mapping = &walk->arrays[i];

	if (mapping->records)
		munmap(mapping->records, mapping->size * arrays[i].record_size);
	mapping->records = NULL;
	mapping->count = 0;
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

static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

/*
 * What libbpf prints goes by a function that is the whole process's. While it is at work here it says nothing, and afterwards it
 * speaks as before; one thread at a time, so that each puts back what was there.
 */
static int load_quietly(struct walkers *object)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	libbpf_print_fn_t before;
	int err;

	pthread_mutex_lock(&lock);
	before = libbpf_set_print(say_nothing);
	err = walkers__load(object);
	libbpf_set_print(before);
	pthread_mutex_unlock(&lock);
	return err;
}

static void choose(struct walk *walk)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		bpf_program__set_autoload(program_of(walk->object, &programs[i]), programs[i].walker & walk->walkers);
	for (size_t i = 0; i < ARRAY_COUNT; i++) {
		struct bpf_map *map = map_of(walk->object, &arrays[i]);

		bpf_map__set_autocreate(map, arrays[i].walkers & walk->walkers);
		bpf_map__set_max_entries(map, walk->arrays[i].size);
	}
}

/* The last line of the verifier's log that says something. */
static const char *last_complaint(char *log)
{
	char *line = log, *complaint = log;

	while ((line = strsep(&log, "\n")))
		if (*line && strncmp(line, "processed ", strlen("processed ")))
			complaint = line;
	return complaint;
}

static int load_failed(struct procns *ctx, int err, char *log)
{
	if (err == -EPERM)
		return context_error(ctx, EPERM, "cannot load BPF programs: %s; needs CAP_BPF and CAP_PERFMON", strerror(-err));
	if (err == -ENOMEM)
		return context_error(ctx, ENOMEM, "cannot load BPF programs: out of memory");
	return context_error(ctx, -err, "cannot load BPF programs: %s%s%s; needs Linux 5.17 or later", strerror(-err),
			     *log ? ": " : "", last_complaint(log));
}

static int map_arrays(struct walk *walk, struct procns *ctx)
{
	for (size_t i = 0; i < ARRAY_COUNT; i++) {
		struct walk_mapping *mapping = &walk->arrays[i];
		void *records;

		if (!(arrays[i].walkers & walk->walkers))
			continue;
		records = mmap(NULL, mapping->size * arrays[i].record_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			       bpf_map__fd(map_of(walk->object, &arrays[i])), 0);
		if (records == MAP_FAILED)
			return context_error(ctx, errno, "cannot map what BPF programs write: %s", strerror(errno));
		mapping->records = records;
	}
	return 0;
}

static int load(struct walk *walk, struct procns *ctx)
{
	cleanup_free char *log = calloc(1, VERIFIER_LOG_SIZE);
	LIBBPF_OPTS(bpf_object_open_opts, options, .kernel_log_buf = log, .kernel_log_size = VERIFIER_LOG_SIZE);
	int err;

	if (!log)
		return context_error(ctx, ENOMEM, "cannot load BPF programs: out of memory");
	walk->object = walkers__open_opts(&options);
	if (!walk->object)
		return context_error(ctx, errno, "cannot load BPF programs: %s", strerror(errno));
	walk->object->rodata->at = walk->offsets;
	choose(walk);
	err = load_quietly(walk->object);
	return err ? load_failed(ctx, err, log) : map_arrays(walk, ctx);
}

static int run_programs(struct walk *walk, struct procns *ctx)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		LIBBPF_OPTS(bpf_test_run_opts, options);
		const struct bpf_program *program = program_of(walk->object, &programs[i]);
		int err;

		if (!(programs[i].walker & walk->walkers))
			continue;
		err = bpf_prog_test_run_opts(bpf_program__fd(program), &options);
		if (err)
			return context_error(ctx, -err, "cannot run the BPF program %s: %s", bpf_program__name(program),
					     strerror(-err));
	}
	return 0;
}

/* True if all fitted. Arrays that were too small are given room for more than was counted: the system lives on meanwhile. */
static bool all_fitted(struct walk *walk)
{
	bool fitted = true;

	for (size_t i = 0; i < ARRAY_COUNT; i++) {
		struct walk_mapping *mapping = &walk->arrays[i];

		if (!(arrays[i].walkers & walk->walkers))
			continue;
		mapping->count = *counter_of(walk->object, &arrays[i]);
		if (mapping->count > mapping->size) {
			size_t needed = mapping->count + mapping->count / 4 + 64;

			unmap(walk, i);
			mapping->size = needed;
			fitted = false;
		}
	}
	return fitted;
}

int walk_run(struct walk *walk, struct procns *ctx, const struct walk_query *query)
{
	for (int runs = 0; runs < MAX_RUNS; runs++) {
		int err = walk->object ? 0 : load(walk, ctx);

		if (err)
			return err;
		memset(walk->object->bss, 0, sizeof(*walk->object->bss));
		walk->object->bss->ns_walk.types = query->types;
		err = run_programs(walk, ctx);
		if (err)
			return err;
		if (all_fitted(walk))
			return 0;
		unload(walk);
	}
	return context_error(ctx, EAGAIN, "the system grows faster than BPF programs can list it: gave up after %d runs", MAX_RUNS);
}

const struct ns_walk *walk_ns_state(const struct walk *walk)
{
	return &walk->object->bss->ns_walk;
}

const struct task_walk *walk_task_state(const struct walk *walk)
{
	return &walk->object->bss->task_walk;
}
