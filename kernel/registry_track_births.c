// SPDX-License-Identifier: GPL-2.0-only
/*
 * A namespace is whole when the function that makes it returns, and its maker's reference keeps it
 * while the probe on that return adds it. A miss leaves the list short and nothing worse, so a
 * kretprobe may be used; it can miss when more tasks are inside the function than it has instances,
 * or when somebody switches kprobes off. A tracer on the same functions counts the births that
 * began: what began and was not watched is what a new scan has to find.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/ftrace.h>
#include <linux/ipc_namespace.h>
#include <linux/kprobes.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/time_namespace.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>

#include "compat/track.h"
#include "registry_index.h"
#include "registry_track.h"

/*
 * Tasks that may be inside one of the functions at a time: making a network namespace sleeps,
 * behind locks all share.
 */
#define MAX_ACTIVE 512

/*
 * How far into a function its tracer may be called: behind the landing pad of an indirect branch.
 */
#define ENTRY_SIZE 16

struct birth {
	struct kretprobe probe;
	bool configured;
	unsigned long flag;	/* of the first argument: without it nothing is born */
	unsigned int kept;	/* the argument kept for born() */
	struct ns_common *(*born)(unsigned long returned, void *kept);
};

static struct ns_index *added_to;
static const struct landmarks *landmarks;

/* What the functions return, and how the namespace is found in it */

#define RETURNED(type)								\
static struct ns_common *type##_returned(unsigned long returned, void *kept)	\
{										\
	struct type *ns = (void *)returned;					\
										\
	return IS_ERR_OR_NULL(ns) ? NULL : &ns->ns;				\
}

RETURNED(cgroup_namespace)
RETURNED(ipc_namespace)
RETURNED(pid_namespace)
RETURNED(time_namespace)
RETURNED(uts_namespace)

static struct ns_common *net_returned(unsigned long returned, void *kept)
{
	struct net *net = (void *)returned;

	return IS_ERR_OR_NULL(net) ? NULL : &net->ns;
}

static struct ns_common *mnt_namespace_returned(unsigned long returned, void *kept)
{
	struct mnt_namespace *ns = (void *)returned;

	return IS_ERR_OR_NULL(ns) ? NULL : mnt_ns_common(landmarks, ns);
}

static struct ns_common *user_in_cred(unsigned long returned, void *kept)
{
	struct cred *new = kept;

	return (int)returned ? NULL : &new->user_ns->ns;
}

static struct ns_common *user_in_new_cred(unsigned long returned, void *kept)
{
	struct cred **new = kept;

	return (int)returned ? NULL : &(*new)->user_ns->ns;
}

#define BIRTH(function, option, ...)				\
	{							\
		.probe.kp.symbol_name = #function,		\
		.configured = IS_ENABLED(CONFIG_##option),	\
		__VA_ARGS__					\
	}

static struct birth functions[] = {
	BIRTH(copy_mnt_ns, NAMESPACES, .flag = CLONE_NEWNS, .born = mnt_namespace_returned),
	BIRTH(copy_utsname, UTS_NS, .flag = CLONE_NEWUTS, .born = uts_namespace_returned),
	BIRTH(copy_ipcs, IPC_NS, .flag = CLONE_NEWIPC, .born = ipc_namespace_returned),
	BIRTH(copy_pid_ns, PID_NS, .flag = CLONE_NEWPID, .born = pid_namespace_returned),
	BIRTH(copy_cgroup_ns, CGROUPS, .flag = CLONE_NEWCGROUP, .born = cgroup_namespace_returned),
	BIRTH(copy_net_ns, NET_NS, .flag = CLONE_NEWNET, .born = net_returned),
	BIRTH(copy_time_ns, TIME_NS, .flag = CLONE_NEWTIME, .born = time_namespace_returned),
	BIRTH(create_user_ns, USER_NS, .kept = 0, .born = user_in_cred),
	/* It calls the one above, which a compiler may have inlined into it. */
	BIRTH(unshare_userns, USER_NS, .flag = CLONE_NEWUSER, .kept = 1, .born = user_in_new_cred),
};

static struct {
	struct kretprobe *probes[ARRAY_SIZE(functions)];	/* those registered */
	int count;
	atomic_long_t begun;
	atomic_long_t watched;
} births;

static bool makes_namespace(const struct birth *birth, unsigned long first_argument)
{
	return !birth->flag || (first_argument & birth->flag);
}

/* Watching: the kretprobe */

static struct birth *birth_of(struct kretprobe_instance *instance)
{
	return container_of(get_kretprobe(instance), struct birth, probe);
}

static int on_entry(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	const struct birth *birth = birth_of(instance);

	if (!makes_namespace(birth, regs_get_kernel_argument(regs, 0)))
		return 1;
	*(void **)instance->data = (void *)regs_get_kernel_argument(regs, birth->kept);
	atomic_long_inc(&births.watched);
	return 0;
}

static int on_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	const struct birth *birth = birth_of(instance);
	struct ns_common *ns = birth->born(regs_return_value(regs), *(void **)instance->data);

	if (ns)
		ns_index_add(added_to, ns);
	return 0;
}

