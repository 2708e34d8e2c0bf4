// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loads births.bpf.c, attaches what the mode needs of it, and reads its ring. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "bpf/offsets_fill.h"
#include "bpf/births.h"
#include "births_bpf.skel.h"
#include "source_bpf_load.h"
#include "util.h"
#include "watch.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"
#define MOST_PROGRAMS 9

struct watch_bpf {
	struct births_bpf *object;
	struct ring_buffer *ring;
	struct bpf_link *links[MOST_PROGRAMS];
	size_t link_count;
};

#define IN(program) offsetof(struct births_bpf, progs.program)

static const size_t tracepoints[] = { IN(births_sys_exit), IN(births_fork), IN(births_exit) };
static const size_t trampolines[] = { IN(births_tree_add), IN(births_tree_remove) };

/* Until 6.17 */
static const size_t many_trampolines[] = {
	IN(births_copy_cgroup_ns), IN(births_copy_ipcs),    IN(births_copy_mnt_ns),	 IN(births_copy_net_ns),
	IN(births_copy_pid_ns),	   IN(births_copy_time_ns), IN(births_copy_utsname), IN(births_create_user_ns),
	IN(births_free_inum),
};

static_assert(ARRAY_SIZE(many_trampolines) <= MOST_PROGRAMS, "each has a link");

struct choice {
	const size_t *programs;
	size_t count;
};

static struct choice choose(const struct procns_watch *watch, const struct offsets *offsets)
{
	if (watch->mode == PROCNS_WATCH_WALK)
		return (struct choice){ tracepoints, ARRAY_SIZE(tracepoints) };
	if (offsets->ns.type != ABSENT)
		return (struct choice){ trampolines, ARRAY_SIZE(trampolines) };
	return (struct choice){ many_trampolines, ARRAY_SIZE(many_trampolines) };
}

static struct bpf_program *program_at(const struct births_bpf *object, size_t at)
{
	return *(struct bpf_program **)((char *)object + at);
}

static int read_offsets(struct procns_watch *watch, struct offsets *offsets)
{
	const struct btf_request *missing = NULL;
	struct btf_data btf;
	int err = btf_open(BTF_PATH, &btf);

	if (!err) {
		err = offsets_fill(offsets, btf, WALK_BIRTHS, &missing);
		btf_close(&btf);
	}
	if (missing)
		return context_error(watch->ctx, EOPNOTSUPP, "this kernel's struct %s has no member %s: procns does not know this "
				     "kernel", missing->structure, missing->path);
	if (err)
		return context_error(watch->ctx, -err, "cannot read " BTF_PATH ": %s; the kernel must be built with "
				     "CONFIG_DEBUG_INFO_BTF", strerror(-err));
	return 0;
}

static int load_programs(struct procns_watch *watch, const struct offsets *offsets, struct choice choice)
{
	struct births_bpf *object;
	struct load load;
	int err = load_begin(&load, watch->ctx);

	if (err)
		return err;
	object = births_bpf__open_opts(&load.options);
	if (!object)
		return load_end(&load, -errno);
	watch->bpf->object = object;
	object->rodata->at = *offsets;
	bpf_program__set_autoload(object->progs.births_begin, true);
	for (size_t i = 0; i < choice.count; i++)
		bpf_program__set_autoload(program_at(object, choice.programs[i]), true);
	return load_end(&load, births_bpf__load(object));
}

static int attach(struct procns_watch *watch, struct choice choice)
{
	struct watch_bpf *bpf = watch->bpf;
	struct load load;
	int err = load_begin(&load, watch->ctx);

	if (err)
		return err;
	for (size_t i = 0; !err && i < choice.count; i++) {
		struct bpf_link *link = bpf_program__attach(program_at(bpf->object, choice.programs[i]));

		if (link)
			bpf->links[bpf->link_count++] = link;
		else
			err = -errno;
	}
	return load_end(&load, err);
}

static int begin(struct procns_watch *watch)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);
	struct births_bpf *object = watch->bpf->object;
	int err = bpf_prog_test_run_opts(bpf_program__fd(object->progs.births_begin), &options);

	if (err)
		return context_error(watch->ctx, -err, "cannot run a BPF program: %s", strerror(-err));
	object->bss->births.unshare = watch_call_unshare();
	object->bss->births.awake = 1;
	return 0;
}

static int take(void *data, void *record, size_t size)
{
	(void)size;
	return watch_take(data, record);
}

static int open_ring(struct procns_watch *watch)
{
	struct watch_bpf *bpf = watch->bpf;

	bpf->ring = ring_buffer__new(bpf_map__fd(bpf->object->maps.birth_ring), take, watch, NULL);
	if (!bpf->ring)
		return context_error(watch->ctx, errno, "cannot read the ring of BPF programs: %s", strerror(errno));
	return 0;
}

int watch_bpf_open(struct procns_watch *watch)
{
	struct offsets offsets;
	struct choice choice;
	int err = read_offsets(watch, &offsets);

	if (err)
		return err;
	watch->bpf = calloc(1, sizeof(*watch->bpf));
	if (!watch->bpf)
		return context_error(watch->ctx, ENOMEM, "cannot watch: out of memory");
	choice = choose(watch, &offsets);
	err = load_programs(watch, &offsets, choice);
	if (!err)
		err = begin(watch);
	if (!err)
		err = open_ring(watch);
	return err ?: attach(watch, choice);
}

void watch_bpf_close(struct watch_bpf *bpf)
{
	if (!bpf)
		return;
	for (size_t i = 0; i < bpf->link_count; i++)
		bpf_link__destroy(bpf->links[i]);
	ring_buffer__free(bpf->ring);
	births_bpf__destroy(bpf->object);
	free(bpf);
}

int watch_bpf_fd(const struct watch_bpf *bpf)
{
	return ring_buffer__epoll_fd(bpf->ring);
}

int watch_bpf_drain(struct procns_watch *watch)
{
	int count = ring_buffer__consume(watch->bpf->ring);

	if (count < 0 && count != -ENOMEM)
		return context_error(watch->ctx, -count, "cannot read the ring of BPF programs: %s", strerror(-count));
	return count < 0 ? context_error(watch->ctx, ENOMEM, "cannot keep what BPF programs told: out of memory") : count;
}

static volatile struct births *shared(const struct watch_bpf *bpf)
{
	return &bpf->object->bss->births;
}

void watch_bpf_sleep(struct watch_bpf *bpf)
{
	shared(bpf)->awake = 0;
}

bool watch_bpf_is_awake(const struct watch_bpf *bpf)
{
	return shared(bpf)->awake;
}

bool watch_bpf_is_hinted(const struct watch_bpf *bpf)
{
	return shared(bpf)->hinted;
}

void watch_bpf_clear_hint(struct watch_bpf *bpf)
{
	shared(bpf)->hinted = 0;
}

uint64_t watch_bpf_lost(const struct watch_bpf *bpf)
{
	return shared(bpf)->lost;
}
