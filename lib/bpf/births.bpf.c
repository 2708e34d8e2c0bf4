// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Namespaces as they are born and go. Two ways, of which user space attaches one:
 *
 * Trampolines (fentry, fexit), where the kernel allows them, at the functions that every namespace passes: nothing is missed.
 * Since 6.18 these are the two that put it into the kernel's tree and take it out; before, those that make one of each type, and
 * the one that gives its number back.
 *
 * Tracepoints, elsewhere: unshare(2) that went well made what its flags say; a child that is in a namespace its parent is not in was
 * made with it. Nothing tells that one goes, but that a task leaves is a hint that it is time to walk.
 *
 * They are called in the midst of other people's work, and so do little: one record each, and no waking of whoever reads unless he
 * sleeps.
 */
#include "walker.bpf.h"
#include "seed.bpf.h"
#include "type.bpf.h"
#include "births.h"

#define MAP_RINGBUF 27			/* BPF_MAP_TYPE_RINGBUF */
#define NO_WAKEUP 1			/* BPF_RB_NO_WAKEUP */
#define FORCE_WAKEUP 2			/* BPF_RB_FORCE_WAKEUP */
#define TASK_IS_KERNEL 0x00200000	/* PF_KTHREAD */
#define TASK_IS_EXITING 0x00000004	/* PF_EXITING */
#define CALL_IS_32_BITS 0x0002		/* TS_COMPAT */
#define STATE_IS_32_BITS 0x0010		/* PSR_MODE32_BIT */

/* Arguments of a raw tracepoint, or of a traced function: what follows them is what it returned. */
struct arguments {
	__u64 at[5];
};

struct births births;

struct {
	__uint(type, MAP_RINGBUF);
	__uint(max_entries, BIRTHS_RING_SIZE);
} birth_ring SEC(".maps");

const __u32 flag_of_type[NS_TYPES] = {
	[NS_CGROUP] = 0x02000000, [NS_IPC] = 0x08000000, [NS_MNT] = 0x00020000,	 [NS_NET] = 0x40000000,
	[NS_PID] = 0x20000000,	  [NS_TIME] = 0x00000080, [NS_USER] = 0x10000000, [NS_UTS] = 0x04000000,
};

static __always_inline __u32 wakeup(void)
{
	if (births.awake)
		return NO_WAKEUP;
	births.awake = 1;
	return FORCE_WAKEUP;
}

static __always_inline struct birth_record *new_record(void)
{
	struct birth_record *record = bpf_ringbuf_reserve(&birth_ring, sizeof(*record), 0);

	if (!record)
		__sync_fetch_and_add(&births.lost, 1);
	return record;
}

static __always_inline void submit(struct birth_record *record)
{
	bpf_ringbuf_submit(record, wakeup());
}

static __always_inline __s32 number_for_caller(__u64 task)
{
	__u64 upid = upid_at(read_u64(task + at.task.thread_pid), births.level);

	return read_u64(upid + at.upid.ns) == births.pid_ns ? (__s32)read_u32(upid + at.upid.nr) : 0;
}

static __always_inline __u64 registers(void)
{
	return (__u64)bpf_task_pt_regs(bpf_get_current_task_btf());
}

static __always_inline __u32 current_call(__u64 task)
{
	__u64 regs = registers();

	if (!present(at.regs.syscall))
		return CALL_UNNAMED;
	if (present(at.task.status) && read_u32(task + at.task.status) & CALL_IS_32_BITS)
		return CALL_UNNAMED;
	if (present(at.regs.state) && read_u64(regs + at.regs.state) & STATE_IS_32_BITS)
		return CALL_UNNAMED;
	return read_u32(regs + at.regs.syscall);
}

/* Who is at it: the current task, unless the kernel does it for someone else. */
static __always_inline void record_task(struct birth_record *record)
{
	__u64 task = bpf_get_current_task();
	__u32 flags = read_u32(task + at.task.flags);

	record->call = NO_CALL;
	record->cgroup = 0;
	record->pid = record->tid = 0;
	record->uid = 0;
	__builtin_memset(record->comm, 0, sizeof(record->comm));
	if (flags & TASK_IS_KERNEL)
		return;
	record->call = flags & TASK_IS_EXITING ? CALL_EXIT : current_call(task);
	record->cgroup = bpf_get_current_cgroup_id();
	record->tid = number_for_caller(task);
	record->pid = number_for_caller(read_u64(task + at.task.group_leader));
	record->uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(record->comm, sizeof(record->comm));
}

static __always_inline void record_ns(struct birth_record *record, __u64 ns, __u32 type)
{
	__u64 owner = read_u64(ns - at.ns_at[type] + at.owner_at[type]);

	record->ns = ns;
	record->type = type;
	record->id = present(at.ns.id) ? read_u64(ns + at.ns.id) : 0;
	read(&record->inum, ns + at.ns.inum);
	record->owner = owner ? read_u32(owner + at.ns_at[NS_USER] + at.ns.inum) : 0;
}

static __noinline long tell(__u64 ns, __u32 type, __u32 gone)
{
	struct birth_record *record = new_record();

	if (!record)
		return 0;
	type = type_index(type);
	record->time = bpf_ktime_get_ns();
	record->gone = gone;
	record_ns(record, ns, type);
	record_task(record);
	submit(record);
	return 0;
}

