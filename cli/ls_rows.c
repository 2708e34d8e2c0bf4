// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "ls_rows.h"

uint32_t ls_rows_facts(const struct ls_rows *rows)
{
	uint32_t facts = rows->pid ? PROCNS_FACT_MEMBERS : rows->persistent ? PROCNS_FACT_COUNTS : 0;

	switch (rows->relation) {
	case LS_FLAT: return facts;
	case LS_BY_OWNER: return facts | PROCNS_FACT_OWNER;
	case LS_BY_PARENT: return facts | PROCNS_FACT_OWNER | PROCNS_FACT_PARENT;
	case LS_BY_PROCESS: return facts | PROCNS_FACT_COUNTS;
	}
	return facts;
}

static bool has_task(const struct procns_ns *ns, pid_t tid)
{
	for (size_t i = 0; i < ns->nthreads; i++)
		if (ns->members[i]->tid == tid)
			return true;
	return false;
}

bool ls_row_chosen(const struct ls_rows *rows, const struct procns_ns *ns)
{
	if (rows->pid && !has_task(ns, rows->pid))
		return false;
	return !rows->persistent || !ns->nthreads;
}

static struct libscols_line *line_of(struct listing *listing, const struct procns_ns *ns)
{
	struct libscols_line **line = ns ? listing_namespace_line(listing, ns) : NULL;

	return line ? *line : NULL;
}

static int add_related(const struct ls_rows *rows, struct listing *listing, const struct procns_ns *ns);

/* A namespace is drawn before what is drawn under it, also where by itself it would not be listed. */
static int add_first(const struct ls_rows *rows, struct listing *listing, const struct procns_ns *ns)
{
	if (!ns || !listing_namespace_line(listing, ns) || line_of(listing, ns))
		return 0;
	return add_related(rows, listing, ns);
}

/* By owner or by parent. By parent, what has none comes after its owner, but at the root. */
static int add_related(const struct ls_rows *rows, struct listing *listing, const struct procns_ns *ns)
{
	const struct procns_ns *above = rows->relation == LS_BY_OWNER ? ns->owner : ns->parent;
	int err = add_first(rows, listing, above ? above : ns->owner);

	if (err)
		return err;
	return listing_add(listing, ns, ns->first, above, line_of(listing, above), listing_namespace_line(listing, ns));
}

/* Under the last line so far of the first process's parent, where that has one. */
static int add_by_process(struct listing *listing, const struct procns_ns *ns)
{
	const struct procns_task *first = ns->first;
	struct libscols_line *under = NULL, *line;
	size_t i;
	int err;

	if (first && listing_find_thread_of(listing, first->ppid, &i))
		under = listing->task_lines[i];
	err = listing_add(listing, ns, first, NULL, under, &line);
	if (!err && line && first && listing_find_thread_of(listing, first->pid, &i))
		listing->task_lines[i] = line;
	return err;
}

int ls_add_namespaces(const struct ls_rows *rows, struct listing *listing)
{
	int err = 0;

	for (size_t i = 0; i < listing->n && !err; i++) {
		const struct procns_ns *ns = listing->namespaces[i];

		if (!ls_row_chosen(rows, ns) || listing->namespace_lines[i])
			continue;
		if (rows->relation == LS_BY_PROCESS)
			err = add_by_process(listing, ns);
		else if (rows->relation == LS_FLAT)
			err = listing_add(listing, ns, ns->first, NULL, NULL, &listing->namespace_lines[i]);
		else
			err = add_related(rows, listing, ns);
	}
	return err;
}

/* The parent process, if it is in ns itself and has no line yet. */
static bool parent_comes_first(const struct listing *listing, const struct procns_ns *ns, size_t child, size_t *parent)
{
	return listing_find_process(listing, procns_task_at(listing->snapshot, child)->ppid, parent) &&
	       *parent != child && !listing->task_lines[*parent] &&
	       procns_task_at(listing->snapshot, *parent)->ns[ns->type] == ns;
}

static int add_process(const struct ls_rows *rows, struct listing *listing, const struct procns_ns *ns, size_t i)
{
	const struct procns_task *task = procns_task_at(listing->snapshot, i);
	struct libscols_line *under = NULL;
	size_t parent;

	if (rows->relation == LS_BY_PROCESS && listing_find_process(listing, task->ppid, &parent))
		under = listing->task_lines[parent];
	return listing_add(listing, ns, task, NULL, under, &listing->task_lines[i]);
}

/*
 * Parents come before their children, whatever their numbers. `chain` has room for every task; chains may be as long as there
 * are processes, and so are walked without recursion.
 */
static int add_with_parents(const struct ls_rows *rows, struct listing *listing, const struct procns_ns *ns, size_t i,
			    size_t *chain)
{
	size_t n = 0, most = procns_task_count(listing->snapshot);
	int err = 0;

	chain[n++] = i;
	while (rows->relation == LS_BY_PROCESS && n < most && parent_comes_first(listing, ns, chain[n - 1], &chain[n]))
		n++;
	while (n && !err)
		err = add_process(rows, listing, ns, chain[--n]);
	return err;
}

/* A line for each process; for each thread where its process is elsewhere. */
static bool has_own_line(const struct listing *listing, const struct procns_ns *ns, const struct procns_task *task)
{
	size_t leader;

	return task->tid == task->pid || !listing_find_process(listing, task->pid, &leader) ||
	       procns_task_at(listing->snapshot, leader)->ns[ns->type] != ns;
}

int ls_add_processes(const struct ls_rows *rows, struct listing *listing, const struct procns_ns *ns)
{
	size_t n = procns_task_count(listing->snapshot);
	cleanup_free size_t *chain = calloc(n + 1, sizeof(*chain));
	int err = chain ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && !err; i++) {
		const struct procns_task *task = procns_task_at(listing->snapshot, i);

		if (task->ns[ns->type] != ns || listing->task_lines[i] || !has_own_line(listing, ns, task))
			continue;
		err = add_with_parents(rows, listing, ns, i, chain);
	}
	return err;
}
