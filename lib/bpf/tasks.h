/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What tasks.bpf.c tells user space. */
#ifndef PROCNS_BPF_TASKS_H
#define PROCNS_BPF_TASKS_H

#include "walker.h"

/* A set of namespaces, shared by the tasks that are in the same; recorded once or more. */
struct nsproxy_record {
	__aligned_u64 nsproxy;
	__aligned_u64 content[11];	/* the kernel's struct nsproxy as it is, or its beginning */
};

#define TASK_LEADS (1u << 31)		/* more than any task's number */

/* A thread; those of one process follow one another, its leader first. One cache line: there are many of these. */
struct task_record {
	__aligned_u64 task, parent;	/* struct task_struct */
	__aligned_u64 nsproxy;		/* 0: it is exiting */
	__aligned_u64 pid_ns;		/* it is in: struct pid_namespace; 0: it is reaped */
	__aligned_u64 user_ns;		/* of its real_cred: struct user_namespace */
	__u32 number;			/* in the caller's pid namespace; 0: it is not in there. Of a leader with TASK_LEADS */
	__u32 uid;			/* effective, in the initial user namespace's ids */
	char comm[16];
};

/* Tasks that follow one another and are in the same namespaces: where it suffices to count them. */
struct count_record {
	__aligned_u64 nsproxy, pid_ns, user_ns;	/* as of a task */
	__u32 tasks, leaders;

	/* The leader with the lowest number, else the task with the lowest; 0: none has one in the caller's pid namespace */
	__u32 number, process, parent;	/* its own, that of its process, and of its process's parent */
	__u32 uid;
	char comm[16];
};

/* Of the task of the same index, where descriptors are walked, too. */
struct possession_record {
	__aligned_u64 files, mm;	/* struct files_struct, mm_struct; 0: it has none (any more) */
	__aligned_u64 real_cred;
	__aligned_u64 cred, cred_user_ns;	/* what it acts by; mostly the same */
	__aligned_u64 ucounts, ucounts_ns;	/* of real_cred; the user namespace these hold */
	__aligned_u64 pid;		/* struct pid */
	__aligned_u64 group_pid, group_pid_ns;	/* struct pid, and the namespace it is of */
	__aligned_u64 session_pid, session_pid_ns;
};

/* State of the walk, kept where the verifier does not follow it. */
struct task_walk {
	__u32 count, nsproxy_count, same_count;	/* how many records there are, or would be were the arrays larger */

	__u32 level;			/* of the caller's pid namespace */
	__aligned_u64 pid_ns;		/* the caller's */

	__aligned_u64 initial;		/* the task the kernel was born with: in no list of processes but at its head */
	__aligned_u64 first;		/* the process the walk began with */
	__aligned_u64 leader;		/* of the process the walk is at, and … */
	__aligned_u64 threads;		/* … the head of its list of threads */
	__aligned_u64 thread;		/* the list's node to look at next; 0: none */
	__aligned_u64 wrapped;		/* the list was followed past its end, to the threads before the leader */
	__aligned_u64 nsproxy;		/* of the task before */
	__aligned_u64 same_nsproxy, same_pid_ns, same_user_ns;	/* likewise, where tasks are counted */
};

#endif