/* What the tracepoints compare needs a beginning. */
SEC("?raw_tp")
int births_begin(void *unused)
{
	__u64 current = bpf_get_current_task(), initial = initial_task(current);
	__u64 pid = read_u64(current + at.task.thread_pid);

	births.level = read_u32(pid + at.pid.level);
	births.pid_ns = active_pid_ns(pid);
	births.initial_nsproxy = read_u64(initial + at.task.nsproxy);
	births.initial_user_ns = read_u64(read_u64(initial + at.task.real_cred) + at.in_nsproxy[NS_USER]);
	return 0;
}

/* Where a task has the namespace that a new one of this type would take the place of: an address of its structure. */
static __always_inline __u64 newest_of(__u64 task, __u32 type)
{
	__u64 set = read_u64(task + (type == NS_USER ? at.task.real_cred : at.task.nsproxy));

	return read_u64(set + (type == NS_TIME ? at.nsproxy.time_for_children : at.in_nsproxy[type]));
}

/* User namespaces first: they own what is made with them. */
static __always_inline __u32 type_in_order(__u32 i)
{
	return type_index(i + NS_USER);
}

struct unshared {
	__u64 task, flags;
};

static long tell_if_unshared(__u32 i, void *data)
{
	struct unshared *unshared = data;
	__u32 type = type_in_order(i);

	if (unshared->flags & flag_of_type[type])
		tell(newest_of(unshared->task, type) + at.ns_at[type], type, 0);
	return GO_ON;
}

SEC("?raw_tp/sys_exit")
int births_sys_exit(struct arguments *arguments)
{
	struct unshared unshared;
	__u64 regs = arguments->at[0];

	if (arguments->at[1] || read_u32(regs + at.regs.syscall) != births.unshare)
		return 0;
	unshared.task = bpf_get_current_task();
	if (current_call(unshared.task) != births.unshare)
		return 0;
	unshared.flags = read_u64(regs + at.regs.first_argument);
	bpf_loop(NS_TYPES, tell_if_unshared, &unshared, 0);
	return 0;
}

struct related {
	__u64 parent, child;
};

static long tell_if_new(__u32 i, void *data)
{
	struct related *related = data;
	__u32 type = type_in_order(i);
	__u64 object;

	object = newest_of(related->child, type);
	if (object && object != newest_of(related->parent, type))
		tell(object + at.ns_at[type], type, 0);
	return GO_ON;
}

SEC("?raw_tp/sched_process_fork")
int births_fork(struct arguments *arguments)
{
	struct related related = { arguments->at[0], arguments->at[1] };

	if (read_u64(related.parent + at.task.nsproxy) == read_u64(related.child + at.task.nsproxy) &&
	    newest_of(related.parent, NS_USER) == newest_of(related.child, NS_USER))
		return 0;
	bpf_loop(NS_TYPES, tell_if_new, &related, 0);
	return 0;
}

SEC("?raw_tp/sched_process_exit")
int births_exit(struct arguments *arguments)
{
	__u64 task = arguments->at[0];
	struct birth_record *record;

	if (births.hinted || (read_u64(task + at.task.nsproxy) == births.initial_nsproxy &&
			      newest_of(task, NS_USER) == births.initial_user_ns))
		return 0;
	births.hinted = 1;
	if (births.awake)
		return 0;
	/* a record that says nothing: only to wake whoever reads */
	record = new_record();
	if (!record)
		return 0;
	__builtin_memset(record, 0, sizeof(*record));
	record->type = NS_TYPES;
	submit(record);
	return 0;
}

SEC("?fentry/__ns_tree_add_raw")
int births_tree_add(struct arguments *arguments)
{
	__u64 ns = arguments->at[0];

	return tell(ns, type_of_flag(read_u32(ns + at.ns.type)), 0);
}

SEC("?fentry/__ns_tree_remove")
int births_tree_remove(struct arguments *arguments)
{
	__u64 ns = arguments->at[0];

	return tell(ns, type_of_flag(read_u32(ns + at.ns.type)), 1);
}

/* Up to 6.17: a copy_NAME(flags, …) has made a namespace if the flag says so and it returned no error. */
static __always_inline int tell_if_made(struct arguments *arguments, __u32 type)
{
	__u64 flags = arguments->at[0], object = 0;

	if (!(flags & flag_of_type[type]) || bpf_get_func_ret(arguments, &object) || object >= (__u64)-4095)
		return 0;
	return tell(object + at.ns_at[type], type, 0);
}

#define MADE_BY(function, type)			\
	SEC("?fexit/" #function)		\
	int births_##function(struct arguments *arguments) { return tell_if_made(arguments, type); }

MADE_BY(copy_cgroup_ns, NS_CGROUP)
MADE_BY(copy_ipcs, NS_IPC)
MADE_BY(copy_mnt_ns, NS_MNT)
MADE_BY(copy_net_ns, NS_NET)
MADE_BY(copy_pid_ns, NS_PID)
MADE_BY(copy_time_ns, NS_TIME)
MADE_BY(copy_utsname, NS_UTS)

SEC("?fexit/create_user_ns")
int births_create_user_ns(struct arguments *arguments)
{
	__u64 cred = arguments->at[0], failed = 1;

	if (bpf_get_func_ret(arguments, &failed) || (int)failed)
		return 0;
	return tell(read_u64(cred + at.in_nsproxy[NS_USER]) + at.ns_at[NS_USER], NS_USER, 0);
}

SEC("?fentry/proc_free_inum")
int births_free_inum(struct arguments *arguments)
{
	struct birth_record *record = new_record();

	if (!record)
		return 0;
	record->time = bpf_ktime_get_ns();
	record->ns = record->id = 0;
	record->inum = arguments->at[0];
	record->type = NS_TYPES;
	record->owner = 0;
	record->gone = 1;
	record_task(record);
	submit(record);
	return 0;
}
