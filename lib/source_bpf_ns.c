// SPDX-License-Identifier: LGPL-2.1-or-later
/* Namespaces from ns.bpf.c. */
#include <errno.h>

#include "source_bpf_fill.h"

static_assert((int)NS_CGROUP == PROCNS_CGROUP && (int)NS_IPC == PROCNS_IPC && (int)NS_MNT == PROCNS_MNT &&
	      (int)NS_NET == PROCNS_NET && (int)NS_PID == PROCNS_PID && (int)NS_TIME == PROCNS_TIME &&
	      (int)NS_USER == PROCNS_USER && (int)NS_UTS == PROCNS_UTS && (int)NS_TYPES == PROCNS_NTYPES,
	      "walkers and users number the types alike");

struct procns_ns *fill_find(const struct fill *fill, enum procns_type type, uint64_t object)
{
	return object ? index_find(&fill->namespaces, object + fill->walk->offsets.ns_at[type]) : NULL;
}

/* A pid namespace that never had a task can't be entered or opened, so it is not listed; as by the module. */
static bool listed(const struct ns_record *record)
{
	return record->type != NS_PID || record->child_reaper;
}

static int add(struct fill *fill, const struct ns_record *record)
{
	struct procns_ns *ns = snapshot_ns(fill->snapshot, record->type, record->inum);
	void **place = index_place(&fill->namespaces, record->ns);

	if (!ns || !place)
		return -ENOMEM;
	*place = ns;
	if (fill->want & PROCNS_FACT_ID && fill->walk->offsets.ns.id != ABSENT) {
		ns->id = record->id;
		ns->known |= PROCNS_FACT_ID;
	}
	if (fill->want & PROCNS_FACT_ACTIVE && fill->walk->offsets.ns.active != ABSENT) {
		ns->active_refs = record->active;
		ns->known |= PROCNS_FACT_ACTIVE;
	}
	ns->refs = record->refs;
	ns->known |= fill->want & PROCNS_FACT_REFS;
	/* Of other types it is who they are charged to, which is read only where holders are looked for. */
	if (record->type == NS_USER || (fill->walk->offsets.ucounts.uid != ABSENT && record->ucounts)) {
		ns->creator_uid = record->creator;
		ns->known |= fill->want & PROCNS_FACT_CREATOR;
	}
	return 0;
}

static void link_relatives(const struct fill *fill, const struct ns_record *record)
{
	struct procns_ns *ns = index_find(&fill->namespaces, record->ns);

	ns->known |= fill->want & PROCNS_FACT_OWNER;
	ns->owner = fill_find(fill, PROCNS_USER, record->owner);
	if (record->type == NS_PID)
		ns->parent = fill_find(fill, PROCNS_PID, record->parent);
	else if (record->type == NS_USER)
		ns->parent = ns->owner;
	else
		return;
	ns->known |= fill->want & PROCNS_FACT_PARENT;
}

/* Marks the namespaces the kernel was born with. */
static void mark_initial(const struct fill *fill)
{
	const __u64 *initial = fill->walk->ns->initial;

	for (size_t i = 0; i < NS_TYPES; i++) {
		struct procns_ns *ns = index_find(&fill->namespaces, initial[i]);

		if (ns)
			ns->initial = true;
	}
}

int fill_namespaces(struct fill *fill)
{
	const struct ns_record *records = walk_records(fill->walk, ARRAY_NS);
	size_t count = walk_count(fill->walk, ARRAY_NS);

	if (snapshot_expect(fill->snapshot, count, 0) < 0 || index_reserve(&fill->namespaces, count) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (listed(&records[i]) && add(fill, &records[i]) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (listed(&records[i]))
			link_relatives(fill, &records[i]);
	mark_initial(fill);
	return 0;
}
