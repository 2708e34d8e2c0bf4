// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lists of all that is alive: by the walkers, which stay loaded from one list to the next, or by snapshots. */
#include <errno.h>
#include <string.h>

#include "util.h"
#include "watch.h"

#ifdef HAVE_SOURCE_BPF
#include "source_bpf_script.h"
#include "source_bpf_walk.h"
#endif

struct watch_lister {
	struct sight *sights;
	size_t size;
	bool walks;
#ifdef HAVE_SOURCE_BPF
	struct walk walk;
#endif
};

static int make_room(struct procns_watch *watch, size_t count)
{
	struct watch_lister *lister = watch->lister;
	size_t size = count + count / 2 + 64;
	struct sight *larger;

	if (count <= lister->size)
		return 0;
	larger = reallocarray(lister->sights, size, sizeof(*larger));
	if (!larger)
		return context_error(watch->ctx, ENOMEM, "cannot list namespaces: out of memory");
	lister->sights = larger;
	lister->size = size;
	return 0;
}

#ifdef HAVE_SOURCE_BPF

static int open_walk(struct procns_watch *watch)
{
	struct walk *walk = &watch->lister->walk;
	int err = walk_open(walk, watch->ctx, script_walkers(0, true));

	if (!err && !walk_has_lists(walk))
		err = walk_open(walk, watch->ctx, script_walkers(0, false));
	watch->lister->walks = !err;
	return err;
}

static uint32_t owner_number(const struct walk *walk, const struct index *records, uint64_t owner)
{
	const struct ns_record *record = owner ? index_find(records, owner + walk->offsets.ns_at[NS_USER]) : NULL;

	return record ? record->inum : 0;
}

static int index_records(struct index *index, const struct walk *walk)
{
	const struct ns_record *records = walk_records(walk, ARRAY_NS);

	for (size_t i = 0; i < walk_count(walk, ARRAY_NS); i++) {
		void **place = index_place(index, records[i].ns);

		if (!place)
			return -ENOMEM;
		*place = (void *)&records[i];
	}
	return 0;
}

static int list_by_walk(struct procns_watch *watch, size_t *count)
{
	static const struct script script = { .types = ~0u };
	struct watch_lister *lister = watch->lister;
	const struct walk *walk = &lister->walk;
	const struct ns_record *records;
	struct index index = { 0 };
	int err = script_run(&lister->walk, &script);

	if (err)
		return err;
	records = walk_records(walk, ARRAY_NS);
	*count = walk_count(walk, ARRAY_NS);
	err = make_room(watch, *count);
	if (!err && index_records(&index, walk) < 0)
		err = context_error(watch->ctx, ENOMEM, "cannot list namespaces: out of memory");
	for (size_t i = 0; !err && i < *count; i++)
		lister->sights[i] = (struct sight){
			.type = (enum procns_type)records[i].type,
			.inum = records[i].inum,
			.owner = owner_number(walk, &index, records[i].owner),
			.id = walk->offsets.ns.id == ABSENT ? 0 : records[i].id,
			.address = records[i].ns,
		};
	index_free(&index);
	return err;
}

#endif

static int keep_gaps(struct procns_watch *watch, const struct procns_snapshot *snapshot)
{
	int err = 0;

	for (size_t i = 0; !err && i < procns_snapshot_gaps(snapshot); i++)
		err = watch_gap(watch, "%s", procns_snapshot_gap(snapshot, i));
	return err;
}

static int list_by_snapshot(struct procns_watch *watch, size_t *count)
{
	static const struct procns_query query = { .want = PROCNS_FACT_ID | PROCNS_FACT_OWNER };
	struct procns_snapshot *snapshot;
	int err = procns_snapshot(watch->ctx, &query, &snapshot);

	if (err)
		return err;
	*count = procns_count(snapshot);
	err = make_room(watch, *count);
	for (size_t i = 0; !err && i < *count; i++) {
		const struct procns_ns *ns = procns_at(snapshot, i);

		watch->lister->sights[i] = (struct sight){
			.type = ns->type,
			.inum = ns->inum,
			.owner = ns->owner ? ns->owner->inum : 0,
			.id = ns->id,
		};
	}
	if (!err)
		err = keep_gaps(watch, snapshot);
	procns_snapshot_free(snapshot);
	return err;
}

int watch_lister_open(struct procns_watch *watch)
{
	watch->lister = calloc(1, sizeof(*watch->lister));
	if (!watch->lister)
		return context_error(watch->ctx, ENOMEM, "cannot watch: out of memory");
#ifdef HAVE_SOURCE_BPF
	if (watch->mode != PROCNS_WATCH_POLL)
		return open_walk(watch);
#endif
	return 0;
}

void watch_lister_close(struct watch_lister *lister)
{
	if (!lister)
		return;
#ifdef HAVE_SOURCE_BPF
	if (lister->walks)
		walk_close(&lister->walk);
#endif
	free(lister->sights);
	free(lister);
}

int watch_list(struct procns_watch *watch, const struct sight **sights, size_t *count)
{
	int err;

#ifdef HAVE_SOURCE_BPF
	if (watch->lister->walks)
		err = list_by_walk(watch, count);
	else
#endif
		err = list_by_snapshot(watch, count);
	*sights = watch->lister->sights;
	return err;
}
