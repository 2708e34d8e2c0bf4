/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The type of a namespace from its CLONE_NEW* bit, as struct ns_common has it since 6.18. Included once in an object. */
#ifndef PROCNS_TYPE_BPF_H
#define PROCNS_TYPE_BPF_H

#include "walker.bpf.h"

/* What CLONE_NEW* bits leave divided by 29: all different, so that finding a type takes no loop. */
#define TYPE_SLOTS 29
const __u8 type_of_remainder[32] = {
	[0x02000000 % TYPE_SLOTS] = NS_CGROUP, [0x08000000 % TYPE_SLOTS] = NS_IPC,  [0x00020000 % TYPE_SLOTS] = NS_MNT,
	[0x40000000 % TYPE_SLOTS] = NS_NET,    [0x20000000 % TYPE_SLOTS] = NS_PID,  [0x00000080 % TYPE_SLOTS] = NS_TIME,
	[0x10000000 % TYPE_SLOTS] = NS_USER,   [0x04000000 % TYPE_SLOTS] = NS_UTS,
};

static __always_inline __u32 type_of_flag(__u32 flag)
{
	return type_index(type_of_remainder[bounded(flag % TYPE_SLOTS, sizeof(type_of_remainder))]);
}

#endif
