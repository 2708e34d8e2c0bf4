// SPDX-License-Identifier: LGPL-2.1-or-later
/* Open files keep namespaces: their own of nsfs, those some files of /proc and cgroupfs, pidfds and tun devices were opened in. */
#include <errno.h>

#include "source_bpf_holders.h"
#include "source_bpf_paths.h"
#include "util.h"

/* A holder of some kind that is a file: whose it is if it is in a table, else what it is in is its cause. */
static struct procns_holder *add_file(struct holding *holding, uint32_t file, struct procns_ns *ns, enum procns_holder_kind kind)
{
	const struct file_record *record = &holding->files[file];
	struct procns_holder *holder = snapshot_holder(holding->snapshot, ns, kind);

	if (!holder)
		return NULL;
	if (CONTAINER_KIND(record->container) == IN_TABLE) {
		set_descriptor(holding, holder, record);
		return holder;
	}
	return add_cause_of_file(holding, holder, file) < 0 ? NULL : holder;
}

static struct procns_holder *new_in_flight(struct holding *holding, struct sock_state *sock, struct procns_ns *ns)
{
	struct procns_holder *holder = snapshot_holder(holding->snapshot, ns, PROCNS_HOLDER_IN_FLIGHT);

	if (!holder)
		return NULL;
	holder->flags = sock->flags;
	holder->socket = socket_of(holding, sock);
	return holder->socket && !add_causes_of_sock(holding, sock, holder) ? holder : NULL;
}

/* What is in flight several times in the same queue is one holder. A queue's files stand together, so that the last one made is that one. */
static int add_in_flight(struct holding *holding, uint32_t file, struct procns_ns *ns)
{
	struct sock_state *sock = &holding->socks[CONTAINER_INDEX(holding->files[file].container)];
	void **last = index_place(&holding->in_flight_of, (uintptr_t)ns);
	struct procns_holder *holder;

	if (!last)
		return -ENOMEM;
	holder = *last;
	if (!holder || holder->socket != sock->socket)
		*last = holder = new_in_flight(holding, sock, ns);
	return holder ? add_position(holding, holder, holder, file) : -ENOMEM;
}

static int add_fixed_file(struct holding *holding, const struct file_record *record, struct procns_ns *ns)
{
	struct procns_holder *holder = snapshot_holder(holding->snapshot, ns, PROCNS_HOLDER_IO_URING);

	if (!holder)
		return -ENOMEM;
	holder->fd = record->slot;
	return add_causes_of_ring(holding, &holding->rings[CONTAINER_INDEX(record->container)], holder);
}

static int add_namespace_file(struct holding *holding, uint32_t file)
{
	const struct file_record *record = &holding->files[file];
	struct procns_ns *ns = index_find(&holding->fill->namespaces, record->i_private);

	if (!ns)
		return 0;
	switch (CONTAINER_KIND(record->container)) {
	case IN_QUEUE:
		return add_in_flight(holding, file, ns);
	case IN_RING:
		return add_fixed_file(holding, record, ns);
	default:
		return add_file(holding, file, ns, PROCNS_HOLDER_FD) ? 0 : -ENOMEM;
	}
}

static int add_tun(struct holding *holding, uint32_t file)
{
	const struct sock_state *sock = holding_sock(holding, holding->files[file].private);
	struct procns_ns *net = sock ? fill_find(holding->fill, PROCNS_NET, sock_net(holding->walk, sock->record)) : NULL;

	if (!net || net->initial)
		return 0;
	return add_file(holding, file, net, PROCNS_HOLDER_TUN) ? 0 : -ENOMEM;
}

/* The namespace of this type that it holds without being its own file; NULL: none. */
static struct procns_ns *held(const struct holding *holding, const struct file_record *record, enum procns_type type)
{
	uint64_t objects[MAY_HOLD];
	size_t count = file_may_hold(record, (enum ns_type)type, objects);
	struct procns_ns *ns = NULL;

	for (size_t i = 0; !ns && i < count; i++)
		ns = fill_find(holding->fill, type, objects[i]);
	return ns;
}

