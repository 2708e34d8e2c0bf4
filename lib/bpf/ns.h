/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What ns.bpf.c tells user space. */
#ifndef PROCNS_BPF_NS_H
#define PROCNS_BPF_NS_H

#include "walker.h"

/* A namespace. */
struct ns_record {
	__aligned_u64 ns;		/* its struct ns_common */
	__aligned_u64 owner;		/* struct user_namespace */
	__aligned_u64 parent;		/* struct pid_namespace; of pid namespaces */
	__aligned_u64 child_reaper;	/* 0 if it never had a task; of pid namespaces */
	__aligned_u64 ucounts, ucounts_ns;	/* that count it, and the user namespace these hold */
	__u32 creator;			/* in the initial user namespace's ids; of others than user namespaces, if ucounts are read */
	__u32 segments;			/* of ipc namespaces: SysV shared memory, as long as it is mapped */
	__aligned_u64 id;
	__u32 type;
	__u32 inum;
	__u32 refs;
	__s32 active;
};

/* An address that user space believes to be that of a namespace of this type: where the kernel has no lists. */
struct candidate_record {
	__aligned_u64 ns;		/* struct ns_common */
	__u32 type;
	__u32 pad;
};

/* A network namespace: their list is older than the others. */
struct net_record {
	__aligned_u64 net;
};

#define NAME_SIZE 65			/* of a host or a domain, with its NUL */

#define SETGROUPS_ALLOWED 1		/* USERNS_SETGROUPS_ALLOWED */

/* What who is in a namespace sees of it: the names of uts, the clocks of time, the flags of user namespaces. */
struct inside_record {
	__aligned_u64 ns;		/* struct ns_common */
	__aligned_u64 clocks[4];	/* monotonic, boottime: seconds and nanoseconds each */
	__aligned_u64 flags;
	char hostname[NAME_SIZE], domainname[NAME_SIZE];
	char pad[6];
};

/* The kernel's struct uid_gid_extent; `outside` is in the initial user namespace's ids. */
struct id_extent {
	__u32 inside, outside, count;
};

#define INLINE_EXTENTS 5		/* UID_GID_MAP_MAX_BASE_EXTENTS: where there are more they are outside of user_namespace */
#define MAX_EXTENTS 340			/* UID_GID_MAP_MAX_EXTENTS */

/* One of the two id maps of a user namespace. */
struct map_record {
	__aligned_u64 ns;		/* its struct ns_common */
	__u32 is_gid;
	__u32 count;
	__u32 long_map;			/* where count is more than INLINE_EXTENTS: which of long_map_records has them */
	struct id_extent extents[INLINE_EXTENTS];
};

struct long_map_record {
	struct id_extent extents[MAX_EXTENTS];
};

/* State of the walk, kept where the verifier does not follow it. */
struct ns_walk {
	/* Set by user space */
	__u32 types;			/* bits of the types wanted */
	__u32 candidate_count;

	/* How many records there are, or would be were the arrays larger */
	__u32 count, map_count, long_map_count, net_count, inside_count;
	__u32 by_type[NS_TYPES];		/* as many are counted in `count` */
	__u32 pad;

	__u32 type;			/* whose list is walked */
	__aligned_u64 node;		/* struct ns_common, or what looks like one: a list's head */
	__aligned_u64 own[NS_TYPES];	/* the caller's, struct ns_common */
	__aligned_u64 ops[NS_TYPES];	/* what every namespace of this type has there */
	__aligned_u64 initial[NS_TYPES];	/* those the kernel was born with, struct ns_common */
	__aligned_u64 net;		/* walk_nets: the list's node to look at next */
};

#endif
