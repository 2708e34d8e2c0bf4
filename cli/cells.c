// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "cells.h"
#include "cleanup.h"
#include "process.h"
#include "text.h"

#define NETNS_NAMES "/run/netns/"

static bool knows(const struct row *row, uint32_t facts)
{
	return (row->ns->known & facts) == facts;
}

char *cell_ns(const struct row *row)
{
	return text_format("%" PRIu32, row->ns->inum);
}

char *cell_type(const struct row *row)
{
	return strdup(procns_type_name(row->ns->type));
}

char *cell_namespace(const struct row *row)
{
	return text_format("%s:[%" PRIu32 "]", procns_type_name(row->ns->type), row->ns->inum);
}

char *cell_parent(const struct row *row)
{
	const struct procns_ns *parent = row->ns->parent;

	if (!parent || parent == row->above)
		return NULL;
	return text_format("%s:[%" PRIu32 "]", procns_type_name(parent->type), parent->inum);
}

char *cell_path(const struct row *row)
{
	const struct procns_task *task = row->task;

	if (!task || !task->pid)
		return NULL;
	if (task->tid != task->pid)
		return text_format("/proc/%d/task/%d/ns/%s", task->pid, task->tid, procns_type_name(row->ns->type));
	return text_format("/proc/%d/ns/%s", task->pid, procns_type_name(row->ns->type));
}

char *cell_nprocs(const struct row *row)
{
	return knows(row, PROCNS_FACT_COUNTS) ? text_format("%zu", row->ns->nprocs) : NULL;
}

char *cell_threads(const struct row *row)
{
	return knows(row, PROCNS_FACT_COUNTS) ? text_format("%zu", row->ns->nthreads) : NULL;
}

char *cell_pid(const struct row *row)
{
	return row->task ? text_format("%d", row->task->tid) : NULL;
}

char *cell_ppid(const struct row *row)
{
	return row->task ? text_format("%d", row->task->ppid) : NULL;
}

char *cell_command(const struct row *row)
{
	struct cells *cells = row->cells;
	const char *command;

	if (!row->task)
		return NULL;
	if (cells->proc_is_ours < 0)
		cells->proc_is_ours = process_proc_is_ours();
	/* a process outside our pid namespace has no number here, and so nothing in /proc */
	if (!cells->proc_is_ours || !row->task->pid)
		return strdup(row->task->comm);
	command = cache_get(&cells->commands, (uint32_t)row->task->tid, process_command, (void *)row->task->comm);
	return command ? strdup(command) : NULL;
}

/*
 * Whose the row is: its process's; of a user namespace without one, its creator's; and of any other, as lsns has it, root's.
 * False where the creator is not known.
 */
static bool row_uid(const struct row *row, uid_t *uid)
{
	if (row->task)
		*uid = row->task->uid;
	else if (row->ns->type != PROCNS_USER)
		*uid = 0;
	else if (knows(row, PROCNS_FACT_CREATOR))
		*uid = row->ns->creator_uid;
	else
		return false;
	return true;
}

char *cell_uid(const struct row *row)
{
	uid_t uid;

	return row_uid(row, &uid) ? text_format("%" PRIu32, uid) : NULL;
}

char *cell_user(const struct row *row)
{
	const char *user = NULL;
	uid_t uid;

	if (row_uid(row, &uid))
		user = cache_get(&row->cells->users, uid, process_user, NULL);
	return user ? strdup(user) : NULL;
}

char *cell_netnsid(const struct row *row)
{
	if (row->ns->type != PROCNS_NET || !knows(row, PROCNS_FACT_NETNSID))
		return NULL;
	if (row->ns->netnsid == PROCNS_NETNSID_UNASSIGNED)
		return strdup("unassigned");
	return text_format("%" PRId32, row->ns->netnsid);
}

char *cell_nsfs(const struct row *row)
{
	struct text text = { 0 };

	for (size_t i = 0; i < row->ns->nnames; i++) {
		if (i)
			text_add(&text, "%c", row->cells->path_separator);
		text_add(&text, "%s", row->ns->names[i]);
	}
	return text_take(&text);
}

char *cell_name(const struct row *row)
{
	const char *name = row->ns->nnames ? row->ns->names[0] : NULL;

	if (name && !strncmp(name, NETNS_NAMES, strlen(NETNS_NAMES)))
		name += strlen(NETNS_NAMES);
	return name ? strdup(name) : NULL;
}

/* Like lsns: 0 where there is none. */
static char *related(const struct row *row, uint32_t fact, const struct procns_ns *ns)
{
	return knows(row, fact) ? text_format("%" PRIu32, ns ? ns->inum : 0) : NULL;
}

