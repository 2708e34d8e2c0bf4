// SPDX-License-Identifier: LGPL-2.1-or-later
/* Makes ready what all kinds of holders need, then lets each kind add its own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "relatives.h"
#include "source_bpf_holders.h"
#include "source_bpf_refs.h"

struct sock_state *holding_sock(const struct holding *holding, uint64_t sock)
{
	return index_find(&holding->sock_by_address, sock);
}

/* One element more than needed: that none are needed is no failure. */
static void *array_of(size_t count, size_t size)
{
	return calloc(count + 1, size);
}

static int prepare_tables(struct holding *holding)
{
	const struct table_record *records = walk_records(holding->walk, ARRAY_TABLES);
	size_t count = walk_count(holding->walk, ARRAY_TABLES);

	holding->tables = array_of(count, sizeof(*holding->tables));
	if (!holding->tables)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		holding->tables[i] = index_find(&holding->fill->tasks, records[i].task);
	return 0;
}

static int prepare_rings(struct holding *holding)
{
	const struct ring_record *records = walk_records(holding->walk, ARRAY_RINGS);
	size_t count = walk_count(holding->walk, ARRAY_RINGS);

	holding->rings = array_of(count, sizeof(*holding->rings));
	if (!holding->rings)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		void **place = index_place(&holding->ring_by_address, records[i].ctx);

		if (!place)
			return -ENOMEM;
		holding->rings[i].first_file = NOTHING;
		*place = &holding->rings[i];
	}
	return 0;
}

static int prepare_groups(struct holding *holding)
{
	const struct group_record *records = walk_records(holding->walk, ARRAY_GROUPS);
	size_t count = walk_count(holding->walk, ARRAY_GROUPS);

	holding->groups = array_of(count, sizeof(*holding->groups));
	if (!holding->groups)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		void **place = index_place(&holding->group_by_address, records[i].group);

		if (!place)
			return -ENOMEM;
		holding->groups[i].first_file = NOTHING;
		*place = &holding->groups[i];
	}
	return 0;
}

static int prepare_socks(struct holding *holding)
{
	const struct sock_record *records = walk_records(holding->walk, ARRAY_SOCKS);
	size_t count = walk_count(holding->walk, ARRAY_SOCKS);

	holding->socks = array_of(count, sizeof(*holding->socks));
	if (!holding->socks)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		void **place = index_place(&holding->sock_by_address, records[i].sock);

		if (!place)
			return -ENOMEM;
		holding->socks[i] = (struct sock_state){
			.record = &records[i],
			.first_file = NOTHING,
			.first_edge = NOTHING,
			.flags = (records[i].socket ? 0 : PROCNS_HOLDER_CLOSED) |
				 (sock_listens(holding->walk, &records[i]) ? PROCNS_HOLDER_LISTENER : 0),
		};
		*place = &holding->socks[i];
	}
	return 0;
}

/* Puts a file into the chain that begins at *first. Chains are built from the last file to the first: that gives the order back. */
static void chain(uint32_t *next, uint32_t *first, uint32_t i)
{
	next[i] = *first;
	*first = i;
}

static int prepare_files(struct holding *holding)
{
	size_t count = walk_count(holding->walk, ARRAY_FILES);

	holding->files = walk_records(holding->walk, ARRAY_FILES);
	holding->file_count = count;
	holding->next_file = array_of(count, sizeof(*holding->next_file));
	holding->descriptors = array_of(count, sizeof(*holding->descriptors));
	if (!holding->next_file || !holding->descriptors)
		return -ENOMEM;
	while (count--) {
		uint64_t address = file_sock(&holding->files[count]);
		struct sock_state *sock = address ? holding_sock(holding, address) : NULL;
		struct ring_state *ring = NULL;
		struct group_state *group = NULL;

		if (file_is_ring(&holding->files[count]))
			ring = index_find(&holding->ring_by_address, holding->files[count].private);
		if (file_is_watch_group(&holding->files[count]))
			group = index_find(&holding->group_by_address, holding->files[count].private);
		if (sock)
			chain(holding->next_file, &sock->first_file, count);
		else if (ring)
			chain(holding->next_file, &ring->first_file, count);
		else if (group)
			chain(holding->next_file, &group->first_file, count);
	}
	return 0;
}

