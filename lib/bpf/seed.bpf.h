/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where walks begin: the caller, and the task the kernel was born with. */
#ifndef PROCNS_SEED_BPF_H
#define PROCNS_SEED_BPF_H

#include "walker.bpf.h"

/* A struct pid's number and namespace at one level. */
static __always_inline __u64 upid_at(__u64 pid, __u32 level)
{
	return pid + at.pid.numbers + (__u64)level * at.upid.size;
}

/* The pid namespace a task with this struct pid is in; 0 once it is reaped. */
static __always_inline __u64 active_pid_ns(__u64 pid)
{
	return pid ? read_u64(upid_at(pid, read_u32(pid + at.pid.level)) + at.upid.ns) : 0;
}

/* The parent of the first task of the first pid namespace. */
static __always_inline __u64 initial_task(__u64 current)
{
	__u64 pid = read_u64(current + at.task.thread_pid);
	__u64 pid_ns = read_u64(upid_at(pid, 0) + at.upid.ns);

	return read_u64(read_u64(pid_ns + at.pid_ns.child_reaper) + at.task.real_parent);
}

#endif
