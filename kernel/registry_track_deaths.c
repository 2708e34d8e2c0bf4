// SPDX-License-Identifier: GPL-2.0-only
/*
 * A namespace of any type frees its number by proc_free_inum(), once, after its last reference went
 * and before its memory does. A death that passed unseen would leave an entry to freed memory, so
 * this may not be a kprobe: those skip a hit inside another probe, as when a softirq (the last
 * struct pid of a pid namespace goes in one) interrupts one, and can be switched off in debugfs. A
 * tracer of its own is called each time; "permanent" keeps kernel.ftrace_enabled on.
 */
#include <linux/ftrace.h>

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

int deaths_watch(struct ns_index *index)
{
	static unsigned char function[] = "proc_free_inum";
	int error;

	deaths.private = index;
	error = ftrace_set_filter(&deaths, function, strlen(function), true);
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
