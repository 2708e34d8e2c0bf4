// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The part of a dump that --root asks for. Of a user namespace: itself, what it owns, and so on down. Of a task: those of its namespaces
 * that the system did not begin with; what they own and are the parents of; and the namespaces of the processes in its pid namespace.
 */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "dump_live.h"
#include "say.h"

/* Holders whose cause's cause's cause … is a process inside: sockets in flight in each other go four deep. */
#define DEEPEST_CAUSE 12

static bool is_inside(struct dump_live *live, const struct procns_ns *ns)
{
	size_t number = ns ? dump_number(live, ns) : SIZE_MAX;

	return number < procns_count(live->snapshot) && live->inside[number];
}

/* Returns whether it was not there before. */
static bool put_inside(struct dump_live *live, const struct procns_ns *ns)
{
	if (!ns || ns->initial || dump_number(live, ns) >= procns_count(live->snapshot) || is_inside(live, ns))
		return false;
	live->inside[dump_number(live, ns)] = true;
	return true;
}

static bool put_task_inside(struct dump_live *live, const struct procns_task *task)
{
	bool more = false;

	for (unsigned int type = 0; type < PROCNS_NTYPES; type++)
		more |= put_inside(live, task->ns[type]);
	more |= put_inside(live, task->pid_for_children);
	return put_inside(live, task->time_for_children) || more;
}

/* What is below those inside, until nothing more is. */
static void put_below(struct dump_live *live)
{
	size_t n = procns_count(live->snapshot);
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < n; i++) {
			const struct procns_ns *ns = procns_at(live->snapshot, i);

			if (is_inside(live, ns->owner) || is_inside(live, ns->parent))
				more |= put_inside(live, ns);
			if (live->of != DUMP_OF_TASK || ns->type != PROCNS_PID || !live->inside[i])
				continue;
			for (size_t j = 0; j < ns->nthreads; j++)
				more |= put_task_inside(live, ns->members[j]);
		}
	}
}

static int choose_task(struct dump_live *live, const char *root)
{
	const struct procns_task *task = NULL;
	unsigned int pid;
	int end = 0;

	if (sscanf(root, "pid:%9u%n", &pid, &end) != 1 || root[end])
		return fail(live->cli, "--root: %s: give pid:NUMBER, or a user namespace as user:[NUMBER]", root);
	for (size_t i = 0; !task && i < procns_task_count(live->snapshot); i++)
		if (procns_task_at(live->snapshot, i)->tid == (pid_t)pid)
			task = procns_task_at(live->snapshot, i);
	if (!task)
		return fail(live->cli, "--root: %s: no such process", root);
	live->of = DUMP_OF_TASK;
	if (!put_task_inside(live, task))
		return fail(live->cli, "--root: %s is in none but the namespaces the system began with; without --root everything is dumped",
			    root);
	return EXIT_OK;
}

static int choose_user(struct dump_live *live, const char *root)
{
	const struct procns_ns *ns;

	if (procns_resolve(live->ctx, live->snapshot, root, &ns))
		return fail(live->cli, "--root: %s", procns_error(live->ctx));
	if (ns->type != PROCNS_USER)
		return fail(live->cli, "--root: %s is a %s namespace; give a user namespace, or pid:NUMBER", root,
			    procns_type_name(ns->type));
	live->of = DUMP_OF_USER;
	live->inside[dump_number(live, ns)] = true;
	if (ns->initial)	/* it is above all */
		memset(live->inside, true, procns_count(live->snapshot));
	return EXIT_OK;
}

int dump_choose(struct dump_live *live, const char *root)
{
	size_t n = procns_count(live->snapshot);
	int status;

	if (!root) {
		memset(live->inside, true, n);
		return EXIT_OK;
	}
	status = !strncmp(root, "pid:", 4) && !strchr(root, '/') ? choose_task(live, root) : choose_user(live, root);
	if (status != EXIT_OK)
		return status;
	put_below(live);
	for (size_t i = 0; i < n; i++)
		live->by_pid |= live->inside[i] && procns_at(live->snapshot, i)->type == PROCNS_PID;
	return EXIT_OK;
}

bool dump_task_is_inside(struct dump_live *live, const struct procns_task *task)
{
	if (live->of == DUMP_WHOLE)
		return true;
	if (live->by_pid && live->of == DUMP_OF_TASK)
		return is_inside(live, task->ns[PROCNS_PID]);
	for (unsigned int type = 0; type < PROCNS_NTYPES; type++)
		if (is_inside(live, task->ns[type]))
			return true;
	return false;
}

