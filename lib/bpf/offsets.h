/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the walkers read: filled by user space from the running kernel's BTF (offsets.c, the only place that knows how kernels
 * differ), constant to the verifier. Offsets are in bytes; ABSENT: this kernel has no such thing.
 */
#ifndef PROCNS_BPF_OFFSETS_H
#define PROCNS_BPF_OFFSETS_H

#define ABSENT 0xffff

struct offsets {
	/* struct ns_common */
	struct {
		__u16 type, ops, inum, refs, id, active;
		__u16 node_in_type, node_in_all;	/* list_head: of namespaces of its type, of all namespaces */
	} ns;

	/* By type of namespace: where its structure has its ns_common and its owner, and where nsproxy has its address. */
	__u16 ns_at[NS_TYPES], owner_at[NS_TYPES];
	__u16 in_nsproxy[NS_TYPES];	/* [NS_PID]: pid_for_children; [NS_USER]: in struct cred */
	struct {
		__u16 time_for_children, size;
	} nsproxy;

	struct {
		__u16 parent, child_reaper;
	} pid_ns;
	struct {
		__u16 creator, uid_map, gid_map;
	} user_ns;
	struct {
		__u16 count, extents, forward;
	} id_map;

	struct {
		__u16 tasks, thread_node, group_leader, real_parent, signal;
		__u16 thread_pid, nsproxy, real_cred, comm;
	} task;
	struct {
		__u16 thread_head, pids;
	} signal;
	struct {
		__u16 euid, user_ns;
	} cred;
	struct {
		__u16 level, numbers;
	} pid;
	struct {
		__u16 nr, ns, size;
	} upid;
};

#endif
