// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The table of what the walkers read, and the only place that knows how kernels differ: a row whose kernels differ says which
 * release changed it. A row that is in no kernel is ABSENT and the walkers' branches for it are dropped by the verifier;
 * a row that a walker can't do without is named in the error.
 */
#include <errno.h>
#include <string.h>

#include "offsets_fill.h"

static_assert(ABSENT == BTF_ABSENT, "both say absent alike");

struct row {
	uint16_t at;			/* in struct offsets */
	uint16_t walkers;		/* that can't do without; 0: none */
	uint16_t readers;		/* that read it */
	struct btf_request request;
};

#define AT(field) offsetof(struct offsets, field)
#define NEEDED(who, field, structure, path) { AT(field), who, who, { structure, path, BTF_BYTES } }
#define MAYBE(who, field, structure, path) { AT(field), 0, who, { structure, path, BTF_BYTES } }
#define BITS(who, field, structure, path) { AT(field), who, who, { structure, path, BTF_BITS } }
#define SIZE(who, field, structure, path) { AT(field), who, who, { structure, path, BTF_SIZE } }

#define TREE WALK_TREE
#define MAPS WALK_MAPS
#define INSIDE WALK_INSIDE
#define TASKS (WALK_TASKS | WALK_COUNTS)
#define DESCRIPTORS WALK_DESCRIPTORS
#define RINGS WALK_RINGS
#define QUEUES WALK_QUEUES
#define WATCHES WALK_WATCHES
#define FILES (WALK_DESCRIPTORS | WALK_RINGS | WALK_QUEUES | WALK_WATCHES)
#define SUPERS WALK_SUPERS
#define MAPPINGS WALK_MAPPINGS
#define NETS WALK_NETS
#define BIRTHS WALK_BIRTHS
#define NAMESPACES (WALK_TREE | WALK_CANDIDATES | WALK_NETS | WALK_BIRTHS)
#define BOTH (NAMESPACES | TASKS)

