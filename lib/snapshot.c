// SPDX-License-Identifier: LGPL-2.1-or-later
/* How a snapshot is filled, read and freed. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snapshot_record.h"
#include "type.h"

#define EVERY_TYPE ((1u << PROCNS_NTYPES) - 1)

struct procns_snapshot *snapshot_new(const char *source)
{
	struct procns_snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->source = source;
	s->types = EVERY_TYPE;
	return s;
}

void procns_snapshot_free(struct procns_snapshot *s)
{
	if (!s)
		return;
	vector_free(&s->namespaces);
	vector_free(&s->tasks);
	vector_free(&s->holders);
	vector_free(&s->gaps);
	index_free(&s->by_number);
	index_free(&s->by_id);
	arena_free(&s->arena);
	free(s);
}

int snapshot_expect(struct procns_snapshot *s, size_t namespaces, size_t tasks)
{
	if (vector_reserve(&s->namespaces, namespaces) < 0 || index_reserve(&s->by_number, namespaces) < 0)
		return -ENOMEM;
	return vector_reserve(&s->tasks, tasks);
}

struct procns_ns *snapshot_ns(struct procns_snapshot *s, enum procns_type type, uint32_t inum)
{
	uint64_t key = number_key(type, inum);
	void **place = index_place(&s->by_number, key);
	struct ns_record *record;

	if (!place || *place)
		return place ? *place : NULL;
	record = arena_alloc(&s->arena, sizeof(*record));
	if (!record || vector_add(&s->namespaces, key, record) < 0)
		return NULL;
	record->ns.type = type;
	record->ns.inum = inum;
	record->ns.netnsid = PROCNS_NETNSID_UNASSIGNED;
	record->ns.explained = -1;
	record->ns.initial = type_initial(type, inum);
	*place = record;
	return &record->ns;
}

struct procns_ns *snapshot_find(const struct procns_snapshot *s, enum procns_type type, uint32_t inum)
{
	return index_find(&s->by_number, number_key(type, inum));
}

struct procns_ns *snapshot_ns_at(const struct procns_snapshot *s, size_t i)
{
	return i < s->namespaces.count ? s->namespaces.items[i].value : NULL;
}

struct procns_task *snapshot_task(struct procns_snapshot *s, pid_t pid, pid_t tid, const char *comm, size_t comm_len)
{
	struct procns_task *task = arena_alloc(&s->arena, sizeof(*task));

	if (!task || vector_add(&s->tasks, (uint64_t)pid << 32 | (uint32_t)tid, task) < 0)
		return NULL;
	task->pid = pid;
	task->tid = tid;
	task->leader = pid == tid;
	task->comm = arena_strndup(&s->arena, comm, strnlen(comm, comm_len));
	return task->comm ? task : NULL;
}

struct procns_holder *snapshot_holder(struct procns_snapshot *s, struct procns_ns *ns, enum procns_holder_kind kind)
{
	struct holder_record *record = arena_alloc(&s->arena, sizeof(*record));

	if (!record || vector_add(&s->holders, 0, record) < 0)
		return NULL;
	record->holder.kind = kind;
	record->holder.fd = -1;
	record->of = ns ? record_of(ns) : NULL;
	return &record->holder;
}

int snapshot_cause(struct procns_snapshot *s, struct procns_holder *holder, const struct procns_holder *cause)
{
	struct holder_record *record = (struct holder_record *)holder;
	struct cause_node *node = arena_alloc(&s->arena, sizeof(*node));

	if (!node)
		return -ENOMEM;
	node->cause = cause;
	node->next = record->causes;
	record->causes = node;
	holder->ncauses++;
	return 0;
}

int snapshot_position(struct procns_snapshot *s, struct procns_holder *holder, const struct procns_position *position)
{
	struct holder_record *record = (struct holder_record *)holder;
	struct position_node *node = arena_alloc(&s->arena, sizeof(*node));

	if (!node)
		return -ENOMEM;
	node->position = *position;
	node->next = record->positions;
	record->positions = node;
	holder->npositions++;
	return 0;
}

int snapshot_name(struct procns_snapshot *s, struct procns_ns *ns, const char *path)
{
	struct ns_record *record = record_of(ns);
	struct name_node *node = arena_alloc(&s->arena, sizeof(*node));

	if (!node)
		return -ENOMEM;
	node->path = snapshot_strdup(s, path);
	if (!node->path)
		return -ENOMEM;
	node->next = record->names;
	record->names = node;
	record->nnames++;
	return 0;
}

void *snapshot_alloc(struct procns_snapshot *s, size_t size)
{
	return arena_alloc(&s->arena, size);
}

char *snapshot_strdup(struct procns_snapshot *s, const char *text)
{
	return arena_strndup(&s->arena, text, strlen(text));
}

int snapshot_gap(struct procns_snapshot *s, const char *format, ...)
{
	char line[1024];
	char *copy;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);

	/* There are a handful of gaps: sources put into one line, with a number, what they miss many times. */
	for (size_t i = 0; i < s->gaps.count; i++)
		if (!strcmp(s->gaps.items[i].value, line))
			return 0;
	copy = snapshot_strdup(s, line);
	if (!copy)
		return -ENOMEM;
	return vector_add(&s->gaps, 0, copy);
}

void snapshot_knows(struct procns_snapshot *s, uint32_t facts)
{
	s->known |= facts;
}

void snapshot_list_types(struct procns_snapshot *s, uint32_t types)
{
	s->types = types & EVERY_TYPE ? types : EVERY_TYPE;
}

size_t procns_count(const struct procns_snapshot *s)
{
	return s->nlisted;
}

const struct procns_ns *procns_at(const struct procns_snapshot *s, size_t i)
{
	return i < s->nlisted ? s->listed[i] : NULL;
}

const struct procns_ns *procns_find(const struct procns_snapshot *s, enum procns_type type, uint32_t inum)
{
	return snapshot_find(s, type, inum);
}

const struct procns_ns *procns_find_id(const struct procns_snapshot *s, uint64_t id)
{
	return index_find(&s->by_id, id);
}

size_t procns_task_count(const struct procns_snapshot *s)
{
	return s->tasks.count;
}

const struct procns_task *procns_task_at(const struct procns_snapshot *s, size_t i)
{
	return i < s->tasks.count ? s->tasks.items[i].value : NULL;
}

size_t procns_snapshot_gaps(const struct procns_snapshot *s)
{
	return s->gaps.count;
}

const char *procns_snapshot_gap(const struct procns_snapshot *s, size_t i)
{
	return i < s->gaps.count ? s->gaps.items[i].value : NULL;
}

const char *procns_snapshot_source(const struct procns_snapshot *s)
{
	return s->source;
}
