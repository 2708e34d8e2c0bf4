// SPDX-License-Identifier: GPL-2.0-only
/*
 * While a scan runs, what holds a namespace may move from a place not looked at yet to one already
 * passed. Whatever moves has to arrive: as a descriptor, or as what a task is in. So as long as the
 * scan takes, these arrivals are probed. A function that this kernel lacks or a compiler inlined
 * takes away a second chance and nothing more: the scan goes on until it finds nothing new.
 */
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/nsproxy.h>
#include <linux/ptrace.h>

#include "registry_scan.h"
#include "registry_track.h"

struct arrival {
	struct kprobe probe;
	unsigned int argument;	/* what arrives */
	void (*look)(struct registry_scan *scan, void *argument);
};

static void look_at_file(struct registry_scan *scan, void *file)
{
	scan_file(scan, file);
}

static void look_at_nsproxy(struct registry_scan *scan, void *nsproxy)
{
	scan_nsproxy(scan, nsproxy);
}

#define ARRIVAL(function, ...) { .probe.symbol_name = #function, __VA_ARGS__ }

static struct arrival functions[] = {
	ARRIVAL(fd_install, .argument = 1, .look = look_at_file),
	ARRIVAL(receive_fd, .argument = 0, .look = look_at_file),
	ARRIVAL(__receive_fd, .argument = 0, .look = look_at_file),
	ARRIVAL(switch_task_namespaces, .argument = 1, .look = look_at_nsproxy),
};

static struct {
	struct kprobe *probes[ARRAY_SIZE(functions)];	/* those registered */
	int count;
	struct ns_index *index;
	const struct landmarks *marks;
	atomic_t found;
} arrivals;

static int on_arrival(struct kprobe *probe, struct pt_regs *regs)
{
	const struct arrival *arrival = container_of(probe, struct arrival, probe);
	struct registry_scan scan = { .index = arrivals.index, .marks = arrivals.marks };
	void *argument = (void *)regs_get_kernel_argument(regs, arrival->argument);

	if (argument)
		arrival->look(&scan, argument);
	if (scan.found)
		atomic_add(scan.found, &arrivals.found);
	return 0;
}

void scan_moves_begin(struct ns_index *index, const struct landmarks *marks)
{
	size_t i;

	arrivals.index = index;
	arrivals.marks = marks;
	atomic_set(&arrivals.found, 0);

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		struct kprobe *probe = &functions[i].probe;

		/* As the last scan left it, registering would refuse it. */
		probe->addr = NULL;
		probe->flags = 0;
		probe->pre_handler = on_arrival;
		if (!register_kprobe(probe))
			arrivals.probes[arrivals.count++] = probe;
	}
}

unsigned int scan_moves_end(void)
{
	unregister_kprobes(arrivals.probes, arrivals.count);
	arrivals.count = 0;
	return atomic_read(&arrivals.found);
}
