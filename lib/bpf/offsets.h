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
	__u16 ns_at[NS_TYPES], owner_at[NS_TYPES], ucounts_at[NS_TYPES];
	__u16 in_nsproxy[NS_TYPES];	/* [NS_PID]: pid_for_children; [NS_USER]: in struct cred */
	struct {
		__u16 time_for_children, size;
	} nsproxy;

	struct {
		__u16 parent, child_reaper;
	} pid_ns;
	struct {
		__u16 list;
	} net;
	struct {
		__u16 ids;
	} ipc_ns;
	struct {
		__u16 in_use, size;
	} ipc_ids;
	struct {
		__u16 creator, uid_map, gid_map, flags;
	} user_ns;
	struct {
		__u16 count, extents, forward;
	} id_map;
	struct {
		__u16 name;
	} uts_ns;
	struct {
		__u16 nodename, domainname;
	} utsname;
	struct {
		__u16 offsets;
	} time_ns;
	struct {
		__u16 monotonic, boottime;
	} time_offsets;

	struct {
		__u16 tasks, thread_node, group_leader, real_parent, signal;
		__u16 thread_pid, nsproxy, real_cred, cred, comm, files, mm, fs, exec_state;
		__u16 flags, status;
	} task;
	struct {
		__u16 syscall, first_argument, state;
	} regs;
	struct {
		__u16 thread_head, pids;
	} signal;
	struct {
		__u16 euid, user_ns, ucounts;
	} cred;
	struct {
		__u16 ns, uid;
	} ucounts;
	struct {
		__u16 level, numbers;
	} pid;
	struct {
		__u16 nr, ns, size;
	} upid;

	struct {
		__u16 fdt;
	} files;
	struct {
		__u16 max_fds, fd, open_fds;
	} fdt;
	struct {
		__u16 inode, private, mode, cred, mnt, dentry;
		__u16 head;			/* how much of the structure has all of these */
	} file;
	struct {
		__u16 sb, mode, rdev, ino, private, marks;
	} inode;
	struct {
		__u16 magic, list, root, user_ns, fs_info, dev, type, mounts;
	} sb;
	struct {
		__u16 name, sb, parent, inode;
	} dentry;
	struct {
		__u16 mnt, ns, parent, mountpoint;
		__u16 instance, next_for_sb;	/* its place among the mounts of its filesystem: a list_head, or a chain */
	} mount;
	struct {
		__u16 sb, root;
	} vfsmount;
	struct {
		__u16 seq;
	} mnt_ns;
	struct {
		__u16 root_mnt;
	} fs;
	struct {
		__u16 name;
	} file_system_type;
	struct {
		__u16 pid_ns;
	} proc_fs_info;
	struct {
		__u16 private;
	} seq_file;
	struct {
		__u16 priv;
	} kernfs_open_file;
	struct {
		__u16 ns;
	} cgroup_file_ctx;

	/* struct io_ring_ctx: its table of fixed files is an array of `files` or of addresses of `nodes` */
	struct {
		__u16 nr, files, nodes;
	} ring;
	struct {
		__u16 file;
	} rsrc_node;

	struct {
		__u16 fs_private, user_ns, net_ns;
	} fs_context;
	struct {
		__u16 marks;
	} fsnotify_group;
	struct {
		__u16 node, connector;
	} fsnotify_mark;
	struct {
		__u16 object;
	} fsnotify_connector;

	struct {
		__u16 sk, inode;
	} socket;
	struct {
		__u16 socket, type, protocol, queue, peer_pid, peer_cred;
	} sock;
	struct {
		__u16 length;
	} sk_queue;
	struct {
		__u16 family, state, net, net_refcnt; /* net_refcnt in bits */
		__u16 port, peer_port, address, peer_address, address6, peer_address6;
	} sock_common;
	struct {
		__u16 address, peer, oob_skb;
	} unix_sock;
	struct {
		__u16 length, name;
	} unix_address;
	struct {
		__u16 sk, cb;
	} sk_buff;
	struct {
		__u16 files;
	} unix_skb;
	struct {
		__u16 count, files;
	} scm_files;
	struct {
		__u16 portid;
	} netlink_sock;
	struct {
		__u16 accept_queue;
	} icsk;
	struct {
		__u16 head;
	} request_queue;
	struct {
		__u16 sk, next;
	} request;

	struct {
		__u16 user_ns, exe_file, tree;
	} mm;
	struct {
		__u16 user_ns;
	} exec_state;
	struct {
		__u16 root;
	} maple_tree;
	struct {
		__u16 mm, file;
	} vma;
	struct {
		__u16 ns;
	} shm_file_data;
};

#endif
