// SPDX-License-Identifier: GPL-2.0-or-later
/* Events as JSON, an object a line. docs/json.md says what is in them. */
#include "json_writer.h"
#include "watch.h"

#define VERSION 1

static void begin_object(struct json_writer *json, const char *event)
{
	json_begin(json, NULL, '{');
	json_text(json, "event", event);
}

static void begin(const struct procns_watch *watch, FILE *out)
{
	struct json_writer json = { .out = out };

	begin_object(&json, "start");
	json_number(&json, "version", VERSION);
	json_text(&json, "mode", procns_watch_mode_name(procns_watch_mode(watch)));
	json_text(&json, "reason", procns_watch_reason(watch));
	json_end(&json, '}');
}

static void number_or_null(struct json_writer *json, const char *key, uint64_t number)
{
	if (number)
		json_number(json, key, (int64_t)number);
	else
		json_null(json, key);
}

static void name_or_null(struct json_writer *json, const char *key, enum procns_type type, uint32_t inum)
{
	char name[32];

	snprintf(name, sizeof(name), "%s:[%u]", procns_type_name(type), inum);
	json_text(json, key, inum ? name : NULL);
}

static void write_task(struct json_writer *json, const struct procns_event *event)
{
	number_or_null(json, "pid", (uint64_t)event->pid);
	number_or_null(json, "tid", (uint64_t)event->tid);
	if (event->comm)
		json_number(json, "uid", event->uid);
	else
		json_null(json, "uid");
	json_text(json, "comm", event->comm);
	json_text(json, "call", event->call);
	json_text(json, "cgroup", event->cgroup);
}

static void print_event(const struct procns_event *event, FILE *out)
{
	struct json_writer json = { .out = out };
	char time[64];

	watch_format_time(&event->time, 9, time, sizeof(time));
	begin_object(&json, watch_event_name(event->kind));
	json_text(&json, "time", time);
	name_or_null(&json, "namespace", event->type, event->inum);
	json_text(&json, "type", procns_type_name(event->type));
	json_number(&json, "ns", event->inum);
	number_or_null(&json, "id", event->id);
	name_or_null(&json, "owner", PROCNS_USER, event->owner);
	json_bool(&json, "noticed", event->noticed);
	if (event->age >= 0)
		json_number(&json, "age_ns", event->age);
	else
		json_null(&json, "age_ns");
	write_task(&json, event);
	json_end(&json, '}');
}

static void print_gap(const char *gap, FILE *out)
{
	struct json_writer json = { .out = out };

	begin_object(&json, "incomplete");
	json_text(&json, "reason", gap);
	json_end(&json, '}');
}

static void end(const struct procns_watch_counts *counts, FILE *out)
{
	struct json_writer json = { .out = out };

	begin_object(&json, "end");
	json_number(&json, "born", (int64_t)counts->born);
	json_number(&json, "gone", (int64_t)counts->gone);
	json_number(&json, "lost", (int64_t)counts->lost);
	json_number(&json, "walks", (int64_t)counts->walks);
	json_end(&json, '}');
}

const struct watch_printer watch_json = { begin, print_event, print_gap, end };
