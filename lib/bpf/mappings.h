/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What mappings.bpf.c tells user space. */
#ifndef PROCNS_BPF_MAPPINGS_H
#define PROCNS_BPF_MAPPINGS_H

#include "walker.h"

/* An address space, named by user space: a task that has it. */
struct mm_record {
	__aligned_u64 task, mm;
	__aligned_u64 user_ns;		/* that it belongs to; filled by the walk */
};

/* A mapped file, or the executable, that may hold a namespace: by its credentials, or as a SysV segment. */
struct mapping_record {
	__aligned_u64 file;
	__aligned_u64 cred, user_ns;
	__aligned_u64 ucounts, ucounts_ns;	/* of cred; the user namespace these hold */
	__aligned_u64 ipc_ns;		/* of a SysV segment; of all else: anything */
	__u32 mm;			/* of mm_records */
	__u32 is_shm;
};

#define MAX_DEPTH 16			/* of a maple tree; a power of two */

/* State of the walk, kept where the verifier does not follow it. */
struct mapping_walk {
	/* Set by user space */
	__aligned_u64 initial_user_ns;
	__u32 mm_count;

	__u32 count;			/* how many records there are, or would be were the array larger */
	__u32 done;			/* address spaces */

	__u32 mm_index, depth;
	__aligned_u64 mm;
	__aligned_u64 file;		/* that was looked at last: mostly the same is mapped several times in a row */
	__aligned_u64 sb, cred, cred_user_ns;
	__u32 magic;
	__u32 type;			/* of the node */
	struct {
		__aligned_u64 node;	/* an encoded address */
		__aligned_u64 end;	/* the last address that is below it */
		__u32 slot;		/* next in it */
		__u32 pad;
	} way[MAX_DEPTH];
	__aligned_u64 content[32];	/* of the node the walk is at */
	__aligned_u64 head[MAX_HEAD / 8];	/* of the struct file being looked at */
};

#endif
