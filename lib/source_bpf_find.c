// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Before 6.18 no list has all namespaces, but whatever keeps one alive points to it. All that was recorded is evidence: each
 * address that may be a namespace's is a candidate, and walk_candidates believes those that have a namespace's operations.
 * Owners and parents of what was found are new candidates, until there are none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "source_bpf_find.h"
#include "source.h"
#include "source_bpf_record.h"

struct search {
	struct walk *walk;
	struct index seen;		/* addresses that are, or were, candidates */
	struct candidate_record *candidates;
	size_t count, size;
	int err;
};

static int grow(struct search *search)
{
	size_t size = search->size ? search->size * 2 : 1024;
	struct candidate_record *larger = reallocarray(search->candidates, size, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	search->candidates = larger;
	search->size = size;
	return 0;
}

/* Namespaces are aligned to eight bytes at least: the low bits have room for the type, as an address may be put forward as several. */
static void add(struct search *search, uint64_t ns, uint32_t type)
{
	void **place = ns ? index_place(&search->seen, ns | type) : NULL;

	if (!ns || (place && *place))
		return;
	if (!place || (search->count == search->size && grow(search) < 0)) {
		search->err = -ENOMEM;
		return;
	}
	*place = search;
	search->candidates[search->count++] = (struct candidate_record){ .ns = ns, .type = type };
}

/* By the address of a struct net, pid_namespace, … */
static void add_object(struct search *search, uint64_t object, uint32_t type)
{
	if (object)
		add(search, object + search->walk->offsets.ns_at[type], type);
}

static void add_of_any_type(struct search *search, uint64_t ns)
{
	for (uint32_t type = 0; type < NS_TYPES; type++)
		add(search, ns, type);
}

static void add_from_tasks(struct search *search)
{
	const struct nsproxy_record *nsproxies = walk_records(search->walk, ARRAY_NSPROXIES);
	const struct task_record *tasks = walk_records(search->walk, ARRAY_TASKS);
	const struct possession_record *theirs = walk_records(search->walk, ARRAY_POSSESSIONS);
	const struct mm_record *mms = walk_records(search->walk, ARRAY_MMS);
	const struct offsets *at = &search->walk->offsets;

	for (size_t i = 0; i < walk_count(search->walk, ARRAY_NSPROXIES); i++) {
		for (uint32_t type = 0; type < NS_TYPES; type++)
			if (type != NS_USER)
				add_object(search, nsproxy_member(&nsproxies[i], at->in_nsproxy[type]), type);
		add_object(search, nsproxy_member(&nsproxies[i], at->nsproxy.time_for_children), NS_TIME);
	}
	for (size_t i = 0; i < walk_count(search->walk, ARRAY_TASKS); i++) {
		add_object(search, tasks[i].pid_ns, NS_PID);
		add_object(search, tasks[i].user_ns, NS_USER);
		add_object(search, theirs[i].cred_user_ns, NS_USER);
		add_object(search, theirs[i].group_pid_ns, NS_PID);
		add_object(search, theirs[i].session_pid_ns, NS_PID);
	}
	for (size_t i = 0; i < walk_count(search->walk, ARRAY_MMS); i++)
		add_object(search, mms[i].user_ns, NS_USER);
}

static void add_from_file(struct search *search, const struct file_record *file)
{
	for (uint32_t type = 0; type < NS_TYPES; type++) {
		uint64_t objects[MAY_HOLD];
		size_t count = file_may_hold(file, type, objects);

		for (size_t i = 0; i < count; i++)
			add_object(search, objects[i], type);
	}
}

static void add_from_files(struct search *search)
{
	const struct file_record *files = walk_records(search->walk, ARRAY_FILES);
	const struct sock_record *socks = walk_records(search->walk, ARRAY_SOCKS);
	const struct watch_record *watches = walk_records(search->walk, ARRAY_WATCHES);
	const struct mapping_record *mappings = walk_records(search->walk, ARRAY_MAPPINGS);

	for (size_t i = 0; i < walk_count(search->walk, ARRAY_FILES); i++) {
		if (file_is_namespace(&files[i]))
			add_of_any_type(search, files[i].i_private);
		add_from_file(search, &files[i]);
		add_object(search, files[i].user_ns, NS_USER);
		add_object(search, files[i].ucounts_ns, NS_USER);
		if (file_is_configuration(&files[i]))
			add_object(search, files[i].fs_user_ns, NS_USER);
	}
	for (size_t i = 0; i < walk_count(search->walk, ARRAY_WATCHES); i++)
		add_of_any_type(search, watches[i].ns);
	for (size_t i = 0; i < walk_count(search->walk, ARRAY_SOCKS); i++) {
		add_object(search, sock_net(search->walk, &socks[i]), NS_NET);
		add_object(search, socks[i].peer_pid_ns, NS_PID);
		add_object(search, socks[i].peer_user_ns, NS_USER);
	}
	for (size_t i = 0; i < walk_count(search->walk, ARRAY_MAPPINGS); i++) {
		add_object(search, mappings[i].user_ns, NS_USER);
		if (mappings[i].is_shm)
			add_object(search, mappings[i].ipc_ns, NS_IPC);
	}
}

static void add_from_filesystems(struct search *search)
{
	const struct super_record *supers = walk_records(search->walk, ARRAY_SUPERS);
	const struct place_record *mounts = walk_records(search->walk, ARRAY_PLACES);
	const struct net_record *nets = walk_records(search->walk, ARRAY_NETS);

	for (size_t i = 0; i < walk_count(search->walk, ARRAY_SUPERS); i++) {
		add_object(search, supers[i].user_ns, NS_USER);
		add_object(search, supers[i].pid_ns, NS_PID);
	}
	for (size_t i = 0; i < walk_count(search->walk, ARRAY_PLACES); i++) {
		if (mounts[i].is_nsfs)
			add_of_any_type(search, mounts[i].ns);
		if (mount_is_attached(search->walk, &mounts[i]))
			add_object(search, mounts[i].mnt_ns, NS_MNT);
	}
	for (size_t i = 0; i < walk_count(search->walk, ARRAY_NETS); i++)
		add_object(search, nets[i].net, NS_NET);
}

static void add_relatives(struct search *search, size_t first)
{
	const struct ns_record *records = walk_records(search->walk, ARRAY_NS);

	for (size_t i = first; i < walk_count(search->walk, ARRAY_NS); i++) {
		add_object(search, records[i].owner, NS_USER);
		if (records[i].type == NS_PID)
			add_object(search, records[i].parent, NS_PID);
	}
}

/* Asks walk_candidates about those added since the last time. */
static int ask(struct search *search)
{
	struct candidate_record *room = walk_room(search->walk, ARRAY_CANDIDATES, search->count);
	size_t count = search->count;

	search->count = 0;
	if (!room)
		return 0;
	memcpy(room, search->candidates, count * sizeof(*room));
	search->walk->ns->candidate_count = count;
	return walk_program(search->walk, WALK_CANDIDATES);
}

static int find(struct search *search)
{
	size_t known = 0;
	int err = walk_program(search->walk, WALK_NETS);

	if (err)
		return err;
	add_from_tasks(search);
	add_from_files(search);
	add_from_filesystems(search);
	while (!err && !search->err && search->count) {
		err = ask(search);
		add_relatives(search, known);
		known = walk_count(search->walk, ARRAY_NS);
	}
	return err;
}

int find_namespaces(struct walk *walk)
{
	struct search search = { .walk = walk };
	int err = find(&search);

	if (!err && search.err)
		err = context_error(walk->ctx, ENOMEM, "cannot look for namespaces: out of memory");
	index_free(&search.seen);
	free(search.candidates);
	return err;
}
