// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The rules, by type: what has a reference of its own.
 *
 *	all	the inode of its nsfs file, however many descriptors, mounts and messages that has
 *	uts ipc mnt net cgroup time	nsproxies (two of a time namespace: its tasks', and their children's)
 *	cgroup	open files of cgroupfs
 *	ipc	mapped SysV segments, filesystems being configured
 *	mnt	open /proc/PID/mounts
 *	net	sockets, tun devices among them; open /proc/PID/net files; filesystems being configured
 *	pid	nsproxies; struct pids of its level; children; superblocks of proc
 *	user	credentials; children; namespaces it owns; counters of those; superblocks; address spaces
 *
 * Keyrings and BPF tokens have references of user namespaces, too, that can't be seen from here.
 */
#include <errno.h>
#include <stdlib.h>

#include "source_bpf_record.h"
#include "source_bpf_refs.h"

static struct ref_count *count_of(const struct refs *refs, uint64_t ns)
{
	return index_find(&refs->by_ns, ns);
}

/* One more reference of this namespace (its struct ns_common). */
static void explain_ns(struct refs *refs, uint64_t ns)
{
	struct ref_count *count = count_of(refs, ns);

	if (count)
		count->explained++;
}

/* By the address of a struct net, pid_namespace, … */
static void explain(struct refs *refs, uint64_t object, enum ns_type type)
{
	if (object)
		explain_ns(refs, object + refs->walk->offsets.ns_at[type]);
}

/* True the first time. An object may have references of several types of namespace, or two of one: `what` tells them apart. */
static bool first_time(struct refs *refs, uint64_t object, unsigned int what)
{
	void **place = object ? index_place(&refs->counted, object + what) : NULL;

	if (!object)
		return false;
	if (!place) {
		refs->err = -ENOMEM;
		return false;
	}
	if (*place)
		return false;
	*place = refs;
	return true;
}

/* Objects are aligned to eight bytes at least. */
enum what {
	AS_ITSELF,
	AS_USER,
	AS_INODE,
};

static void explain_cred(struct refs *refs, uint64_t cred, uint64_t user_ns)
{
	if (first_time(refs, cred, AS_ITSELF))
		explain(refs, user_ns, NS_USER);
}

static void explain_ucounts(struct refs *refs, uint64_t ucounts, uint64_t user_ns)
{
	if (first_time(refs, ucounts, AS_ITSELF))
		explain(refs, user_ns, NS_USER);
}

static void explain_pid(struct refs *refs, uint64_t pid, uint64_t pid_ns)
{
	if (first_time(refs, pid, AS_ITSELF))
		explain(refs, pid_ns, NS_PID);
}

static void explain_inode(struct refs *refs, uint64_t ns)
{
	if (first_time(refs, ns, AS_INODE))
		explain_ns(refs, ns);
}

static void count_nsproxies(struct refs *refs)
{
	const struct nsproxy_record *records = walk_records(refs->walk, ARRAY_NSPROXIES);
	const struct offsets *at = &refs->walk->offsets;

	for (size_t i = 0; i < walk_count(refs->walk, ARRAY_NSPROXIES); i++) {
		if (!first_time(refs, records[i].nsproxy, AS_ITSELF))
			continue;
		for (enum ns_type type = 0; type < NS_TYPES; type++)
			if (type != NS_USER)
				explain(refs, nsproxy_member(&records[i], at->in_nsproxy[type]), type);
		explain(refs, nsproxy_member(&records[i], at->nsproxy.time_for_children), NS_TIME);
	}
}

static void count_tasks(struct refs *refs)
{
	const struct task_record *tasks = walk_records(refs->walk, ARRAY_TASKS);
	const struct possession_record *theirs = walk_records(refs->walk, ARRAY_POSSESSIONS);
	const struct mm_record *mms = walk_records(refs->walk, ARRAY_MMS);

	for (size_t i = 0; i < walk_count(refs->walk, ARRAY_TASKS); i++) {
		explain_cred(refs, theirs[i].real_cred, tasks[i].user_ns);
		explain_cred(refs, theirs[i].cred, theirs[i].cred_user_ns);
		explain_ucounts(refs, theirs[i].ucounts, theirs[i].ucounts_ns);
		explain_pid(refs, theirs[i].pid, tasks[i].pid_ns);
		explain_pid(refs, theirs[i].group_pid, theirs[i].group_pid_ns);
		explain_pid(refs, theirs[i].session_pid, theirs[i].session_pid_ns);
	}
	for (size_t i = 0; i < walk_count(refs->walk, ARRAY_MMS); i++)
		explain(refs, mms[i].user_ns, NS_USER);
}

