// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From what sources added to what users read: everything in order, and the lists that go the other way. Each kind of list is
 * counted, then given its part of one array, then filled: no list ever grows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_record.h"

static struct ns_record *record_at(const struct procns_snapshot *s, size_t i)
{
	return s->namespaces.items[i].value;
}

static void list_count(const struct procns_ns *ns, enum record_list which)
{
	if (ns)
		record_of(ns)->lists[which].count++;
}

static void list_add(const struct procns_ns *ns, enum record_list which, const void *item)
{
	struct pointer_list *list;

	if (!ns)
		return;
	list = &record_of(ns)->lists[which];
	list->items[list->count++] = item;
}

/* Gives every list its part of one array, as large as was counted, and empties it. */
static int lists_place(struct procns_snapshot *s, enum record_list which)
{
	const void **next;
	size_t total = 0;

	for (size_t i = 0; i < s->namespaces.count; i++)
		total += record_at(s, i)->lists[which].count;
	if (!total)
		return 0;
	next = arena_alloc(&s->arena, total * sizeof(*next));
	if (!next)
		return -ENOMEM;
	for (size_t i = 0; i < s->namespaces.count; i++) {
		struct pointer_list *list = &record_at(s, i)->lists[which];

		list->items = next;
		next += list->count;
		list->count = 0;
	}
	return 0;
}

static int link_relatives(struct procns_snapshot *s)
{
	for (size_t i = 0; i < s->namespaces.count; i++) {
		list_count(record_at(s, i)->ns.parent, LIST_CHILDREN);
		list_count(record_at(s, i)->ns.owner, LIST_OWNED);
	}
	if (lists_place(s, LIST_CHILDREN) < 0 || lists_place(s, LIST_OWNED) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < s->namespaces.count; i++) {
		const struct procns_ns *ns = &record_at(s, i)->ns;

		list_add(ns->parent, LIST_CHILDREN, ns);
		list_add(ns->owner, LIST_OWNED, ns);
	}
	return 0;
}

/*
 * A process is listed by its leader; a namespace that only threads are in shows the thread with the lowest tid. Whoever is
 * outside the caller's pid namespace counts, but has no number to be shown by.
 */
static bool goes_first(const struct procns_ns *ns, const struct procns_task *task)
{
	if (!task->tid)
		return false;
	if (!ns->first || task->leader != ns->first->leader)
		return !ns->first || task->leader;
	return task->tid < ns->first->tid;
}

static void count_members(const struct procns_ns *constant, const struct procns_task *task, size_t nprocs)
{
	struct procns_ns *ns = (struct procns_ns *)constant;

	ns->nprocs += nprocs;
	if (goes_first(ns, task))
		ns->first = task;
}

void snapshot_counted(struct procns_snapshot *s, const struct procns_task *task, size_t nprocs, size_t nthreads)
{
	s->counted = true;
	for (size_t type = 0; type < PROCNS_NTYPES; type++) {
		struct procns_ns *ns = (struct procns_ns *)task->ns[type];

		if (!ns)
			continue;
		ns->nthreads += nthreads;
		count_members(ns, task, nprocs);
	}
}

static int link_members(struct procns_snapshot *s)
{
	if (s->counted)
		return 0;
	for (size_t i = 0; i < s->tasks.count; i++) {
		const struct procns_task *task = s->tasks.items[i].value;

		for (size_t type = 0; type < PROCNS_NTYPES; type++)
			list_count(task->ns[type], LIST_MEMBERS);
	}
	if (lists_place(s, LIST_MEMBERS) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < s->tasks.count; i++) {
		const struct procns_task *task = s->tasks.items[i].value;

		for (size_t type = 0; type < PROCNS_NTYPES; type++) {
			if (!task->ns[type])
				continue;
			list_add(task->ns[type], LIST_MEMBERS, task);
			count_members(task->ns[type], task, task->leader);
		}
	}
	return 0;
}

static int place_causes(struct procns_snapshot *s, struct holder_record *record)
{
	const struct procns_holder **causes;
	size_t i = record->holder.ncauses;

	if (!i)
		return 0;
	causes = arena_alloc(&s->arena, i * sizeof(*causes));
	if (!causes)
		return -ENOMEM;
	for (const struct cause_node *node = record->causes; node; node = node->next)
		causes[--i] = node->cause;
	record->holder.causes = causes;
	return 0;
}

/* Fills the places before `end` from the last to the first. Returns the first. */
static struct procns_position *put_positions(const struct holder_record *record, bool own, struct procns_position *end)
{
	for (const struct position_node *node = record->positions; node; node = node->next)
		if ((node->position.queue == &record->holder) == own)
			*--end = node->position;
	return end;
}

static int place_positions(struct procns_snapshot *s, struct holder_record *record)
{
	size_t count = record->holder.npositions;
	struct procns_position *positions;

	if (!count)
		return 0;
	positions = arena_alloc(&s->arena, count * sizeof(*positions));
	if (!positions)
		return -ENOMEM;
	put_positions(record, true, put_positions(record, false, positions + count));
	record->holder.positions = positions;
	return 0;
}

