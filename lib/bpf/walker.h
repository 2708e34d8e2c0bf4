/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What every walker shares with user space. A walker's own header has its records: kernel addresses in them are for joining one
 * record to another inside the library; they go no further. Words of eight bytes are __aligned_u64 in records,
 * so that a 32-bit user space lays them out as BPF does.
 */
#ifndef PROCNS_BPF_WALKER_H
#define PROCNS_BPF_WALKER_H

/* As enum procns_type. */
enum ns_type {
	NS_CGROUP,
	NS_IPC,
	NS_MNT,
	NS_NET,
	NS_PID,
	NS_TIME,
	NS_USER,
	NS_UTS,
	NS_TYPES,
};

#define MAX_HEAD 256			/* of a struct file that is copied */

#endif