static void count_file(struct refs *refs, const struct file_record *file)
{
	explain_cred(refs, file->cred, file->user_ns);
	explain_ucounts(refs, file->ucounts, file->ucounts_ns);
	if (file_is_namespace(file))
		explain_inode(refs, file->i_private);
	/* Many descriptors may be of one file. */
	if (!first_time(refs, file->file, AS_ITSELF))
		return;
	if (file_pid(file))
		explain_pid(refs, file_pid(file), file->pid_ns);
	if (file_is_configuration(file))
		explain(refs, file->fs_user_ns, NS_USER);
	for (enum ns_type type = 0; type < NS_TYPES; type++) {
		uint64_t objects[MAY_HOLD];
		size_t count = file_may_hold(file, type, objects);

		for (size_t i = 0; file_pid(file) == 0 && i < count; i++)
			explain(refs, objects[i], type);
	}
}

static void count_files(struct refs *refs)
{
	const struct file_record *files = walk_records(refs->walk, ARRAY_FILES);
	const struct watch_record *watches = walk_records(refs->walk, ARRAY_WATCHES);
	const struct mapping_record *mappings = walk_records(refs->walk, ARRAY_MAPPINGS);

	for (size_t i = 0; i < walk_count(refs->walk, ARRAY_FILES); i++)
		count_file(refs, &files[i]);
	for (size_t i = 0; i < walk_count(refs->walk, ARRAY_WATCHES); i++)
		explain_inode(refs, watches[i].ns);
	for (size_t i = 0; i < walk_count(refs->walk, ARRAY_MAPPINGS); i++) {
		explain_cred(refs, mappings[i].cred, mappings[i].user_ns);
		explain_ucounts(refs, mappings[i].ucounts, mappings[i].ucounts_ns);
		if (mappings[i].is_shm && first_time(refs, mappings[i].file, AS_ITSELF))
			explain(refs, mappings[i].ipc_ns, NS_IPC);
	}
}

static void count_socks(struct refs *refs)
{
	const struct sock_record *socks = walk_records(refs->walk, ARRAY_SOCKS);

	for (size_t i = 0; i < walk_count(refs->walk, ARRAY_SOCKS); i++) {
		if (sock_holds_net(refs->walk, &socks[i]))
			explain(refs, sock_net(refs->walk, &socks[i]), NS_NET);
		explain_pid(refs, socks[i].peer_pid, socks[i].peer_pid_ns);
		explain_cred(refs, socks[i].peer_cred, socks[i].peer_user_ns);
	}
}

static void count_filesystems(struct refs *refs)
{
	const struct super_record *supers = walk_records(refs->walk, ARRAY_SUPERS);
	const struct place_record *places = walk_records(refs->walk, ARRAY_PLACES);

	for (size_t i = 0; i < walk_count(refs->walk, ARRAY_SUPERS); i++) {
		explain(refs, supers[i].user_ns, NS_USER);
		explain(refs, supers[i].pid_ns, NS_PID);
	}
	for (size_t i = 0; i < walk_count(refs->walk, ARRAY_PLACES); i++)
		if (places[i].is_nsfs && !mount_is_internal(&places[i]))
			explain_inode(refs, places[i].ns);
}

static void count_relatives(struct refs *refs)
{
	for (size_t i = 0; i < refs->count; i++) {
		const struct ns_record *record = refs->counts[i].record;

		explain(refs, record->owner, NS_USER);
		explain_ucounts(refs, record->ucounts, record->ucounts_ns);
		if (record->type == NS_PID)
			explain(refs, record->parent, NS_PID);
	}
}

static int list_namespaces(struct refs *refs)
{
	const struct ns_record *records = walk_records(refs->walk, ARRAY_NS);

	refs->count = walk_count(refs->walk, ARRAY_NS);
	refs->counts = calloc(refs->count + 1, sizeof(*refs->counts));
	if (!refs->counts)
		return -ENOMEM;
	for (size_t i = 0; i < refs->count; i++) {
		void **place = index_place(&refs->by_ns, records[i].ns);

		if (!place)
			return -ENOMEM;
		refs->counts[i].record = &records[i];
		*place = &refs->counts[i];
	}
	return 0;
}

int refs_count(struct refs *refs, const struct walk *walk)
{
	*refs = (struct refs){ .walk = walk };
	if (list_namespaces(refs) < 0)
		return -ENOMEM;
	count_nsproxies(refs);
	count_tasks(refs);
	count_files(refs);
	count_socks(refs);
	count_filesystems(refs);
	count_relatives(refs);
	return refs->err;
}

void refs_free(struct refs *refs)
{
	index_free(&refs->by_ns);
	index_free(&refs->counted);
	free(refs->counts);
}
