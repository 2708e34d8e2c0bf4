// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What CRIU refuses of the namespaces the processes are in (its criu/namespaces.c). It writes down one namespace of each type, the root
 * process's, and of mnt and net as many as there are.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "criu.h"
#include "holder.h"
#include "seen.h"
#include "text.h"

/* The order in which CRIU looks. */
static const enum procns_type in_order[] = {
	PROCNS_PID, PROCNS_NET, PROCNS_IPC, PROCNS_UTS, PROCNS_TIME, PROCNS_MNT, PROCNS_USER, PROCNS_CGROUP,
};

static char *member_text(const struct procns_ns *ns, const struct procns_task *task)
{
	cleanup_free char *name = ns_text(ns), *who = criu_task_text(task);

	return name && who ? text_format("%s, %s", name, who) : NULL;
}

static bool nests(enum procns_type type)
{
	return type == PROCNS_MNT || type == PROCNS_NET;
}

static int refuse_nested(struct criu *criu, const struct procns_task *task, enum procns_type type, struct seen *told)
{
	const struct procns_task *root = criu->tasks[0];
	const struct procns_ns *ns = task->ns[type];
	bool again;

	if (task == root || criu_is_zombie(task) || !ns || ns == root->ns[type] || ns == criu->own[type] || nests(type))
		return 0;
	if (!seen_number(told, ns, &again))
		return -ENOMEM;
	if (again)
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "nested", .ns = ns, .task = task, .fd = -1, .thing = member_text(ns, task),
		.reason = text_format("another %s namespace than the root process's; CRIU has only one of that type in a dump",
				      procns_type_name(type)),
		.says = text_format("Can't dump nested %s namespace for %d", procns_type_name(type), task->pid),
	});
}

/* After an unshare of its time namespace a process stays where it was, and its children will be elsewhere. */
static char *says_of_children(const struct criu *criu, const struct procns_task *task)
{
	if (task == criu->tasks[0] && criu_takes(criu, PROCNS_TIME))
		return text_format("BUG at criu/namespaces.c");
	if (task == criu->tasks[0] || task->time_for_children == criu->own[PROCNS_TIME] ||
	    task->time_for_children == criu->tasks[0]->ns[PROCNS_TIME])
		return text_format("Can't dump nested time namespace for %d", task->pid);
	return text_format("Can't dump nested time_for_children namespace for %d", task->pid);
}

static int refuse_for_children(struct criu *criu, const struct procns_task *task)
{
	const struct procns_ns *ns = task->time_for_children;

	if (!ns || !task->ns[PROCNS_TIME] || ns == task->ns[PROCNS_TIME])
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "for_children", .ns = ns, .task = task, .fd = -1, .thing = member_text(ns, task),
		.reason = text_format("its children will be in this time namespace, it is in time:[%u] itself", task->ns[PROCNS_TIME]->inum),
		.says = says_of_children(criu, task),
	});
}

static bool is_below(const struct procns_ns *user, const struct procns_ns *above)
{
	while (user && user != above)
		user = user->parent;
	return user;
}

static bool maps_root(const struct procns_id_range *map, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!map[i].inside && map[i].count)
			return true;
	return false;
}

/* CRIU becomes root in the user namespace to look into the others. */
static int refuse_user(struct criu *criu)
{
	const struct procns_task *root = criu->tasks[0];
	const struct procns_ns *user = root->ns[PROCNS_USER];
	int err = 0;

	if (!criu_takes(criu, PROCNS_USER))
		return 0;
	if (user->known & PROCNS_FACT_MAPS && (!maps_root(user->uid_map, user->nuid_map) || !maps_root(user->gid_map, user->ngid_map)))
		return criu_refuse(criu, (struct criu_refusal){
			.rule = "map", .ns = user, .task = root, .fd = -1, .thing = member_text(user, root),
			.reason = strdup("uid 0 or gid 0 is not mapped in it, and CRIU looks into the other namespaces as root of it"),
			.says = strdup("Unable to convert uid or gid"),
		});
	for (size_t i = 0; !err && i < ARRAY_SIZE(in_order); i++) {
		enum procns_type type = in_order[i];
		const struct procns_ns *ns = root->ns[type];

		if (type == PROCNS_PID || type == PROCNS_USER || type == PROCNS_CGROUP || !criu_takes(criu, type) ||
		    !(ns->known & PROCNS_FACT_OWNER) || is_below(ns->owner, user))
			continue;
		err = criu_refuse(criu, (struct criu_refusal){
			.rule = "owner", .ns = ns, .task = root, .fd = -1, .thing = member_text(ns, root),
			.reason = text_format("it belongs to user:[%u], which is not in the root process's user:[%u]",
					      ns->owner ? ns->owner->inum : 0, user->inum),
			.says = strdup("One or more namespaces doesn't belong to the target user namespace"),
		});
	}
	return err;
}

/* The last number of a line of /proc/PID/status: as its own pid namespace has it. -1: not known. */
static long innermost(const char *line)
{
	const char *tab = strrchr(line, '\t');
	long number;

	return tab && sscanf(tab, "%ld", &number) == 1 ? number : -1;
}

static void read_numbers(const struct procns_task *task, long *pid, long *session)
{
	cleanup_free char *path = text_format("/proc/%d/status", task->pid), *line = NULL;
	cleanup_file FILE *file = path ? fopen(path, "re") : NULL;
	size_t size = 0;

	*pid = *session = -1;
	while (file && getline(&line, &size, file) > 0) {
		if (!strncmp(line, "NSpid:", 6))
			*pid = innermost(line);
		if (!strncmp(line, "NSsid:", 6))
			*session = innermost(line);
	}
}

static int refuse_numbers(struct criu *criu, const struct procns_task *task)
{
	const struct procns_ns *ns = task->ns[PROCNS_PID];
	bool zombie = criu_is_zombie(task);
	long pid, session;
	int err = 0;

	if (!ns || ns == criu->own[PROCNS_PID] || (zombie && (task == criu->tasks[0] || !criu_takes(criu, PROCNS_PID))))
		return 0;
	read_numbers(task, &pid, &session);
	if (session == 0)
		err = criu_refuse(criu, (struct criu_refusal){
			.rule = "session", .ns = ns, .task = task, .fd = -1, .thing = member_text(ns, task),
			.reason = strdup("the leader of its session is outside of its pid namespace; start it by setsid"),
			.says = text_format("A session leader of %s%d(%ld) is outside of its pid namespace", zombie ? "zombie process " : "",
					    task->pid, pid),
		});
	if (!err && task == criu->tasks[0] && pid > 1)
		err = criu_refuse(criu, (struct criu_refusal){
			.rule = "init", .ns = ns, .task = task, .fd = -1, .thing = member_text(ns, task),
			.reason = text_format("it is process %ld there, and CRIU dumps a pid namespace with its process 1 or not at all", pid),
			.says = strdup("Can't dump a pid namespace without the process init"),
		});
	return err;
}

int criu_refuse_namespaces(struct criu *criu)
{
	struct seen told = { 0 };
	int err = 0;

	for (size_t i = 0; !err && i < criu->ntasks; i++) {
		for (size_t j = 0; !err && j < ARRAY_SIZE(in_order); j++)
			err = refuse_nested(criu, criu->tasks[i], in_order[j], &told);
		if (!err)
			err = refuse_for_children(criu, criu->tasks[i]);
	}
	seen_free(&told);
	if (!err)
		err = refuse_user(criu);
	for (size_t i = 0; !err && i < criu->ntasks; i++)
		err = refuse_numbers(criu, criu->tasks[i]);
	return err;
}