char *cell_pns(const struct row *row)
{
	if (row->ns->type != PROCNS_PID && row->ns->type != PROCNS_USER)
		return strdup("0");	/* other types have no parents */
	return related(row, PROCNS_FACT_PARENT, row->ns->parent);
}

char *cell_ons(const struct row *row)
{
	return related(row, PROCNS_FACT_OWNER, row->ns->owner);
}

char *cell_id(const struct row *row)
{
	return knows(row, PROCNS_FACT_ID) ? text_format("%" PRIu64, row->ns->id) : NULL;
}

char *cell_refs(const struct row *row)
{
	return knows(row, PROCNS_FACT_REFS) ? text_format("%" PRId64, row->ns->refs) : NULL;
}

char *cell_active(const struct row *row)
{
	return knows(row, PROCNS_FACT_ACTIVE) ? text_format("%" PRId64, row->ns->active_refs) : NULL;
}

static void add_map(struct text *text, const char *name, const struct procns_id_range *map, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text_add(text, "%s%" PRIu32 ":%" PRIu32 ":%" PRIu32, i ? "," : name, map[i].inside, map[i].outside,
			 map[i].count);
}

char *cell_maps(const struct row *row)
{
	const struct procns_ns *ns = row->ns;
	struct text text = { 0 };

	add_map(&text, "uid ", ns->uid_map, ns->nuid_map);
	add_map(&text, ns->nuid_map ? " gid " : "gid ", ns->gid_map, ns->ngid_map);
	return text_take(&text);
}

static const struct {
	const char *one, *many;
} holder_words[PROCNS_HOLDER_NKINDS] = {
	[PROCNS_HOLDER_MEMBER] = { "member", "members" },
	[PROCNS_HOLDER_FOR_CHILDREN] = { "for children", "for children" },
	[PROCNS_HOLDER_FD] = { "fd", "fds" },
	[PROCNS_HOLDER_MOUNT] = { "mount", "mounts" },
	[PROCNS_HOLDER_IN_FLIGHT] = { "in flight", "in flight" },
	[PROCNS_HOLDER_SOCKET] = { "socket", "sockets" },
	[PROCNS_HOLDER_TUN] = { "tun", "tuns" },
	[PROCNS_HOLDER_PROC_FILE] = { "proc file", "proc files" },
	[PROCNS_HOLDER_SHM] = { "shm mapping", "shm mappings" },
	[PROCNS_HOLDER_CGROUP_FILE] = { "cgroup file", "cgroup files" },
	[PROCNS_HOLDER_PIDFD] = { "pidfd", "pidfds" },
	[PROCNS_HOLDER_IO_URING] = { "in io_uring", "in io_uring" },
	[PROCNS_HOLDER_WATCH] = { "watch", "watches" },
	[PROCNS_HOLDER_FSCONTEXT] = { "fs context", "fs contexts" },
	[PROCNS_HOLDER_SUPERBLOCK] = { "superblock", "superblocks" },
	[PROCNS_HOLDER_FILE_CRED] = { "file credential", "file credentials" },
	[PROCNS_HOLDER_CHILD] = { "child", "children" },
	[PROCNS_HOLDER_OWNED] = { "owned", "owned" },
	[PROCNS_HOLDER_KERNEL] = { "kernel", "kernel" },
};

char *cell_holders(const struct row *row)
{
	size_t counts[PROCNS_HOLDER_NKINDS] = { 0 }, others = 0;
	struct text text = { 0 };

	/* a newer library may know kinds we have no words for */
	for (size_t i = 0; i < row->ns->nholders; i++) {
		enum procns_holder_kind kind = row->ns->holders[i]->kind;

		if (kind < PROCNS_HOLDER_NKINDS)
			counts[kind]++;
		else
			others++;
	}
	for (int kind = 0; kind < PROCNS_HOLDER_NKINDS; kind++) {
		if (!counts[kind])
			continue;
		text_add(&text, "%s%zu %s", text.data ? ", " : "", counts[kind],
			 counts[kind] == 1 ? holder_words[kind].one : holder_words[kind].many);
	}
	if (others)
		text_add(&text, "%s%zu other", text.data ? ", " : "", others);
	return text_take(&text);
}

void cells_begin(struct cells *cells, char path_separator)
{
	*cells = (struct cells){ .path_separator = path_separator, .proc_is_ours = -1 };
}

void cells_end(struct cells *cells)
{
	cache_clear(&cells->commands);
	cache_clear(&cells->users);
}