/* By kind (the kinds are declared nearest first), then by process, thread and descriptor: two passes of a sort that keeps order. */
static int sort_holders(struct procns_snapshot *s)
{
	struct vector *holders = &s->holders;

	for (size_t i = 0; i < holders->count; i++) {
		const struct procns_holder *holder = holders->items[i].value;

		holders->items[i].key = (uint64_t)(holder->task ? holder->task->tid : 0) << 32 | (uint32_t)(holder->fd + 1);
	}
	if (vector_sort(holders) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < holders->count; i++) {
		const struct procns_holder *holder = holders->items[i].value;

		holders->items[i].key = (uint64_t)holder->kind << 32 | (uint32_t)(holder->task ? holder->task->pid : 0);
	}
	return vector_sort(holders);
}

static int link_holders(struct procns_snapshot *s)
{
	if (sort_holders(s) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < s->holders.count; i++) {
		struct holder_record *record = s->holders.items[i].value;

		if (record->of)
			list_count(&record->of->ns, LIST_HOLDERS);
		if (place_causes(s, record) < 0 || place_positions(s, record) < 0)
			return -ENOMEM;
	}
	if (lists_place(s, LIST_HOLDERS) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < s->holders.count; i++) {
		const struct holder_record *record = s->holders.items[i].value;

		if (record->of)
			list_add(&record->of->ns, LIST_HOLDERS, &record->holder);
	}
	vector_free(&s->holders);
	return 0;
}

/* Where `ip netns` puts its names comes first, then what is reached without the help of another process. */
static int name_rank(const char *path)
{
	if (!strncmp(path, "/run/netns/", strlen("/run/netns/")))
		return 0;
	return strncmp(path, "/proc/", strlen("/proc/")) ? 1 : 2;
}

static int compare_names(const void *a, const void *b)
{
	const char *left = *(const char *const *)a, *right = *(const char *const *)b;
	int ranks = name_rank(left) - name_rank(right);

	return ranks ? ranks : strcmp(left, right);
}

static int sort_names(struct procns_snapshot *s, struct ns_record *record)
{
	const char **names;
	size_t count = 0;

	if (!record->nnames)
		return 0;
	names = arena_alloc(&s->arena, record->nnames * sizeof(*names));
	if (!names)
		return -ENOMEM;
	for (const struct name_node *node = record->names; node; node = node->next)
		names[count++] = node->path;
	qsort(names, count, sizeof(*names), compare_names);

	/* A path mounted over and over is one name. */
	record->ns.nnames = 0;
	for (size_t i = 0; i < count; i++)
		if (!i || strcmp(names[i], names[i - 1]))
			names[record->ns.nnames++] = names[i];
	record->ns.names = names;
	return 0;
}

static void publish(struct procns_ns *ns, const struct pointer_list *lists)
{
	if (lists[LIST_MEMBERS].items) {
		ns->members = (const struct procns_task *const *)lists[LIST_MEMBERS].items;
		ns->nthreads = lists[LIST_MEMBERS].count;
	}
	ns->children = (const struct procns_ns *const *)lists[LIST_CHILDREN].items;
	ns->nchildren = lists[LIST_CHILDREN].count;
	ns->owned = (const struct procns_ns *const *)lists[LIST_OWNED].items;
	ns->nowned = lists[LIST_OWNED].count;
	ns->holders = (const struct procns_holder *const *)lists[LIST_HOLDERS].items;
	ns->nholders = lists[LIST_HOLDERS].count;
}

static int finish_namespace(struct procns_snapshot *s, struct ns_record *record)
{
	void **place;

	publish(&record->ns, record->lists);
	record->ns.known |= s->known;
	if (s->types & 1u << record->ns.type)
		s->listed[s->nlisted++] = &record->ns;
	if (record->ns.id) {
		place = index_place(&s->by_id, record->ns.id);
		if (!place)
			return -ENOMEM;
		*place = record;
	}
	return sort_names(s, record);
}

int snapshot_finish(struct procns_snapshot *s)
{
	if (vector_sort(&s->namespaces) < 0 || vector_sort(&s->tasks) < 0)
		return -ENOMEM;
	if (link_relatives(s) < 0 || link_members(s) < 0 || link_holders(s) < 0)
		return -ENOMEM;

	if (s->known & PROCNS_FACT_ID && index_reserve(&s->by_id, s->namespaces.count) < 0)
		return -ENOMEM;
	s->listed = arena_alloc(&s->arena, s->namespaces.count * sizeof(*s->listed));
	if (!s->listed)
		return -ENOMEM;
	for (size_t i = 0; i < s->namespaces.count; i++)
		if (finish_namespace(s, record_at(s, i)) < 0)
			return -ENOMEM;
	return 0;
}
