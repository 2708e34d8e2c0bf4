// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Id maps of user namespaces. The kernel keeps what they map to as ids of the initial user namespace; users think, and
 * /proc/PID/uid_map speaks, in ids of the parent: that is found by the parent's map, read backwards.
 */
#include <errno.h>
#include <string.h>

#include "source_bpf_fill.h"

#define UNMAPPED UINT32_MAX

struct extents {
	const struct id_extent *at;
	size_t count;
};

/* The maps of one user namespace as recorded. */
struct maps {
	struct extents uid, gid;
};

static uint32_t backwards(const struct extents *map, uint32_t id)
{
	for (size_t i = 0; map && i < map->count; i++)
		if (id - map->at[i].outside < map->at[i].count)
			return map->at[i].inside + (id - map->at[i].outside);
	return UNMAPPED;
}

static int translate(struct fill *fill, const struct extents *map, const struct extents *parent,
		     const struct procns_id_range **ranges, size_t *count)
{
	struct procns_id_range *translated = snapshot_alloc(fill->snapshot, (map->count ?: 1) * sizeof(*translated));

	if (!translated)
		return -ENOMEM;
	for (size_t i = 0; i < map->count; i++)
		translated[i] = (struct procns_id_range){
			.inside = map->at[i].inside,
			.outside = parent ? backwards(parent, map->at[i].outside) : map->at[i].outside,
			.count = map->at[i].count,
		};
	*ranges = translated;
	*count = map->count;
	return 0;
}

static const struct extents *map_of(const struct maps *maps, bool is_gid)
{
	if (!maps)
		return NULL;
	return is_gid ? &maps->gid : &maps->uid;
}

static struct extents recorded_extents(const struct fill *fill, const struct map_record *record)
{
	const struct long_map_record *long_maps = walk_records(fill->walk, ARRAY_LONG_MAPS);

	if (record->count <= INLINE_EXTENTS)
		return (struct extents){ record->extents, record->count };
	return (struct extents){ long_maps[record->long_map].extents, record->count < MAX_EXTENTS ? record->count : MAX_EXTENTS };
}

/* The two maps of each user namespace, by the namespace. */
static int collect(struct fill *fill, struct index *by_ns)
{
	const struct map_record *records = walk_records(fill->walk, ARRAY_MAPS);

	for (size_t i = 0; i < walk_count(fill->walk, ARRAY_MAPS); i++) {
		struct procns_ns *ns = index_find(&fill->namespaces, records[i].ns);
		void **place = ns ? index_place(by_ns, (uintptr_t)ns) : NULL;
		struct maps *maps;

		if (!ns)
			continue;
		if (place && !*place)
			*place = snapshot_alloc(fill->snapshot, sizeof(*maps));
		if (!place || !*place)
			return -ENOMEM;
		maps = *place;
		*(records[i].is_gid ? &maps->gid : &maps->uid) = recorded_extents(fill, &records[i]);
	}
	return 0;
}

static int set_map(struct fill *fill, const struct index *by_ns, const struct map_record *record)
{
	struct procns_ns *ns = index_find(&fill->namespaces, record->ns);
	const struct extents *own, *parent;

	if (!ns)
		return 0;
	own = map_of(index_find(by_ns, (uintptr_t)ns), record->is_gid);
	parent = ns->parent ? map_of(index_find(by_ns, (uintptr_t)ns->parent), record->is_gid) : NULL;
	ns->known |= PROCNS_FACT_MAPS;
	if (record->is_gid)
		return translate(fill, own, parent, &ns->gid_map, &ns->ngid_map);
	return translate(fill, own, parent, &ns->uid_map, &ns->nuid_map);
}

int fill_maps(struct fill *fill)
{
	const struct map_record *records = walk_records(fill->walk, ARRAY_MAPS);
	struct index by_ns = { 0 };
	int err = collect(fill, &by_ns);

	for (size_t i = 0; !err && i < walk_count(fill->walk, ARRAY_MAPS); i++)
		err = set_map(fill, &by_ns, &records[i]);
	index_free(&by_ns);
	return err;
}