static const struct row rows[] = {
	MAYBE(TREE | BIRTHS, ns.type, "ns_common", "ns_type"),			/* since 6.18 */
	NEEDED(NAMESPACES, ns.ops, "ns_common", "ops"),
	NEEDED(NAMESPACES | SUPERS, ns.inum, "ns_common", "inum"),
	NEEDED(NAMESPACES, ns.refs, "ns_common", "__ns_ref|count"),		/* 6.18 renamed it */
	MAYBE(NAMESPACES, ns.id, "ns_common", "ns_id"),			/* since 6.18 */
	MAYBE(NAMESPACES, ns.active, "ns_common", "__ns_ref_active"),		/* since 6.19 */
	MAYBE(TREE, ns.node_in_type, "ns_common", "ns_list_node"),	/* 6.18 alone */
	MAYBE(TREE, ns.node_in_all, "ns_common", "ns_unified_node.ns_list_entry"), /* since 6.19 */

	NEEDED(BOTH, ns_at[NS_CGROUP], "cgroup_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_IPC], "ipc_namespace", "ns"),
	NEEDED(BOTH | SUPERS, ns_at[NS_MNT], "mnt_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_NET], "net", "ns"),
	NEEDED(BOTH, ns_at[NS_PID], "pid_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_TIME], "time_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_USER], "user_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_UTS], "uts_namespace", "ns"),

	NEEDED(NAMESPACES, owner_at[NS_CGROUP], "cgroup_namespace", "user_ns"),
	NEEDED(NAMESPACES, owner_at[NS_IPC], "ipc_namespace", "user_ns"),
	NEEDED(NAMESPACES, owner_at[NS_MNT], "mnt_namespace", "user_ns"),
	NEEDED(NAMESPACES, owner_at[NS_NET], "net", "user_ns"),
	NEEDED(NAMESPACES, owner_at[NS_PID], "pid_namespace", "user_ns"),
	NEEDED(NAMESPACES, owner_at[NS_TIME], "time_namespace", "user_ns"),
	NEEDED(NAMESPACES, owner_at[NS_USER], "user_namespace", "parent"),
	NEEDED(NAMESPACES, owner_at[NS_UTS], "uts_namespace", "user_ns"),

	NEEDED(FILES, ucounts_at[NS_CGROUP], "cgroup_namespace", "ucounts"),
	NEEDED(FILES, ucounts_at[NS_IPC], "ipc_namespace", "ucounts"),
	NEEDED(FILES, ucounts_at[NS_MNT], "mnt_namespace", "ucounts"),
	NEEDED(FILES, ucounts_at[NS_NET], "net", "ucounts"),
	NEEDED(FILES, ucounts_at[NS_PID], "pid_namespace", "ucounts"),
	NEEDED(FILES, ucounts_at[NS_TIME], "time_namespace", "ucounts"),
	NEEDED(FILES, ucounts_at[NS_USER], "user_namespace", "ucounts"),
	NEEDED(FILES, ucounts_at[NS_UTS], "uts_namespace", "ucounts"),

	NEEDED(BOTH, in_nsproxy[NS_CGROUP], "nsproxy", "cgroup_ns"),
	NEEDED(BOTH, in_nsproxy[NS_IPC], "nsproxy", "ipc_ns"),
	NEEDED(BOTH, in_nsproxy[NS_MNT], "nsproxy", "mnt_ns"),
	NEEDED(BOTH, in_nsproxy[NS_NET], "nsproxy", "net_ns"),
	NEEDED(BOTH, in_nsproxy[NS_PID], "nsproxy", "pid_ns_for_children"),
	NEEDED(BOTH, in_nsproxy[NS_TIME], "nsproxy", "time_ns"),
	NEEDED(BOTH, in_nsproxy[NS_UTS], "nsproxy", "uts_ns"),
	NEEDED(BOTH, in_nsproxy[NS_USER], "cred", "user_ns"),
	NEEDED(TASKS | BIRTHS, nsproxy.time_for_children, "nsproxy", "time_ns_for_children"),
	SIZE(TASKS, nsproxy.size, "nsproxy", ""),

	NEEDED(NAMESPACES, pid_ns.parent, "pid_namespace", "parent"),
	NEEDED(NAMESPACES, pid_ns.child_reaper, "pid_namespace", "child_reaper"),
	NEEDED(MAPPINGS, ipc_ns.ids, "ipc_namespace", "ids"),
	NEEDED(MAPPINGS, ipc_ids.in_use, "ipc_ids", "in_use"),
	SIZE(MAPPINGS, ipc_ids.size, "ipc_ids", ""),
	NEEDED(NETS, net.list, "net", "list"),
	NEEDED(NAMESPACES, user_ns.creator, "user_namespace", "owner"),
	NEEDED(MAPS, user_ns.uid_map, "user_namespace", "uid_map"),
	NEEDED(MAPS, user_ns.gid_map, "user_namespace", "gid_map"),
	NEEDED(MAPS, id_map.count, "uid_gid_map", "nr_extents"),
	NEEDED(MAPS, id_map.extents, "uid_gid_map", "extent"),
	NEEDED(MAPS, id_map.forward, "uid_gid_map", "forward"),
	NEEDED(INSIDE, user_ns.flags, "user_namespace", "flags"),
	NEEDED(INSIDE, uts_ns.name, "uts_namespace", "name"),
	NEEDED(INSIDE, utsname.nodename, "new_utsname", "nodename"),
	NEEDED(INSIDE, utsname.domainname, "new_utsname", "domainname"),
	NEEDED(INSIDE, time_ns.offsets, "time_namespace", "offsets"),
	NEEDED(INSIDE, time_offsets.monotonic, "timens_offsets", "monotonic"),
	NEEDED(INSIDE, time_offsets.boottime, "timens_offsets", "boottime"),

	NEEDED(TASKS, task.tasks, "task_struct", "tasks"),
	NEEDED(TASKS, task.thread_node, "task_struct", "thread_node"),
	NEEDED(TASKS | BIRTHS, task.group_leader, "task_struct", "group_leader"),
	NEEDED(BOTH, task.real_parent, "task_struct", "real_parent"),
	NEEDED(TASKS, task.signal, "task_struct", "signal"),
	NEEDED(BOTH, task.thread_pid, "task_struct", "thread_pid"),
	NEEDED(BOTH, task.nsproxy, "task_struct", "nsproxy"),
	NEEDED(BOTH, task.real_cred, "task_struct", "real_cred"),
	NEEDED(DESCRIPTORS, task.cred, "task_struct", "cred"),
	NEEDED(DESCRIPTORS | MAPPINGS, task.mm, "task_struct", "mm"),
	NEEDED(TASKS, task.comm, "task_struct", "comm"),
	NEEDED(BIRTHS, task.flags, "task_struct", "flags"),
	MAYBE(BIRTHS, task.status, "task_struct", "thread_info.status"),	/* x86: says whether the call is one of 32 bits */
	MAYBE(BIRTHS, regs.syscall, "pt_regs", "orig_ax|syscallno"),		/* x86; arm64 */
	MAYBE(BIRTHS, regs.first_argument, "pt_regs", "di|orig_x0"),		/* x86; arm64 */
	MAYBE(BIRTHS, regs.state, "pt_regs", "pstate"),				/* arm64: says whether the call is one of 32 bits */
	NEEDED(TASKS, signal.thread_head, "signal_struct", "thread_head"),
	NEEDED(TASKS, signal.pids, "signal_struct", "pids"),
	NEEDED(TASKS, cred.euid, "cred", "euid"),
	NEEDED(FILES | MAPPINGS, cred.ucounts, "cred", "ucounts"),
	NEEDED(FILES | MAPPINGS, ucounts.ns, "ucounts", "ns"),
	NEEDED(FILES | MAPPINGS, ucounts.uid, "ucounts", "uid"),
	NEEDED(TASKS | FILES | MAPPINGS, cred.user_ns, "cred", "user_ns"),
	NEEDED(BOTH, pid.level, "pid", "level"),
	NEEDED(BOTH, pid.numbers, "pid", "numbers"),
	NEEDED(TASKS | BIRTHS, upid.nr, "upid", "nr"),
	NEEDED(BOTH, upid.ns, "upid", "ns"),
	SIZE(BOTH, upid.size, "upid", ""),

	NEEDED(DESCRIPTORS, task.files, "task_struct", "files"),
	NEEDED(DESCRIPTORS, files.fdt, "files_struct", "fdt"),
	NEEDED(DESCRIPTORS, fdt.max_fds, "fdtable", "max_fds"),
	NEEDED(DESCRIPTORS, fdt.fd, "fdtable", "fd"),
	NEEDED(DESCRIPTORS, fdt.open_fds, "fdtable", "open_fds"),

	NEEDED(FILES | MAPPINGS, file.inode, "file", "f_inode"),
	NEEDED(FILES | MAPPINGS, file.private, "file", "private_data"),
	NEEDED(FILES, file.mode, "file", "f_mode"),
	NEEDED(FILES | MAPPINGS, file.cred, "file", "f_cred"),
	NEEDED(FILES, file.mnt, "file", "f_path.mnt"),
	NEEDED(FILES | MAPPINGS, file.dentry, "file", "f_path.dentry"),
	NEEDED(FILES | MAPPINGS, inode.sb, "inode", "i_sb"),
	NEEDED(FILES, inode.mode, "inode", "i_mode"),
	NEEDED(FILES, inode.rdev, "inode", "i_rdev"),
	NEEDED(FILES, inode.ino, "inode", "i_ino"),
	NEEDED(FILES | SUPERS, inode.private, "inode", "i_private"),
	NEEDED(FILES | MAPPINGS | SUPERS, sb.magic, "super_block", "s_magic"),
	NEEDED(FILES | MAPPINGS | SUPERS, dentry.name, "dentry", "d_name.name"),
	NEEDED(FILES | SUPERS, mount.mnt, "mount", "mnt"),
	NEEDED(FILES | SUPERS, mount.ns, "mount", "mnt_ns"),
	NEEDED(FILES, seq_file.private, "seq_file", "private"),
	NEEDED(FILES, kernfs_open_file.priv, "kernfs_open_file", "priv"),
	NEEDED(FILES, cgroup_file_ctx.ns, "cgroup_file_ctx", "ns"),
	NEEDED(FILES, socket.sk, "socket", "sk"),

	NEEDED(FILES, fs_context.fs_private, "fs_context", "fs_private"),
	NEEDED(FILES, fs_context.user_ns, "fs_context", "user_ns"),
	NEEDED(FILES, fs_context.net_ns, "fs_context", "net_ns"),

	NEEDED(WATCHES, inode.marks, "inode", "i_fsnotify_marks"),
	NEEDED(WATCHES, fsnotify_group.marks, "fsnotify_group", "marks_list"),
	NEEDED(WATCHES, fsnotify_mark.node, "fsnotify_mark", "g_list"),
	NEEDED(WATCHES, fsnotify_mark.connector, "fsnotify_mark", "connector"),
	NEEDED(WATCHES, fsnotify_connector.object, "fsnotify_mark_connector", "obj"),

	NEEDED(RINGS, ring.nr, "io_ring_ctx", "file_table.data.nr|nr_user_files"),	/* 6.13 put the number into the table */
	MAYBE(RINGS, ring.files, "io_ring_ctx", "file_table.files"),			/* until 6.12 */
	MAYBE(RINGS, ring.nodes, "io_ring_ctx", "file_table.data.nodes"),		/* since 6.13 */
	MAYBE(RINGS, rsrc_node.file, "io_rsrc_node", "file_ptr"),			/* since 6.13 */

	NEEDED(QUEUES, socket.inode, "socket_alloc", "vfs_inode"),
	NEEDED(QUEUES, sock.socket, "sock", "sk_socket"),
	NEEDED(QUEUES, sock.type, "sock", "sk_type"),
	NEEDED(QUEUES, sock.protocol, "sock", "sk_protocol"),
	NEEDED(QUEUES, sock.queue, "sock", "sk_receive_queue"),
	NEEDED(QUEUES, sock.peer_pid, "sock", "sk_peer_pid"),
	NEEDED(QUEUES, sock.peer_cred, "sock", "sk_peer_cred"),
	NEEDED(QUEUES, sk_queue.length, "sk_buff_head", "qlen"),
	NEEDED(QUEUES, sock_common.family, "sock_common", "skc_family"),
	NEEDED(QUEUES, sock_common.state, "sock_common", "skc_state"),
	NEEDED(QUEUES, sock_common.net, "sock_common", "skc_net"),
	BITS(QUEUES, sock_common.net_refcnt, "sock_common", "skc_net_refcnt"),
	NEEDED(QUEUES, sock_common.port, "sock_common", "skc_num"),
	NEEDED(QUEUES, sock_common.peer_port, "sock_common", "skc_dport"),
	NEEDED(QUEUES, sock_common.address, "sock_common", "skc_rcv_saddr"),
	NEEDED(QUEUES, sock_common.peer_address, "sock_common", "skc_daddr"),
	MAYBE(QUEUES, sock_common.address6, "sock_common", "skc_v6_rcv_saddr"),		/* with CONFIG_IPV6 */
	MAYBE(QUEUES, sock_common.peer_address6, "sock_common", "skc_v6_daddr"),	/* with CONFIG_IPV6 */
	NEEDED(QUEUES, unix_sock.address, "unix_sock", "addr"),
	NEEDED(QUEUES, unix_sock.peer, "unix_sock", "peer"),
	MAYBE(QUEUES, unix_sock.oob_skb, "unix_sock", "oob_skb"),			/* with CONFIG_AF_UNIX_OOB */
	NEEDED(QUEUES, unix_address.length, "unix_address", "len"),
	NEEDED(QUEUES, unix_address.name, "unix_address", "name"),
	NEEDED(QUEUES, sk_buff.sk, "sk_buff", "sk"),
	NEEDED(QUEUES, sk_buff.cb, "sk_buff", "cb"),
	NEEDED(QUEUES, unix_skb.files, "unix_skb_parms", "fp"),
	NEEDED(QUEUES, scm_files.count, "scm_fp_list", "count"),
	NEEDED(QUEUES, scm_files.files, "scm_fp_list", "fp"),
	NEEDED(QUEUES, netlink_sock.portid, "netlink_sock", "portid"),
	NEEDED(QUEUES, icsk.accept_queue, "inet_connection_sock", "icsk_accept_queue"),
	NEEDED(QUEUES, request_queue.head, "request_sock_queue", "rskq_accept_head"),
	NEEDED(QUEUES, request.sk, "request_sock", "sk"),
	NEEDED(QUEUES, request.next, "request_sock", "dl_next"),

	NEEDED(SUPERS, task.fs, "task_struct", "fs"),
	NEEDED(SUPERS, fs.root_mnt, "fs_struct", "root.mnt"),
	NEEDED(SUPERS, sb.list, "super_block", "s_list"),
	NEEDED(SUPERS, sb.root, "super_block", "s_root"),
	NEEDED(SUPERS, sb.user_ns, "super_block", "s_user_ns"),
	NEEDED(SUPERS, sb.fs_info, "super_block", "s_fs_info"),
	NEEDED(SUPERS, sb.dev, "super_block", "s_dev"),
	NEEDED(SUPERS, sb.type, "super_block", "s_type"),
	NEEDED(SUPERS, sb.mounts, "super_block", "s_mounts"),
	NEEDED(SUPERS, file_system_type.name, "file_system_type", "name"),
	NEEDED(SUPERS, proc_fs_info.pid_ns, "proc_fs_info", "pid_ns"),
	NEEDED(SUPERS, dentry.sb, "dentry", "d_sb"),
	NEEDED(SUPERS, dentry.parent, "dentry", "d_parent"),
	NEEDED(SUPERS, dentry.inode, "dentry", "d_inode"),
	NEEDED(SUPERS, vfsmount.sb, "vfsmount", "mnt_sb"),
	NEEDED(SUPERS, vfsmount.root, "vfsmount", "mnt_root"),
	NEEDED(SUPERS, mount.parent, "mount", "mnt_parent"),
	NEEDED(SUPERS, mount.mountpoint, "mount", "mnt_mountpoint"),
	MAYBE(SUPERS, mount.instance, "mount", "mnt_instance"),			/* until 6.17 */
	MAYBE(SUPERS, mount.next_for_sb, "mount", "mnt_next_for_sb"),		/* since 6.18 */
	MAYBE(SUPERS, mnt_ns.seq, "mnt_namespace", "seq"),			/* until 6.17; then anonymous ones have a number of their own */

	MAYBE(MAPPINGS, mm.user_ns, "mm_struct", "user_ns"),			/* until 7.2 */
	MAYBE(MAPPINGS, task.exec_state, "task_struct", "exec_state"),		/* since 7.3 */
	MAYBE(MAPPINGS, exec_state.user_ns, "task_struct", "exec_state>user_ns"), /* since 7.3 */
	NEEDED(MAPPINGS, mm.exe_file, "mm_struct", "exe_file"),
	NEEDED(MAPPINGS, mm.tree, "mm_struct", "mm_mt"),			/* since 6.1 */
	NEEDED(MAPPINGS, maple_tree.root, "maple_tree", "ma_root"),
	NEEDED(MAPPINGS, vma.mm, "vm_area_struct", "vm_mm"),
	NEEDED(MAPPINGS, vma.file, "vm_area_struct", "vm_file"),
	NEEDED(MAPPINGS, shm_file_data.ns, "shm_file_data", "ns"),
};

static_assert(ARRAY_SIZE(rows) + 1 == sizeof(struct offsets) / sizeof(uint16_t), "each offset has a row, but file.head");

/* Walkers copy that much of each file at once: less is quicker, and more than MAX_HEAD they have no room for. */
static uint16_t head_of_file(const struct offsets *offsets)
{
	const uint16_t members[] = { offsets->file.inode, offsets->file.private, offsets->file.mode,
				     offsets->file.cred, offsets->file.mnt, offsets->file.dentry };
	uint16_t end = 0;

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (members[i] != ABSENT && members[i] + sizeof(uint64_t) > end)
			end = members[i] + sizeof(uint64_t);
	return end < MAX_HEAD ? end : MAX_HEAD;
}

static void set(struct offsets *offsets, const struct row *row, uint16_t value)
{
	memcpy((char *)offsets + row->at, &value, sizeof(value));
}

int offsets_fill(struct offsets *offsets, struct btf_data btf, unsigned int walkers, const struct btf_request **missing)
{
	struct btf_request requests[ARRAY_SIZE(rows)];
	uint16_t answers[ARRAY_SIZE(rows)];
	size_t count = 0;
	int err;

	memset(offsets, 0xff, sizeof(*offsets));
	*missing = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].readers & walkers)
			requests[count++] = rows[i].request;
	err = btf_answer(btf, requests, count, answers);
	if (err)
		return err;
	count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!(rows[i].readers & walkers))
			continue;
		set(offsets, &rows[i], answers[count]);
		if (answers[count++] == BTF_ABSENT && rows[i].walkers & walkers && !*missing)
			*missing = &rows[i].request;
	}
	offsets->file.head = head_of_file(offsets);
	return *missing ? -EOPNOTSUPP : 0;
}
