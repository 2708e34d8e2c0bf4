// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks are found by number, as a reader of /proc does: threads have numbers too, and so have the
 * dead not yet waited for, whose pid namespaces live. Nothing is held from one to the next.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/idr.h>
#include <linux/ipc_namespace.h>
#include <linux/mm_types.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/time_namespace.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>

#include "registry_scan.h"
#include "registry_track.h"

/* Descriptors looked at with a table locked. */
#define DESCRIPTORS_AT_ONCE 1024

void scan_pid(struct registry_scan *scan, struct pid *pid)
{
	struct pid_namespace *ns = ns_of_pid(pid);

	if (ns)
		scan_offer(scan, &ns->ns);
}

void scan_cred(struct registry_scan *scan, const struct cred *cred)
{
	scan_offer(scan, &cred->user_ns->ns);
}

/* A type built out of the kernel may have no namespace at all. */
static void offer_if(struct registry_scan *scan, const void *there, struct ns_common *ns)
{
	if (there)
		scan_offer(scan, ns);
}

void scan_nsproxy(struct registry_scan *scan, const struct nsproxy *nsproxy)
{
	if (nsproxy->mnt_ns)
		scan_offer(scan, mnt_ns_common(scan->marks, nsproxy->mnt_ns));
	offer_if(scan, nsproxy->uts_ns, &nsproxy->uts_ns->ns);
	offer_if(scan, nsproxy->ipc_ns, &nsproxy->ipc_ns->ns);
	offer_if(scan, nsproxy->pid_ns_for_children, &nsproxy->pid_ns_for_children->ns);
	offer_if(scan, nsproxy->net_ns, &nsproxy->net_ns->ns);
	offer_if(scan, nsproxy->cgroup_ns, &nsproxy->cgroup_ns->ns);
	offer_if(scan, nsproxy->time_ns, &nsproxy->time_ns->ns);
	offer_if(scan, nsproxy->time_ns_for_children, &nsproxy->time_ns_for_children->ns);
}

/*
 * The credentials a task is known by. Those it acts with for a moment differ in access(2) and the
 * like; they may be freed without a grace period and cannot be looked at from outside.
 */
static void scan_task_cred(struct registry_scan *scan, struct task_struct *task)
{
	rcu_read_lock();
	scan_cred(scan, __task_cred(task));
	rcu_read_unlock();
}

/* Descriptor tables */

struct table_walk {
	struct registry_scan *scan;
	unsigned int next;
	unsigned int left;
};

static int look_at_descriptor(const void *data, struct file *file, unsigned int fd)
{
	struct table_walk *walk = (void *)data;

	if (!walk->left--) {
		walk->next = fd;
		return 1;
	}
	scan_file(walk->scan, file);
	return 0;
}

static void scan_table(struct registry_scan *scan, struct task_struct *task)
{
	struct table_walk walk = { .scan = scan };
	int more;

	do {
		walk.left = DESCRIPTORS_AT_ONCE;
		task_lock(task);
		more = iterate_fd(task->files, walk.next, look_at_descriptor, &walk);
		task_unlock(task);
		scan_pause(scan);
	} while (more);
}

/* Threads mostly share the table of the first of them, which is looked at once. */
static bool has_own_table(struct task_struct *task)
{
	const struct files_struct *files = READ_ONCE(task->files);
	bool shared = false;

	rcu_read_lock();
	if (pid_alive(task) && task != task->group_leader)
		shared = files == READ_ONCE(task->group_leader->files);
	rcu_read_unlock();
	return files && !shared;
}

static void scan_task(struct registry_scan *scan, struct task_struct *task)
{
	task_lock(task);
	if (task->nsproxy)
		scan_nsproxy(scan, task->nsproxy);
	if (task->mm)
		scan_offer(scan, &task->mm->user_ns->ns);
	task_unlock(task);

	scan_task_cred(scan, task);
	if (has_own_table(task))
		scan_table(scan, task);
}

static struct pid *next_pid(int *number)
{
	struct pid *pid;

	rcu_read_lock();
	pid = get_pid(idr_get_next(&init_pid_ns.idr, number));
	rcu_read_unlock();
	return pid;
}

void scan_tasks(struct registry_scan *scan)
{
	struct pid *pid;
	int number;

	for (number = 1; (pid = next_pid(&number)); number++) {
		struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);

		scan_pid(scan, pid);
		if (task) {
			scan_task(scan, task);
			put_task_struct(task);
		}
		put_pid(pid);
		scan_pause(scan);
	}
}
