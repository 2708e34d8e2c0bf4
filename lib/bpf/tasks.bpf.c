// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * All threads of all processes, and the sets of namespaces they are in.
 *
 * The walk goes round the list of processes, from the caller's back to it, and at each of them along its list of threads.
 */
#include "walker.bpf.h"
#include "seed.bpf.h"
#include "tasks.h"

enum { PIDTYPE_PGID = 2, PIDTYPE_SID = 3 };

struct task_walk task_walk;

RECORDS(task_records, struct task_record);
RECORDS(possession_records, struct possession_record);
RECORDS(nsproxy_records, struct nsproxy_record);
RECORDS(count_records, struct count_record);

#define NSPROXY_SIZE (at.nsproxy.size < sizeof(((struct nsproxy_record *)0)->content) ? \
		      at.nsproxy.size : sizeof(((struct nsproxy_record *)0)->content))

/* Tasks that follow one another mostly share theirs. */
static __always_inline void record_nsproxy(__u64 nsproxy)
{
	struct nsproxy_record *record;

	if (!nsproxy || nsproxy == task_walk.nsproxy)
		return;
	record = next_record(&nsproxy_records, &task_walk.nsproxy_count);
	if (!record)
		return;
	task_walk.nsproxy = nsproxy;
	record->nsproxy = nsproxy;
	bpf_probe_read_kernel(record->content, NSPROXY_SIZE, (void *)nsproxy);
}

/* What is of use only to those who look for holders. */
static __always_inline void record_possessions(__u32 i, __u64 task, __u64 pid, __u64 real_cred)
{
	struct possession_record *record = bpf_map_lookup_elem(&possession_records, &i);
	__u64 pids = read_u64(task + at.task.signal) + at.signal.pids;

	if (!record)
		return;
	record->pid = pid;
	record->real_cred = real_cred;
	read(&record->files, task + at.task.files);
	read(&record->mm, task + at.task.mm);
	read(&record->cred, task + at.task.cred);
	read(&record->cred_user_ns, record->cred + at.cred.user_ns);
	read(&record->ucounts, real_cred + at.cred.ucounts);
	read(&record->ucounts_ns, record->ucounts + at.ucounts.ns);
	read(&record->group_pid, pids + PIDTYPE_PGID * sizeof(__u64));
	record->group_pid_ns = active_pid_ns(record->group_pid);
	read(&record->session_pid, pids + PIDTYPE_SID * sizeof(__u64));
	record->session_pid_ns = active_pid_ns(record->session_pid);
}

/* The number of a struct pid in the caller's pid namespace: at the caller's level, if it is that namespace it has a number in there. */
static __always_inline __u32 number_of(__u64 pid)
{
	__u64 upid = upid_at(pid, task_walk.level);

	if (read_u32(pid + at.pid.level) < task_walk.level || read_u64(upid + at.upid.ns) != task_walk.pid_ns)
		return 0;
	return read_u32(upid + at.upid.nr);
}

/* The pid namespace a task with this struct pid is in, and its number as above: mostly that is the caller's, and read at once. */
static __always_inline void read_pid(__u64 pid, __u64 *pid_ns, __u32 *number)
{
	__u32 level = read_u32(pid + at.pid.level);
	__u64 upid = upid_at(pid, task_walk.level);

	read(pid_ns, upid_at(pid, level) + at.upid.ns);
	*number = 0;
	if (level >= task_walk.level && (level == task_walk.level ? *pid_ns : read_u64(upid + at.upid.ns)) == task_walk.pid_ns)
		read(number, upid + at.upid.nr);
}

static __always_inline void record_task(__u64 task)
{
	__u32 i = task_walk.count;
	struct task_record *record = next_record(&task_records, &task_walk.count);
	__u64 pid, cred;

	if (!record)
		return;
	record->task = task;
	read(&record->parent, task + at.task.real_parent);
	read(&record->nsproxy, task + at.task.nsproxy);
	read(&record->comm, task + at.task.comm);

	cred = read_u64(task + at.task.real_cred);
	read(&record->user_ns, cred + at.cred.user_ns);
	read(&record->uid, cred + at.cred.euid);

	pid = read_u64(task + at.task.thread_pid);
	read_pid(pid, &record->pid_ns, &record->number);
	record->number |= task == task_walk.leader ? TASK_LEADS : 0;
	if (present(at.task.files))
		record_possessions(i, task, pid, cred);
	record_nsproxy(record->nsproxy);
}

/* On to this process; its leader is the first thread that is looked at. */
static __always_inline void enter_process(__u64 leader)
{
	task_walk.leader = leader;
	task_walk.threads = read_u64(leader + at.task.signal) + at.signal.thread_head;
	task_walk.thread = leader + at.task.thread_node;
	task_walk.wrapped = 0;
}

