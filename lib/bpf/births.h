/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What births.bpf.c tells user space. */
#ifndef PROCNS_BPF_BIRTHS_H
#define PROCNS_BPF_BIRTHS_H

#include "walker.h"

#define BIRTHS_RING_SIZE (8 << 20)	/* 95,000 records: some seconds in which whoever reads gets no processor */
#define NO_CALL 0xffffffff		/* of birth_record.call: the kernel's own doing */
#define CALL_EXIT 0xfffffffe		/* the task is ending, by whichever call or signal */
#define CALL_UNNAMED 0xfffffffd		/* a call of 32 bits, whose numbers are others; or where it is not known */

/* A namespace born or gone, and the task that was at it. */
struct birth_record {
	__aligned_u64 time;		/* CLOCK_MONOTONIC, ns */
	__aligned_u64 ns;		/* struct ns_common; 0: not known */
	__aligned_u64 id;
	__aligned_u64 cgroup;		/* of the task: id in cgroup2 */
	__u32 inum;
	__u32 type;			/* NS_TYPES: not known, as nothing but the number is */
	__u32 owner;			/* its number */
	__u32 call;			/* number of the system call */
	__s32 pid, tid;			/* 0: no task of the caller's pid namespace, or below it */
	__u32 uid;
	__u32 gone;
	char comm[16];
};

struct births {
	/* Set by user space */
	__u32 unshare;			/* number of the system call */
	__u32 awake;			/* it reads the ring by itself: no need to wake it. The programs set it, too */
	__u32 hinted;			/* it knows that a task with namespaces of its own has left. The programs set it */

	/* Set by births_begin */
	__u32 level;			/* of the caller's pid namespace */
	__aligned_u64 pid_ns;		/* the caller's */
	__aligned_u64 initial_nsproxy, initial_user_ns;

	__aligned_u64 lost;		/* records the ring had no room for */
};

#endif