/* Counting: the tracer */

static const struct birth *function_at(unsigned long ip)
{
	int i;

	for (i = 0; i < births.count; i++)
		if (ip - (unsigned long)births.probes[i]->kp.addr < ENTRY_SIZE)
			return container_of(births.probes[i], struct birth, probe);
	return NULL;
}

static void notrace on_beginning(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
				 struct ftrace_regs *fregs)
{
	const struct birth *birth = function_at(ip);

	if (birth && makes_namespace(birth, ftrace_argument(fregs, 0)))
		atomic_long_inc(&births.begun);
}

static struct ftrace_ops beginnings = {
	.func	= on_beginning,
	.flags	= FTRACE_OPS_FL_PERMANENT | FTRACE_OPS_FL_ARGUMENTS,
};

long births_missed(void)
{
	return atomic_long_read(&births.begun) - atomic_long_read(&births.watched);
}

/* Starting and stopping */

/* All at once: taking one probe away waits for an RCU grace period. */
static void unwatch_returns(void)
{
	unregister_kretprobes(births.probes, births.count);
	births.count = 0;
}

static int watch_return(struct birth *birth)
{
	int error;

	birth->probe.entry_handler = on_entry;
	birth->probe.handler = on_return;
	birth->probe.data_size = sizeof(void *);
	birth->probe.maxactive = MAX_ACTIVE;
	error = register_kretprobe(&birth->probe);
	if (error) {
		pr_err("cannot probe %s: error %d\n", birth->probe.kp.symbol_name, error);
		return error;
	}
	births.probes[births.count++] = &birth->probe;
	return 0;
}

static int watch_returns(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		int error = functions[i].configured ? watch_return(&functions[i]) : 0;

		if (error) {
			unwatch_returns();
			return error;
		}
	}
	return 0;
}

/* By address: by name each would be searched for among all functions of the kernel. */
static int choose_functions(void)
{
	int i;

	for (i = 0; i < births.count; i++) {
		const struct kprobe *function = &births.probes[i]->kp;
		int error = ftrace_set_filter_ip(&beginnings, (unsigned long)function->addr,
						 false, false);

		if (error) {
			pr_err("cannot trace %s: error %d\n", function->symbol_name, error);
			return error;
		}
	}
	return 0;
}

static int count_beginnings(void)
{
	int error = choose_functions();

	if (error)
		goto err;
	error = register_ftrace_function(&beginnings);
	if (!error)
		return 0;
	pr_err("cannot trace the functions that make namespaces: error %d\n", error);
err:
	ftrace_free_filter(&beginnings);
	return error;
}

int births_watch(struct ns_index *index, const struct landmarks *marks)
{
	int error;

	added_to = index;
	landmarks = marks;

	error = watch_returns();
	if (error)
		return error;
	error = count_beginnings();
	if (error)
		unwatch_returns();
	return error;
}

void births_unwatch(void)
{
	unregister_ftrace_function(&beginnings);
	ftrace_free_filter(&beginnings);
	unwatch_returns();
}
