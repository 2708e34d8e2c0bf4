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
#define SIZE(who, field, structure, path) { AT(field), who, who, { structure, path, BTF_SIZE } }

#define TREE WALK_TREE
#define MAPS WALK_MAPS
#define TASKS WALK_TASKS
#define BOTH (WALK_TREE | WALK_TASKS)

static const struct row rows[] = {
	NEEDED(TREE, ns.type, "ns_common", "ns_type"),			/* since 6.18 */
	NEEDED(TREE, ns.ops, "ns_common", "ops"),
	NEEDED(TREE, ns.inum, "ns_common", "inum"),
	NEEDED(TREE, ns.refs, "ns_common", "__ns_ref|count"),		/* 6.18 renamed it */
	MAYBE(TREE, ns.id, "ns_common", "ns_id"),			/* since 6.18 */
	MAYBE(TREE, ns.active, "ns_common", "__ns_ref_active"),		/* since 6.19 */
	MAYBE(TREE, ns.node_in_type, "ns_common", "ns_list_node"),	/* 6.18 alone */
	MAYBE(TREE, ns.node_in_all, "ns_common", "ns_unified_node.ns_list_entry"), /* since 6.19 */

	NEEDED(BOTH, ns_at[NS_CGROUP], "cgroup_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_IPC], "ipc_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_MNT], "mnt_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_NET], "net", "ns"),
	NEEDED(BOTH, ns_at[NS_PID], "pid_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_TIME], "time_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_USER], "user_namespace", "ns"),
	NEEDED(BOTH, ns_at[NS_UTS], "uts_namespace", "ns"),

	NEEDED(TREE, owner_at[NS_CGROUP], "cgroup_namespace", "user_ns"),
	NEEDED(TREE, owner_at[NS_IPC], "ipc_namespace", "user_ns"),
	NEEDED(TREE, owner_at[NS_MNT], "mnt_namespace", "user_ns"),
	NEEDED(TREE, owner_at[NS_NET], "net", "user_ns"),
	NEEDED(TREE, owner_at[NS_PID], "pid_namespace", "user_ns"),
	NEEDED(TREE, owner_at[NS_TIME], "time_namespace", "user_ns"),
	NEEDED(TREE, owner_at[NS_USER], "user_namespace", "parent"),
	NEEDED(TREE, owner_at[NS_UTS], "uts_namespace", "user_ns"),

	NEEDED(BOTH, in_nsproxy[NS_CGROUP], "nsproxy", "cgroup_ns"),
	NEEDED(BOTH, in_nsproxy[NS_IPC], "nsproxy", "ipc_ns"),
	NEEDED(BOTH, in_nsproxy[NS_MNT], "nsproxy", "mnt_ns"),
	NEEDED(BOTH, in_nsproxy[NS_NET], "nsproxy", "net_ns"),
	NEEDED(BOTH, in_nsproxy[NS_PID], "nsproxy", "pid_ns_for_children"),
	NEEDED(BOTH, in_nsproxy[NS_TIME], "nsproxy", "time_ns"),
	NEEDED(BOTH, in_nsproxy[NS_UTS], "nsproxy", "uts_ns"),
	NEEDED(BOTH, in_nsproxy[NS_USER], "cred", "user_ns"),
	NEEDED(TASKS, nsproxy.time_for_children, "nsproxy", "time_ns_for_children"),
	SIZE(TASKS, nsproxy.size, "nsproxy", ""),

	NEEDED(TREE, pid_ns.parent, "pid_namespace", "parent"),
	NEEDED(TREE, pid_ns.child_reaper, "pid_namespace", "child_reaper"),
	NEEDED(TREE, user_ns.creator, "user_namespace", "owner"),
	NEEDED(MAPS, user_ns.uid_map, "user_namespace", "uid_map"),
	NEEDED(MAPS, user_ns.gid_map, "user_namespace", "gid_map"),
	NEEDED(MAPS, id_map.count, "uid_gid_map", "nr_extents"),
	NEEDED(MAPS, id_map.extents, "uid_gid_map", "extent"),
	NEEDED(MAPS, id_map.forward, "uid_gid_map", "forward"),

	NEEDED(TASKS, task.tasks, "task_struct", "tasks"),
	NEEDED(TASKS, task.thread_node, "task_struct", "thread_node"),
	NEEDED(TASKS, task.group_leader, "task_struct", "group_leader"),
	NEEDED(BOTH, task.real_parent, "task_struct", "real_parent"),
	NEEDED(TASKS, task.signal, "task_struct", "signal"),
	NEEDED(BOTH, task.thread_pid, "task_struct", "thread_pid"),
	NEEDED(BOTH, task.nsproxy, "task_struct", "nsproxy"),
	NEEDED(BOTH, task.real_cred, "task_struct", "real_cred"),
	NEEDED(TASKS, task.comm, "task_struct", "comm"),
	NEEDED(TASKS, signal.thread_head, "signal_struct", "thread_head"),
	NEEDED(TASKS, signal.pids, "signal_struct", "pids"),
	NEEDED(TASKS, cred.euid, "cred", "euid"),
	NEEDED(TASKS, cred.user_ns, "cred", "user_ns"),
	NEEDED(BOTH, pid.level, "pid", "level"),
	NEEDED(BOTH, pid.numbers, "pid", "numbers"),
	NEEDED(TASKS, upid.nr, "upid", "nr"),
	NEEDED(BOTH, upid.ns, "upid", "ns"),
	SIZE(BOTH, upid.size, "upid", ""),
};

static_assert(ARRAY_SIZE(rows) == sizeof(struct offsets) / sizeof(uint16_t), "each offset has a row");

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
	return *missing ? -EOPNOTSUPP : 0;
}
