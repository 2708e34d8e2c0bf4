/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What supers.bpf.c tells user space. */
#ifndef PROCNS_BPF_SUPERS_H
#define PROCNS_BPF_SUPERS_H

#include "walker.h"

/* A mounted filesystem that belongs to a namespace: by its user namespace, or as the proc of a pid namespace. And nsfs. */
struct super_record {
	__aligned_u64 sb;
	__aligned_u64 user_ns;
	__aligned_u64 pid_ns;		/* of a proc */
	__u32 magic;
	__u32 dev;
	char type[24];			/* "tmpfs" */
};

/*
 * A place in the mounts: where one of these filesystems is mounted, or, asked for by user space, where a file is. Those asked
 * for come first in their array.
 */
struct place_record {
	__aligned_u64 mount;		/* struct mount */
	__aligned_u64 dentry;		/* of a file asked for */
	__aligned_u64 sb;
	__aligned_u64 ns;		/* of a mount of nsfs: the struct ns_common mounted */
	__aligned_u64 mnt_ns;		/* struct mnt_namespace; 0: unmounted, but open; an error number: the kernel's own mount */
	__aligned_u64 seq;		/* of mnt_ns, where the kernel has it: 0 if it is anonymous */
	__u32 inum;			/* of mnt_ns */
	__u32 is_nsfs;
	__u32 first_part, part_count;	/* its path, in part_records, from its end to the root of mnt_ns */
};

#define PART_SIZE 60

/* A name in a path; the rest of a long name is in the next record. */
struct part_record {
	__u32 more;
	char name[PART_SIZE];		/* ends with a NUL */
};

#define MAX_PARTS 512			/* of one path */

/* State of the walk, kept where the verifier does not follow it. */
struct super_walk {
	/* Set by user space */
	__aligned_u64 initial_user_ns, initial_pid_ns;	/* what belongs to these is of no interest */
	__u32 asked_count;		/* of place_records */

	__u32 super_count, place_count, part_count; /* how many records there are, or would be were the arrays larger */
	__u32 torn;			/* a list changed while it was walked: it must be walked again */
	__u32 asked_done;

	__aligned_u64 first, node;	/* struct super_block's s_list */
	__aligned_u64 sb;		/* whose mounts the walk is at */
	__aligned_u64 mounts, mount;	/* the head of its list of mounts, the list's next node: before 6.18; or the next mount */
	__aligned_u64 path_mount, dentry;	/* where the walk is on the way up to the root; 0: it is there */
	__u32 place;			/* whose path it is */
	__u32 name_at;			/* how much of the dentry's name is recorded */
	__u32 is_nsfs, pad;
};

#endif
