// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tasks from tasks.bpf.c, and what they are members of. */
#include <errno.h>
#include <string.h>

#include "source_bpf_fill.h"
#include "source_bpf_record.h"

/* What all tasks with one nsproxy are in. */
struct membership {
	struct procns_ns *ns[PROCNS_NTYPES];
	struct procns_ns *pid_for_children, *time_for_children;
};

static struct procns_ns *member_of(const struct fill *fill, enum procns_type type, const struct nsproxy_record *record, uint16_t at)
{
	return fill_find(fill, type, nsproxy_member(record, at));
}

static void read_nsproxy(const struct fill *fill, const struct nsproxy_record *record, struct membership *membership)
{
	const struct offsets *at = &fill->walk->offsets;

	for (size_t type = 0; type < PROCNS_NTYPES; type++)
		if (type != PROCNS_PID && type != PROCNS_USER)
			membership->ns[type] = member_of(fill, type, record, at->in_nsproxy[type]);
	membership->pid_for_children = member_of(fill, PROCNS_PID, record, at->in_nsproxy[NS_PID]);
	membership->time_for_children = member_of(fill, PROCNS_TIME, record, at->nsproxy.time_for_children);
}

/* The namespaces of each nsproxy are looked up once, not for each task. */
static int find_memberships(struct fill *fill, struct index *by_nsproxy)
{
	const struct nsproxy_record *records = walk_records(fill->walk, ARRAY_NSPROXIES);

	for (size_t i = 0; i < walk_count(fill->walk, ARRAY_NSPROXIES); i++) {
		void **place = index_place(by_nsproxy, records[i].nsproxy);
		struct membership *membership;

		if (!place)
			return -ENOMEM;
		if (*place)
			continue;
		membership = snapshot_alloc(fill->snapshot, sizeof(*membership));
		if (!membership)
			return -ENOMEM;
		read_nsproxy(fill, &records[i], membership);
		*place = membership;
	}
	return 0;
}

static void put_membership(struct procns_task *task, const struct membership *membership)
{
	if (!membership)
		return;
	memcpy(task->ns, membership->ns, sizeof(task->ns));
	task->pid_for_children = membership->pid_for_children;
	task->time_for_children = membership->time_for_children;
}

static pid_t task_number(const struct task_record *record)
{
	return (pid_t)(record->number & ~TASK_LEADS);
}

static int add_task(struct fill *fill, const struct index *by_nsproxy, const struct task_record *record, pid_t pid)
{
	void **place = index_place(&fill->tasks, record->task);
	struct procns_task *task = snapshot_task(fill->snapshot, pid, task_number(record), record->comm, sizeof(record->comm));

	if (!task || !place)
		return -ENOMEM;
	*place = task;
	task->leader = record->number & TASK_LEADS;
	task->uid = record->uid;
	put_membership(task, index_find(by_nsproxy, record->nsproxy));
	task->ns[PROCNS_PID] = fill_find(fill, PROCNS_PID, record->pid_ns);
	task->ns[PROCNS_USER] = fill_find(fill, PROCNS_USER, record->user_ns);
	return 0;
}

/* The threads of one process, which has the number of its leader; it had none if it was reaped just now. */
static int add_process(struct fill *fill, const struct index *by_nsproxy, const struct task_record *threads, size_t count)
{
	const struct task_record *leader = &threads[0];

	/* The task the kernel was born with is its own parent, and nobody's process. */
	if (leader->parent == leader->task)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (add_task(fill, by_nsproxy, &threads[i], task_number(leader)) < 0)
			return -ENOMEM;
	return 0;
}

static int add_processes(struct fill *fill, const struct index *by_nsproxy)
{
	const struct task_record *records = walk_records(fill->walk, ARRAY_TASKS);
	size_t count = walk_count(fill->walk, ARRAY_TASKS), end;

	if (snapshot_expect(fill->snapshot, 0, count) < 0 || index_reserve(&fill->tasks, count) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < count; i = end) {
		for (end = i + 1; end < count && !(records[end].number & TASK_LEADS); end++)
			continue;
		if (add_process(fill, by_nsproxy, &records[i], end - i) < 0)
			return -ENOMEM;
	}
	return 0;
}

static void link_parents(struct fill *fill)
{
	const struct task_record *records = walk_records(fill->walk, ARRAY_TASKS);

	for (size_t i = 0; i < walk_count(fill->walk, ARRAY_TASKS); i++) {
		struct procns_task *task = index_find(&fill->tasks, records[i].task);
		const struct procns_task *parent = index_find(&fill->tasks, records[i].parent);

		if (task && parent)
			task->ppid = parent->pid;
	}
}

int fill_tasks(struct fill *fill)
{
	struct index by_nsproxy = { 0 };
	int err = find_memberships(fill, &by_nsproxy);

	if (!err)
		err = add_processes(fill, &by_nsproxy);
	if (!err)
		link_parents(fill);
	index_free(&by_nsproxy);
	return err;
}

/* Who is shown for them; without a number where none of them has one here. */
static struct procns_task *add_shown(struct fill *fill, const struct index *by_nsproxy, const struct count_record *record)
{
	const pid_t number = (pid_t)(record->number & ~TASK_LEADS);
	struct procns_task *task = snapshot_task(fill->snapshot, (pid_t)record->process, number, record->comm, sizeof(record->comm));

	if (!task)
		return NULL;
	task->leader = record->number & TASK_LEADS;
	task->ppid = (pid_t)record->parent;
	task->uid = record->uid;
	put_membership(task, index_find(by_nsproxy, record->nsproxy));
	task->ns[PROCNS_PID] = fill_find(fill, PROCNS_PID, record->pid_ns);
	task->ns[PROCNS_USER] = fill_find(fill, PROCNS_USER, record->user_ns);
	return task;
}

static int add_counts(struct fill *fill, const struct index *by_nsproxy)
{
	const struct count_record *records = walk_records(fill->walk, ARRAY_COUNTS);
	size_t count = walk_count(fill->walk, ARRAY_COUNTS);

	if (snapshot_expect(fill->snapshot, 0, count) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct procns_task *task = add_shown(fill, by_nsproxy, &records[i]);

		if (!task)
			return -ENOMEM;
		snapshot_counted(fill->snapshot, task, records[i].leaders, records[i].tasks);
	}
	return 0;
}

int fill_counts(struct fill *fill)
{
	struct index by_nsproxy = { 0 };
	int err = find_memberships(fill, &by_nsproxy);

	if (!err)
		err = add_counts(fill, &by_nsproxy);
	index_free(&by_nsproxy);
	return err;
}