static int add_reference(struct dump_live *live, const struct dump_reference *reference)
{
	struct dump_reference *more;

	if (live->nreferences == live->most_references) {
		size_t most = live->most_references ? 2 * live->most_references : 64;

		more = reallocarray(live->references, most, sizeof(*more));
		if (!more)
			return fail(live->cli, "out of memory");
		live->references = more;
		live->most_references = most;
	}
	live->references[live->nreferences] = *reference;
	live->references[live->nreferences++].number = dump_number(live, reference->to);
	return EXIT_OK;
}

static bool leads_out(struct dump_live *live, const struct procns_ns *ns)
{
	return ns && !is_inside(live, ns);
}

static int refer_to_relatives(struct dump_live *live, const struct procns_ns *ns)
{
	int status = EXIT_OK;

	if (leads_out(live, ns->owner))
		status = add_reference(live, &(struct dump_reference){ .to = ns->owner, .how = DUMP_BY_OWNER, .of = ns });
	if (status == EXIT_OK && leads_out(live, ns->parent))
		status = add_reference(live, &(struct dump_reference){ .to = ns->parent, .how = DUMP_BY_PARENT, .of = ns });
	return status;
}

static int refer_by_links(struct dump_live *live, const struct procns_netns *netns)
{
	int status = EXIT_OK;

	for (size_t i = 0; status == EXIT_OK && i < netns->nlinks; i++) {
		const struct procns_link *link = netns->links[i];
		const struct procns_link *far[] = { link->peer, link->lower, link->master };

		for (size_t j = 0; status == EXIT_OK && j < ARRAY_SIZE(far); j++)
			if (far[j] && leads_out(live, far[j]->netns->ns))
				status = add_reference(live, &(struct dump_reference){ .to = far[j]->netns->ns, .how = DUMP_BY_LINK,
						       .of = netns->ns, .link = link });
	}
	return status;
}

static bool is_held_inside(struct dump_live *live, const struct procns_holder *holder, int depth)
{
	if (holder->task && dump_task_is_inside(live, holder->task))
		return true;
	if (is_inside(live, holder->mntns))
		return true;
	for (size_t i = 0; depth < DEEPEST_CAUSE && i < holder->ncauses; i++)
		if (is_held_inside(live, holder->causes[i], depth + 1))
			return true;
	return false;
}

/* A process is told once, not each of its threads. */
static bool is_same_process(const struct procns_holder *a, const struct procns_holder *b)
{
	return b && a->kind == b->kind && a->kind == PROCNS_HOLDER_MEMBER && a->task->pid == b->task->pid;
}

static int refer_by_holders(struct dump_live *live, const struct procns_ns *outside)
{
	const struct procns_holder *last = NULL;
	int status = EXIT_OK;

	for (size_t i = 0; status == EXIT_OK && i < outside->nholders; i++) {
		const struct procns_holder *holder = outside->holders[i];

		if (holder->kind == PROCNS_HOLDER_CHILD || holder->kind == PROCNS_HOLDER_OWNED ||
		    holder->kind == PROCNS_HOLDER_FILE_CRED || holder->kind == PROCNS_HOLDER_SUPERBLOCK ||
		    is_same_process(holder, last) || !is_held_inside(live, holder, 0))
			continue;
		last = holder;
		status = add_reference(live, &(struct dump_reference){ .to = outside, .how = DUMP_BY_HOLDER, .of = holder->mntns,
				       .holder = holder });
	}
	return status;
}

/* All that lead to one namespace stand together, in the order they were found: the sort is a merge. */
static int compare(const void *left, const void *right)
{
	const struct dump_reference *a = left, *b = right;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return (a->how > b->how) - (a->how < b->how);
}

static size_t first_reference_from(const struct dump_live *live, size_t number)
{
	size_t low = 0, high = live->nreferences;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (live->references[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct dump_reference *dump_references_to(struct dump_live *live, const struct procns_ns *to, size_t *n)
{
	size_t number = dump_number(live, to), first = first_reference_from(live, number);

	*n = first_reference_from(live, number + 1) - first;
	return live->references + first;
}

int dump_find_references(struct dump_live *live)
{
	size_t n = procns_count(live->snapshot);
	int status = EXIT_OK;

	for (size_t i = 0; status == EXIT_OK && live->of != DUMP_WHOLE && i < n; i++) {
		const struct procns_ns *ns = procns_at(live->snapshot, i);
		const struct procns_netns *netns = ns->type == PROCNS_NET ? procns_netns_find(live->topology, ns->inum) : NULL;

		status = live->inside[i] ? refer_to_relatives(live, ns) : refer_by_holders(live, ns);
		if (status == EXIT_OK && netns && live->inside[i])
			status = refer_by_links(live, netns);
	}
	if (live->nreferences)
		qsort(live->references, live->nreferences, sizeof(*live->references), compare);
	return status;
}
