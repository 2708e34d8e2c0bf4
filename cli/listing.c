// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "listing.h"

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* By number, like lsns. Anonymous mount namespaces share one: then by id. */
static int compare_namespaces(const void *left, const void *right)
{
	const struct procns_ns *a = *(const struct procns_ns *const *)left, *b = *(const struct procns_ns *const *)right;
	int order = compare_u64(a->inum, b->inum);

	if (!order)
		order = compare_u64(a->type, b->type);
	if (!order)
		order = compare_u64(a->id, b->id);
	return order ? order : compare_u64((uintptr_t)a, (uintptr_t)b);
}

const struct procns_ns **namespaces_in_order(const struct procns_snapshot *snapshot)
{
	size_t n = procns_count(snapshot);
	const struct procns_ns **namespaces = calloc(n + 1, sizeof(*namespaces));

	if (!namespaces)
		return NULL;
	for (size_t i = 0; i < n; i++)
		namespaces[i] = procns_at(snapshot, i);
	qsort(namespaces, n, sizeof(*namespaces), compare_namespaces);
	return namespaces;
}

static int collect(struct listing *listing)
{
	listing->n = procns_count(listing->snapshot);
	listing->namespaces = namespaces_in_order(listing->snapshot);
	listing->namespace_lines = calloc(listing->n + 1, sizeof(*listing->namespace_lines));
	listing->task_lines = calloc(procns_task_count(listing->snapshot) + 1, sizeof(*listing->task_lines));
	return listing->namespaces && listing->namespace_lines && listing->task_lines ? 0 : -ENOMEM;
}

int listing_begin(struct listing *listing, const struct procns_snapshot *snapshot, const struct column_list *list,
		  const struct format *format, struct filter *filter)
{
	struct column_list all = *list;

	*listing = (struct listing){ .snapshot = snapshot, .columns = list, .filter = filter };
	cells_begin(&listing->cells, format->nowrap ? ',' : '\n');
	listing->table = table_new("namespaces", format);
	if (!listing->table || table_add_columns(listing->table, format, list) < 0)
		return -ENOMEM;
	if (filter) {
		filter_add_columns(filter, &all);
		for (size_t i = list->n; i < all.n; i++)
			if (!table_add_column(listing->table, format, all.ids[i], SCOLS_FL_HIDDEN))
				return -ENOMEM;
		filter_attach(filter, listing->table, &all);
	}
	return collect(listing);
}

void listing_end(struct listing *listing)
{
	cells_end(&listing->cells);
	scols_unref_table(listing->table);
	free(listing->namespaces);
	free(listing->namespace_lines);
	free(listing->task_lines);
}

struct libscols_line **listing_namespace_line(struct listing *listing, const struct procns_ns *ns)
{
	const struct procns_ns **found =
		bsearch(&ns, listing->namespaces, listing->n, sizeof(*listing->namespaces), compare_namespaces);

	return found ? &listing->namespace_lines[found - listing->namespaces] : NULL;
}

/* The first of the snapshot's tasks that is not before this one. */
static size_t find_task(const struct listing *listing, pid_t pid, pid_t tid)
{
	size_t low = 0, high = procns_task_count(listing->snapshot);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct procns_task *task = procns_task_at(listing->snapshot, middle);

		if (task->pid < pid || (task->pid == pid && task->tid < tid))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool listing_find_process(const struct listing *listing, pid_t pid, size_t *i)
{
	const struct procns_task *task;

	*i = find_task(listing, pid, pid);
	task = procns_task_at(listing->snapshot, *i);
	return task && task->pid == pid && task->tid == pid;
}

bool listing_find_thread_of(const struct listing *listing, pid_t pid, size_t *i)
{
	const struct procns_task *task;

	*i = find_task(listing, pid, 0);
	task = procns_task_at(listing->snapshot, *i);
	return task && task->pid == pid;
}

static int drop(struct listing *listing, struct libscols_line *under, struct libscols_line *line)
{
	if (under)
		scols_line_remove_child(under, line);
	return scols_table_remove_line(listing->table, line);
}

int listing_add(struct listing *listing, const struct procns_ns *ns, const struct procns_task *task,
		const struct procns_ns *above, struct libscols_line *under, struct libscols_line **line)
{
	const struct row row = { &listing->cells, ns, task, above };
	struct libscols_line *added = scols_table_new_line(listing->table, under);
	bool keep = true;
	int err;

	*line = NULL;
	if (!added)
		return -ENOMEM;
	if (listing->filter) {
		err = filter_apply(listing->filter, added, &row, &keep);
		if (err)
			return err;
	}
	if (!keep)
		return drop(listing, under, added);

	err = table_fill_line(added, listing->columns, &row);
	if (!err)
		err = table_color_line(listing->table, added, listing->columns, ns);
	*line = added;
	return err;
}
