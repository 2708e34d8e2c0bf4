// SPDX-License-Identifier: GPL-2.0-only
/*
 * A namespace of any type frees its number by proc_free_inum(), once, after its last reference went
 * and before its memory does. A death that passed unseen would leave an entry to freed memory, so
 * this may not be a kprobe: those skip a hit inside another probe, as when a softirq (the last
 * struct pid of a pid namespace goes in one) interrupts one, and can be switched off in debugfs. A
 * tracer of its own is called each time; "permanent" keeps kernel.ftrace_enabled on.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>

#include "compat/track.h"
#include "registry_index.h"
#include "registry_track.h"

static void notrace on_death(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			     struct ftrace_regs *fregs)
{
	ns_index_remove(ops->private, ftrace_argument(fregs, 0));
}

static struct ftrace_ops deaths = {
	.func	= on_death,
	.flags	= FTRACE_OPS_FL_PERMANENT | FTRACE_OPS_FL_ARGUMENTS,
};

/* A kprobe that is never armed knows the address of its function. */
static unsigned long address_of(const char *function)
{
	struct kprobe probe = { .symbol_name = function, .flags = KPROBE_FLAG_DISABLED };
	unsigned long address;

	if (register_kprobe(&probe))
		return 0;
	address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return address;
}

int deaths_watch(struct ns_index *index)
{
	static const char function[] = "proc_free_inum";
	int error;

	deaths.private = index;
	error = ftrace_set_filter_ip(&deaths, address_of(function), false, true);
	if (!error)
		error = register_ftrace_function(&deaths);
	if (error) {
		pr_err("cannot trace %s: error %d\n", function, error);
		ftrace_free_filter(&deaths);
	}
	return error;
}

void deaths_unwatch(void)
{
	unregister_ftrace_function(&deaths);
	ftrace_free_filter(&deaths);
}
