// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * All namespaces where the kernel keeps lists of them: 6.18 a list for each type, 6.19 and later one for all. Elsewhere
 * (walk_candidates) those among the addresses user space has collected that are namespaces indeed.
 *
 * No list's head is known by name. The walk begins at the caller's own namespace and goes round until it is back; the head
 * looks like one more namespace, but has not a namespace's operations.
 */
#include "walker.bpf.h"
#include "seed.bpf.h"
#include "type.bpf.h"
#include "ns.h"

#define IPC_SHM_IDS 2			/* index in ipc_namespace.ids */

struct ns_walk ns_walk;

RECORDS(ns_records, struct ns_record);
RECORDS(candidate_records, struct candidate_record);
RECORDS(net_records, struct net_record);
RECORDS(map_records, struct map_record);
RECORDS(inside_records, struct inside_record);
RECORDS(long_map_records, struct long_map_record);

/* Its type if it is a namespace: of whatever else is in a list, the operations are not those of a namespace of that type. */
static __always_inline bool is_namespace(__u64 ns, __u32 *type)
{
	*type = type_of_flag(read_u32(ns + at.ns.type));
	return read_u64(ns + at.ns.ops) == ns_walk.ops[*type];
}

/* One more namespace, unless it is dying. */
static __always_inline void record_ns(__u64 ns, __u32 type)
{
	__u32 refs = read_u32(ns + at.ns.refs);
	__u64 object = ns - at.ns_at[type];
	struct ns_record *record;

	if (!refs)
		return;
	ns_walk.by_type[type]++;
	record = next_record(&ns_records, &ns_walk.count);
	if (!record)
		return;
	record->ns = ns;
	record->type = type;
	record->refs = refs;
	read(&record->inum, ns + at.ns.inum);
	read(&record->owner, object + at.owner_at[type]);
	if (present(at.ucounts.ns)) {
		read(&record->ucounts, object + at.ucounts_at[type]);
		read(&record->ucounts_ns, record->ucounts + at.ucounts.ns);
		read(&record->creator, record->ucounts + at.ucounts.uid);
	}
	if (present(at.ns.id))
		read(&record->id, ns + at.ns.id);
	if (present(at.ns.active))
		read(&record->active, ns + at.ns.active);
	if (type == NS_USER) {
		read(&record->creator, object + at.user_ns.creator);
	} else if (type == NS_IPC) {
		if (present(at.ipc_ns.ids))
			read(&record->segments, object + at.ipc_ns.ids + IPC_SHM_IDS * at.ipc_ids.size + at.ipc_ids.in_use);
	} else if (type == NS_PID) {
		read(&record->parent, object + at.pid_ns.parent);
		read(&record->child_reaper, object + at.pid_ns.child_reaper);
	}
}

static __always_inline __u64 next_of(__u64 ns)
{
	__u64 offset = present(at.ns.node_in_all) ? at.ns.node_in_all : at.ns.node_in_type;

	return read_u64(ns + offset) - offset;
}

static long step(__u32 i, void *unused)
{
	__u64 ns = ns_walk.node;
	__u32 type;

	if (is_namespace(ns, &type) && ns_walk.types & (1 << type))
		record_ns(ns, type);
	ns_walk.node = next_of(ns);
	if (ns_walk.node != ns_walk.own[type_index(ns_walk.type)])
		return GO_ON;
	if (present(at.ns.node_in_all) || ns_walk.type == NS_TYPES - 1)
		return STOP;
	ns_walk.node = ns_walk.own[type_index(++ns_walk.type)];
	return GO_ON;
}

/* One of a task's namespaces. The user namespace is in its credentials, all others are in its nsproxy. */
static __always_inline __u64 namespace_of(__u64 task, __u32 type)
{
	__u64 set = read_u64(task + (type == NS_USER ? at.task.real_cred : at.task.nsproxy));

	return read_u64(set + at.in_nsproxy[type]) + at.ns_at[type];
}

static long seed(__u32 type, void *unused)
{
	__u64 current = bpf_get_current_task();

	type = type_index(type);
	ns_walk.own[type] = namespace_of(current, type);
	ns_walk.ops[type] = read_u64(ns_walk.own[type] + at.ns.ops);
	ns_walk.initial[type] = namespace_of(initial_task(current), type);
	return GO_ON;
}

SEC("?raw_tp")
int walk_tree(void *unused)
{
	bpf_loop(NS_TYPES, seed, 0, 0);
	ns_walk.node = ns_walk.own[0];
	bpf_loop(MAX_STEPS, step, 0, 0);
	return 0;
}