/*
 * The list's node after this one; 0: the process is done. From the end it goes on at the head, once, but not where the leader is the
 * first, as it mostly is: then the head, one more cache line of each process, is not read at all.
 */
static __always_inline __u64 next_thread(__u64 node)
{
	__u64 leader = task_walk.leader + at.task.thread_node, next = read_u64(node);

	if (next == task_walk.threads) {
		if (task_walk.wrapped++ || read_u64(leader + sizeof(__u64)) == next)
			return 0;
		next = read_u64(next);
	}
	return next == leader || next == task_walk.threads ? 0 : next;
}

/* Goes on to the next thread, or to the next process. */
static __always_inline long advance(void)
{
	__u64 node = next_thread(task_walk.thread);

	if (node) {
		task_walk.thread = node;
		return GO_ON;
	}
	node = read_u64(task_walk.leader + at.task.tasks);
	if (!node || node - at.task.tasks == task_walk.first)
		return STOP;
	enter_process(node - at.task.tasks);
	return GO_ON;
}

static __always_inline void begin(void)
{
	__u64 current = bpf_get_current_task();
	__u64 pid = read_u64(current + at.task.thread_pid);

	task_walk.level = read_u32(pid + at.pid.level);
	task_walk.pid_ns = active_pid_ns(pid);
	task_walk.initial = initial_task(current);
	task_walk.first = read_u64(current + at.task.group_leader);
	enter_process(task_walk.first);
}

/* One step is one thread. */
static long step(__u32 i, void *unused)
{
	record_task(task_walk.thread - at.task.thread_node);
	return advance();
}

SEC("?raw_tp")
int walk_tasks(void *unused)
{
	begin();
	bpf_loop(MAX_STEPS, step, 0, 0);
	return 0;
}

static __always_inline __u32 number_of_process(__u64 task)
{
	return number_of(read_u64(read_u64(task + at.task.group_leader) + at.task.thread_pid));
}

/* The record of the tasks that are in these namespaces: that of the task before, if it is in the same. */
static __always_inline struct count_record *count_record_of(__u64 nsproxy, __u64 pid_ns, __u64 user_ns)
{
	struct count_record *record;
	__u32 last = task_walk.same_count - 1;

	if (task_walk.same_count && nsproxy == task_walk.same_nsproxy && pid_ns == task_walk.same_pid_ns && user_ns == task_walk.same_user_ns)
		return bpf_map_lookup_elem(&count_records, &last);
	task_walk.same_nsproxy = nsproxy;
	task_walk.same_pid_ns = pid_ns;
	task_walk.same_user_ns = user_ns;
	record_nsproxy(nsproxy);
	record = next_record(&count_records, &task_walk.same_count);
	if (!record)
		return record;
	record->nsproxy = nsproxy;
	record->pid_ns = pid_ns;
	record->user_ns = user_ns;
	return record;
}

static __always_inline void show(struct count_record *record, __u64 task, __u64 cred, __u32 number, __u32 leads)
{
	record->number = number | leads;
	record->process = number_of_process(task);
	record->parent = number_of_process(read_u64(task + at.task.real_parent));
	read(&record->uid, cred + at.cred.euid);
	read(&record->comm, task + at.task.comm);
}

/* A leader goes before who leads none, then the lowest number: TASK_LEADS is a bit above all numbers, here turned over. */
static __always_inline bool shown_before(__u32 number, __u32 leads, __u32 shown)
{
	return !shown || (number | (leads ^ TASK_LEADS)) < (shown ^ TASK_LEADS);
}

static __always_inline void count_task(__u64 task)
{
	__u64 cred = read_u64(task + at.task.real_cred), pid_ns;
	__u32 number, leads = task == task_walk.leader ? TASK_LEADS : 0;
	struct count_record *record;

	read_pid(read_u64(task + at.task.thread_pid), &pid_ns, &number);
	record = count_record_of(read_u64(task + at.task.nsproxy), pid_ns, read_u64(cred + at.cred.user_ns));
	if (!record)
		return;
	record->tasks++;
	record->leaders += leads != 0;
	if (number && shown_before(number, leads, record->number))
		show(record, task, cred, number, leads);
}

/* The task the kernel was born with is nobody's process. */
static long count_step(__u32 i, void *unused)
{
	if (task_walk.leader != task_walk.initial)
		count_task(task_walk.thread - at.task.thread_node);
	return advance();
}

SEC("?raw_tp")
int walk_counts(void *unused)
{
	begin();
	bpf_loop(MAX_STEPS, count_step, 0, 0);
	return 0;
}
