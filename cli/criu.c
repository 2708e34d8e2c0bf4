// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree of processes CRIU would dump, and what the rules about it share. */
#include "criu.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "text.h"

int criu_refuse(struct criu *criu, struct criu_refusal refusal)
{
	struct criu_refusal *more = criu->refusals;

	if (criu->nrefusals == criu->most_refusals) {
		size_t most = criu->most_refusals ? 2 * criu->most_refusals : 16;

		more = reallocarray(criu->refusals, most, sizeof(*more));
		if (more) {
			criu->refusals = more;
			criu->most_refusals = most;
		}
	}
	if (!more || !refusal.thing || !refusal.reason || !refusal.says) {
		free(refusal.thing);
		free(refusal.reason);
		free(refusal.says);
		return -ENOMEM;
	}
	criu->refusals[criu->nrefusals++] = refusal;
	return 0;
}

int criu_add_gap(struct criu *criu, char *line)
{
	char **more = line ? reallocarray(criu->gaps, criu->ngaps + 1, sizeof(*more)) : NULL;

	if (!more) {
		free(line);
		return -ENOMEM;
	}
	criu->gaps = more;
	criu->gaps[criu->ngaps++] = line;
	return 0;
}

bool criu_is_zombie(const struct procns_task *task)
{
	return task->ns[PROCNS_PID] && !task->ns[PROCNS_MNT];
}

char *criu_task_text(const struct procns_task *task)
{
	return text_format("%d (%s)", task->pid, task->comm);
}

static int by_parent(const void *left, const void *right)
{
	const struct procns_task *a = *(const struct procns_task *const *)left, *b = *(const struct procns_task *const *)right;

	if (a->ppid != b->ppid)
		return a->ppid < b->ppid ? -1 : 1;
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

/* Where the children of this one begin, in a list by parents. */
static size_t first_child(const struct procns_task **list, size_t n, pid_t parent)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list[middle]->ppid < parent)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* As CRIU goes: a process, then each of its children with all below it. `todo` has room for all. */
static void descend(struct criu *criu, const struct procns_task **list, size_t n, const struct procns_task **todo)
{
	size_t ntodo = 1;

	while (ntodo && criu->ntasks < n) {
		const struct procns_task *task = todo[--ntodo];
		size_t from = first_child(list, n, task->pid), to = from;

		criu->tasks[criu->ntasks++] = task;
		while (to < n && list[to]->ppid == task->pid)
			to++;
		while (to > from && ntodo < n)
			todo[ntodo++] = list[--to];
	}
}

static int by_pid(const void *left, const void *right)
{
	const pid_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static int by_address(const void *left, const void *right)
{
	uintptr_t a = *(const uintptr_t *)left, b = *(const uintptr_t *)right;

	return a < b ? -1 : a > b;
}

static int index_tree(struct criu *criu)
{
	criu->pids = calloc(criu->ntasks, sizeof(*criu->pids));
	criu->members = calloc(criu->ntasks * PROCNS_NTYPES, sizeof(*criu->members));
	if (!criu->pids || !criu->members)
		return -ENOMEM;
	for (size_t i = 0; i < criu->ntasks; i++) {
		criu->pids[i] = criu->tasks[i]->pid;
		for (unsigned int type = 0; type < PROCNS_NTYPES; type++)
			if (criu->tasks[i]->ns[type])
				criu->members[criu->nmembers++] = criu->tasks[i]->ns[type];
	}
	qsort(criu->pids, criu->ntasks, sizeof(*criu->pids), by_pid);
	qsort(criu->members, criu->nmembers, sizeof(*criu->members), by_address);
	return 0;
}

int criu_find_tree(struct criu *criu, pid_t root)
{
	size_t total = procns_task_count(criu->snapshot), n = 0;
	cleanup_free const struct procns_task **list = calloc(total + 1, sizeof(*list)), **todo = calloc(total + 1, sizeof(*todo));

	criu->tasks = calloc(total + 1, sizeof(*criu->tasks));
	if (!list || !todo || !criu->tasks)
		return -ENOMEM;
	for (size_t i = 0; i < total; i++) {
		const struct procns_task *task = procns_task_at(criu->snapshot, i);

		if (!task->leader || !task->pid)
			continue;
		list[n++] = task;
		if (task->pid == root)
			todo[0] = task;
	}
	if (!todo[0])
		return -ESRCH;
	qsort(list, n, sizeof(*list), by_parent);
	descend(criu, list, n, todo);
	return index_tree(criu);
}

bool criu_has_pid(const struct criu *criu, pid_t pid)
{
	return bsearch(&pid, criu->pids, criu->ntasks, sizeof(pid), by_pid);
}

bool criu_has_task(const struct criu *criu, const struct procns_task *task)
{
	return task && task->pid && criu_has_pid(criu, task->pid);
}

bool criu_takes(const struct criu *criu, enum procns_type type)
{
	const struct procns_ns *ns = criu->tasks[0]->ns[type];

	return ns && ns != criu->own[type];
}

bool criu_has_member(const struct criu *criu, const struct procns_ns *ns)
{
	return criu->nmembers && bsearch(&ns, criu->members, criu->nmembers, sizeof(*criu->members), by_address);
}

bool criu_knows(const struct criu *criu, const struct procns_ns *ns)
{
	return criu->own[ns->type] == ns || criu_has_member(criu, ns);
}

static int find_own(struct criu *criu)
{
	size_t unknown = 0;

	for (unsigned int type = 0; type < PROCNS_NTYPES; type++) {
		cleanup_free char *path = text_format("/proc/self/ns/%s", procns_type_name(type));
		int err = path ? procns_resolve(criu->ctx, criu->snapshot, path, &criu->own[type]) : -ENOMEM;

		if (err == -ENOMEM)
			return err;
		unknown += err && err != -ENOENT;	/* a kernel may be without a type */
	}
	return unknown ? criu_add_gap(criu, text_format("of our own namespaces, where CRIU would run, %zu could not be told", unknown)) : 0;
}

static int count_unseen(struct criu *criu)
{
	size_t unseen = 0;

	for (size_t i = 0; i < criu->ntasks; i++)
		unseen += !criu->tasks[i]->ns[PROCNS_MNT] && !criu_is_zombie(criu->tasks[i]);
	return unseen ? criu_add_gap(criu, text_format("the namespaces of %zu of the tree's %zu processes could not be seen",
						       unseen, criu->ntasks)) : 0;
}

int criu_look(struct criu *criu, pid_t root)
{
	static int (*const rules[])(struct criu *criu) = {
		criu_refuse_namespaces, criu_refuse_mounts, criu_refuse_files, criu_refuse_holders, criu_refuse_links,
	};
	int err = criu_find_tree(criu, root);

	if (!err)
		err = find_own(criu);
	if (!err)
		err = count_unseen(criu);
	for (size_t i = 0; !err && i < ARRAY_SIZE(rules); i++)
		err = rules[i](criu);
	return err;
}

void criu_free(struct criu *criu)
{
	for (size_t i = 0; i < criu->nrefusals; i++) {
		free(criu->refusals[i].thing);
		free(criu->refusals[i].reason);
		free(criu->refusals[i].says);
	}
	for (size_t i = 0; i < criu->ngaps; i++)
		free(criu->gaps[i]);
	free(criu->refusals);
	free(criu->gaps);
	free(criu->tasks);
	free(criu->mounts);
	free(criu->pids);
	free(criu->members);
}