static long candidate_step(__u32 i, void *unused)
{
	const struct candidate_record *candidate = bpf_map_lookup_elem(&candidate_records, &i);
	__u32 type;

	if (!candidate || i >= ns_walk.candidate_count)
		return STOP;
	type = type_index(candidate->type);
	if (read_u64(candidate->ns + at.ns.ops) == ns_walk.ops[type])
		record_ns(candidate->ns, type);
	return GO_ON;
}

SEC("?raw_tp")
int walk_candidates(void *unused)
{
	bpf_loop(NS_TYPES, seed, 0, 0);
	bpf_loop(MAX_STEPS, candidate_step, 0, 0);
	return 0;
}

/* Round the list of network namespaces; its head, too, is recorded, and is no namespace to walk_candidates. */
static long net_step(__u32 i, void *unused)
{
	struct net_record *record = next_record(&net_records, &ns_walk.net_count);
	__u64 net = ns_walk.net;

	if (record)
		record->net = net;
	ns_walk.net = read_u64(net + at.net.list) - at.net.list;
	return ns_walk.net == ns_walk.own[NS_NET] - at.ns_at[NS_NET] ? STOP : GO_ON;
}

SEC("?raw_tp")
int walk_nets(void *unused)
{
	bpf_loop(NS_TYPES, seed, 0, 0);
	ns_walk.net = ns_walk.own[NS_NET] - at.ns_at[NS_NET];
	bpf_loop(MAX_STEPS, net_step, 0, 0);
	return 0;
}

/* One step is one id map of the namespaces recorded before. */
static long map_step(__u32 i, void *unused)
{
	__u32 which = i / 2, is_gid = i % 2;
	const struct ns_record *ns = bpf_map_lookup_elem(&ns_records, &which);
	struct map_record *record;
	__u64 map;

	if (!ns || which >= ns_walk.count)
		return STOP;
	if (ns->type != NS_USER)
		return GO_ON;
	record = next_record(&map_records, &ns_walk.map_count);
	if (!record)
		return GO_ON;
	map = ns->ns - at.ns_at[NS_USER] + (is_gid ? at.user_ns.gid_map : at.user_ns.uid_map);
	record->ns = ns->ns;
	record->is_gid = is_gid;
	read(&record->count, map + at.id_map.count);
	read(&record->extents, map + at.id_map.extents);
	if (record->count > INLINE_EXTENTS) {
		struct long_map_record *long_record;

		record->long_map = ns_walk.long_map_count;
		long_record = next_record(&long_map_records, &ns_walk.long_map_count);
		if (long_record)
			read(&long_record->extents, read_u64(map + at.id_map.forward));
	}
	return GO_ON;
}

SEC("?raw_tp")
int walk_maps(void *unused)
{
	bpf_loop(MAX_STEPS, map_step, 0, 0);
	return 0;
}

static __always_inline void read_clock(__u64 *clock, __u64 address)
{
	bpf_probe_read_kernel(clock, 2 * sizeof(*clock), (void *)address);
}

/* One step is one of the namespaces recorded before. */
static long inside_step(__u32 i, void *unused)
{
	const struct ns_record *ns = bpf_map_lookup_elem(&ns_records, &i);
	struct inside_record *record;
	__u64 names, clocks;

	if (!ns || i >= ns_walk.count)
		return STOP;
	if (ns->type != NS_UTS && ns->type != NS_TIME && ns->type != NS_USER)
		return GO_ON;
	record = next_record(&inside_records, &ns_walk.inside_count);
	if (!record)
		return GO_ON;
	record->ns = ns->ns;
	if (ns->type == NS_UTS) {
		names = ns->ns - at.ns_at[NS_UTS] + at.uts_ns.name;
		read(&record->hostname, names + at.utsname.nodename);
		read(&record->domainname, names + at.utsname.domainname);
	} else if (ns->type == NS_USER) {
		read(&record->flags, ns->ns - at.ns_at[NS_USER] + at.user_ns.flags);
	} else {
		clocks = ns->ns - at.ns_at[NS_TIME] + at.time_ns.offsets;
		read_clock(&record->clocks[0], clocks + at.time_offsets.monotonic);
		read_clock(&record->clocks[2], clocks + at.time_offsets.boottime);
	}
	return GO_ON;
}

SEC("?raw_tp")
int walk_inside(void *unused)
{
	bpf_loop(MAX_STEPS, inside_step, 0, 0);
	return 0;
}