static int add_other_file(struct holding *holding, uint32_t file, enum procns_type type, enum procns_holder_kind kind)
{
	const struct file_record *record = &holding->files[file];
	struct procns_ns *ns = held(holding, record, type);
	const struct place_record *place = index_find(&holding->place_by_dentry, record->dentry);
	struct procns_holder *holder;

	if (!ns || ns->initial)
		return 0;
	holder = add_file(holding, file, ns, kind);
	if (holder && kind == PROCNS_HOLDER_PROC_FILE && place)
		holder->path = path_of_place(holding->walk, holding->snapshot, place);
	return holder ? 0 : -ENOMEM;
}

/* A pidfd of a task that lives keeps nothing that the task does not keep. */
static bool pid_is_dead(const struct holding *holding, uint64_t pid)
{
	return pid && !index_find(&holding->live_pids, pid);
}

/* Of who is in the user namespace, that is known: it is a member. */
static int add_credentials(struct holding *holding, uint32_t file)
{
	const struct file_record *record = &holding->files[file];
	struct procns_ns *user = fill_find(holding->fill, PROCNS_USER, record->user_ns);
	const struct procns_task *task = NULL;

	if (CONTAINER_KIND(record->container) == IN_TABLE)
		task = holding->tables[CONTAINER_INDEX(record->container)];
	if (!user || user->initial || (task && task->ns[PROCNS_USER] == user))
		return 0;
	return add_file(holding, file, user, PROCNS_HOLDER_FILE_CRED) ? 0 : -ENOMEM;
}

/* A filesystem being configured keeps what it will be mounted with. */
static int add_configuration(struct holding *holding, uint32_t file)
{
	static const enum procns_type types[] = { PROCNS_NET, PROCNS_PID, PROCNS_IPC };
	struct procns_ns *user = fill_find(holding->fill, PROCNS_USER, holding->files[file].fs_user_ns);

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (add_other_file(holding, file, types[i], PROCNS_HOLDER_FSCONTEXT) < 0)
			return -ENOMEM;
	if (!user || user->initial)
		return 0;
	return add_file(holding, file, user, PROCNS_HOLDER_FSCONTEXT) ? 0 : -ENOMEM;
}

static int add_all(struct holding *holding, uint32_t file)
{
	const struct file_record *record = &holding->files[file];
	int err = add_credentials(holding, file);

	if (!err && file_is_namespace(record))
		err = add_namespace_file(holding, file);
	if (!err && file_is_tun(record))
		err = add_tun(holding, file);
	if (!err && file_is_proc(record))
		err = add_other_file(holding, file, PROCNS_MNT, PROCNS_HOLDER_PROC_FILE);
	if (!err && file_is_proc(record))
		err = add_other_file(holding, file, PROCNS_NET, PROCNS_HOLDER_PROC_FILE);
	if (!err)
		err = add_other_file(holding, file, PROCNS_CGROUP, PROCNS_HOLDER_CGROUP_FILE);
	if (!err && file_is_configuration(record))
		err = add_configuration(holding, file);
	if (!err && pid_is_dead(holding, file_pid(record)))
		err = add_other_file(holding, file, PROCNS_PID, PROCNS_HOLDER_PIDFD);
	return err;
}

int holders_of_files(struct holding *holding)
{
	for (uint32_t i = 0; i < holding->file_count; i++)
		if (add_all(holding, i) < 0)
			return -ENOMEM;
	return 0;
}

/* Each descriptor of the group of watches that has one of this namespace. */
static int add_watch(struct holding *holding, const struct group_state *group, struct procns_ns *ns)
{
	for (uint32_t i = group->first_file; i != NOTHING; i = holding->next_file[i])
		if (!add_file(holding, i, ns, PROCNS_HOLDER_WATCH))
			return -ENOMEM;
	return 0;
}

int holders_of_watches(struct holding *holding)
{
	const struct watch_record *records = walk_records(holding->walk, ARRAY_WATCHES);

	for (size_t i = 0; i < walk_count(holding->walk, ARRAY_WATCHES); i++) {
		const struct group_state *group = index_find(&holding->group_by_address, records[i].group);
		struct procns_ns *ns = index_find(&holding->fill->namespaces, records[i].ns);

		if (group && ns && add_watch(holding, group, ns) < 0)
			return -ENOMEM;
	}
	return 0;
}