/* A socket without a descriptor is one not accepted yet if a listener has it, else it is closed. */
static int prepare_edges(struct holding *holding)
{
	const struct sock_edge_record *edges = walk_records(holding->walk, ARRAY_EDGES);
	size_t count = walk_count(holding->walk, ARRAY_EDGES);

	holding->next_edge = array_of(count, sizeof(*holding->next_edge));
	if (!holding->next_edge)
		return -ENOMEM;
	while (count--) {
		struct sock_state *to = holding_sock(holding, edges[count].to);

		if (!to)
			continue;
		chain(holding->next_edge, &to->first_edge, count);
		if (edges[count].kind == EDGE_UNACCEPTED)
			to->flags = (to->flags & ~PROCNS_HOLDER_CLOSED) | PROCNS_HOLDER_UNACCEPTED;
	}
	return 0;
}

static int prepare_pids(struct holding *holding)
{
	const struct possession_record *theirs = walk_records(holding->walk, ARRAY_POSSESSIONS);

	for (size_t i = 0; i < walk_count(holding->walk, ARRAY_POSSESSIONS); i++) {
		void **place = index_place(&holding->live_pids, theirs[i].pid);

		if (!place)
			return -ENOMEM;
		*place = holding;
	}
	return 0;
}

/* Of the places where a filesystem is mounted the first in a mount namespace is the best, then the first of all. */
static int prepare_places(struct holding *holding)
{
	const struct place_record *places = walk_records(holding->walk, ARRAY_PLACES);
	size_t asked = holding->walk->supers->asked_count;

	for (size_t i = 0; i < walk_count(holding->walk, ARRAY_PLACES); i++) {
		struct index *index = i < asked ? &holding->place_by_dentry : &holding->place_by_super;
		void **at = index_place(index, i < asked ? places[i].dentry : places[i].sb);

		if (!at)
			return -ENOMEM;
		if (!*at || (i >= asked && !mount_is_attached(holding->walk, *at) && mount_is_attached(holding->walk, &places[i])))
			*at = (void *)&places[i];
	}
	return 0;
}

/* A detached tree of mounts lives as long as the file that takes it down, an unmounted mount as long as files on it are open. */
static int prepare_keepers(struct holding *holding)
{
	size_t count = holding->file_count;

	holding->next_keeper = array_of(count, sizeof(*holding->next_keeper));
	holding->keepers = array_of(count, sizeof(*holding->keepers));
	if (!holding->next_keeper || !holding->keepers)
		return -ENOMEM;
	while (count--) {
		const struct file_record *file = &holding->files[count];
		uint32_t *first;
		void **at;

		if (file->mnt_ns && !file_has_tree(file))
			continue;
		at = index_place(&holding->keeper_by_address, file->mnt_ns ?: file->mnt);
		if (!at)
			return -ENOMEM;
		first = *at;
		if (!first) {
			*at = first = &holding->keepers[count];
			*first = NOTHING;
		}
		chain(holding->next_keeper, first, count);
	}
	return 0;
}

static void holding_free(struct holding *holding)
{
	free(holding->next_file);
	free(holding->descriptors);
	free(holding->tables);
	free(holding->socks);
	free(holding->rings);
	free(holding->groups);
	free(holding->next_edge);
	free(holding->pending);
	index_free(&holding->sock_by_address);
	index_free(&holding->ring_by_address);
	index_free(&holding->group_by_address);
	index_free(&holding->in_flight_of);
	index_free(&holding->live_pids);
	index_free(&holding->place_by_super);
	index_free(&holding->place_by_dentry);
	index_free(&holding->keeper_by_address);
	free(holding->next_keeper);
	free(holding->keepers);
}

/* How many references of each namespace the holders account for. */
static void set_explained(const struct fill *fill)
{
	const struct ns_record *records = walk_records(fill->walk, ARRAY_NS);

	for (size_t i = 0; i < walk_count(fill->walk, ARRAY_NS); i++) {
		struct procns_ns *ns = index_find(&fill->namespaces, records[i].ns);
		const struct refs_verdict *verdict = refs_verdict(fill->refs, &records[i]);

		if (!ns || !verdict)
			continue;
		ns->refs = verdict->refs;
		ns->explained = verdict->explained < verdict->refs ? verdict->explained : verdict->refs;
	}
}

int fill_holders(struct fill *fill)
{
	static int (*const steps[])(struct holding *) = {
		prepare_tables, prepare_rings, prepare_groups, prepare_socks, prepare_files, prepare_edges,
		prepare_pids, prepare_places, prepare_keepers,
		holders_of_tasks, holders_of_files, holders_of_watches, holders_of_sockets, holders_of_mounts, holders_of_mappings,
		finish_causes,
	};
	struct holding holding = { .fill = fill, .snapshot = fill->snapshot, .walk = fill->walk };
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(steps) / sizeof(steps[0]); i++)
		err = steps[i](&holding);
	holding_free(&holding);
	if (!err && fill->want & PROCNS_FACT_REFS)
		set_explained(fill);
	return err ?: add_relatives(fill->snapshot);
}
