// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events of a watch, from when something is known to have been born or to have gone until they are given out. */
#include <errno.h>
#include <string.h>

#include "util.h"
#include "watch.h"

#define SECOND INT64_C(1000000000)

static int make_room(struct watch_queue *queue)
{
	size_t size = queue->size ? queue->size * 2 : 256;
	struct watch_event *larger = reallocarray(NULL, size, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	for (size_t i = 0; i < queue->count; i++)
		larger[i] = queue->events[(queue->first + i) % queue->size];
	free(queue->events);
	*queue = (struct watch_queue){ .events = larger, .count = queue->count, .size = size };
	return 0;
}

static struct watch_event *new_event(struct watch_queue *queue)
{
	if (queue->count == queue->size && make_room(queue) < 0)
		return NULL;
	return &queue->events[(queue->first + queue->count++) % queue->size];
}

static void count_event(struct procns_watch_counts *counts, enum procns_event_kind kind)
{
	if (kind == PROCNS_EVENT_ALIVE)
		counts->alive++;
	else if (kind == PROCNS_EVENT_BORN)
		counts->born++;
	else
		counts->gone++;
}

/* The kernel ends these later, in workers of its own or in the midst of anybody's work. */
static bool ends_later(unsigned int type)
{
	return type == PROCNS_NET || type == PROCNS_PID || type == PROCNS_USER;
}

static void describe_task(struct watch_event *event, const struct birth_record *record)
{
	if (!record || record->call == NO_CALL || (record->gone && ends_later(event->event.type)))
		return;
	event->event.pid = record->pid;
	event->event.tid = record->tid;
	event->event.uid = record->uid;
	event->event.call = watch_call_name(record->call);
	event->cgroup = record->cgroup;
	memcpy(event->comm, record->comm, sizeof(event->comm) - 1);
}

int watch_tell(void *data, enum procns_event_kind kind, const struct known *known, int64_t time, bool noticed)
{
	struct procns_watch *watch = data;
	struct watch_event *event = new_event(&watch->queue);
	int64_t real = time + watch->real_time;

	if (!event)
		return -ENOMEM;
	*event = (struct watch_event){ .event = {
		.kind = kind,
		.type = known->sight.type,
		.inum = known->sight.inum,
		.owner = known->sight.owner,
		.id = known->sight.id,
		.time = { .tv_sec = real / SECOND, .tv_nsec = real % SECOND },
		.age = kind == PROCNS_EVENT_GONE && known->birth_seen ? time - known->since : -1,
		.noticed = noticed,
	} };
	if (!noticed)
		describe_task(event, watch->record);
	count_event(&watch->counts, kind);
	return 0;
}

const struct procns_event *procns_watch_next(struct procns_watch *watch)
{
	struct watch_queue *queue = &watch->queue;
	struct watch_event *current = &watch->current;

	if (!queue->count)
		return NULL;
	*current = queue->events[queue->first];
	queue->first = (queue->first + 1) % queue->size;
	queue->count--;
	if (current->comm[0])
		current->event.comm = current->comm;
	current->event.cgroup = watch_cgroup_path(&watch->cgroups, current->cgroup);
	return &current->event;
}
