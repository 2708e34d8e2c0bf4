// SPDX-License-Identifier: GPL-2.0-or-later
/* Events as lines for people. */
#include <inttypes.h>
#include <string.h>

#include "say.h"
#include "watch.h"

const char *watch_event_name(enum procns_event_kind kind)
{
	switch (kind) {
	case PROCNS_EVENT_ALIVE:
		return "alive";
	case PROCNS_EVENT_BORN:
		return "born";
	case PROCNS_EVENT_GONE:
		break;
	}
	return "gone";
}

void watch_format_time(const struct timespec *time, int digits, char *text, size_t size)
{
	char date[32], fraction[16];
	struct tm utc;

	gmtime_r(&time->tv_sec, &utc);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(fraction, sizeof(fraction), "%09ld", time->tv_nsec % 1000000000);
	snprintf(text, size, "%s%s%.*sZ", date, digits ? "." : "", digits, fraction);
}

void watch_format_age(int64_t age, char *text, size_t size)
{
	int64_t ms = age / 1000000, seconds = ms / 1000;

	if (ms < 1000)
		snprintf(text, size, "%" PRId64 ".%" PRId64 " ms", ms, age / 100000 % 10);
	else if (seconds < 60)
		snprintf(text, size, "%" PRId64 ".%" PRId64 " s", seconds, ms / 100 % 10);
	else if (seconds < 3600)
		snprintf(text, size, "%" PRId64 " min", seconds / 60);
	else if (seconds < 48 * 3600)
		snprintf(text, size, "%" PRId64 " h", seconds / 3600);
	else
		snprintf(text, size, "%" PRId64 " d", seconds / 86400);
}

static void begin(const struct procns_watch *watch, FILE *out)
{
	(void)watch;
	(void)out;
}

static void print_task(const struct procns_event *event, FILE *out)
{
	if (!event->comm)
		return;
	fputs("  by ", out);
	if (event->call)
		fprintf(out, "%s of ", event->call);
	if (event->pid)
		fprintf(out, "%d (", event->pid);
	else
		fputs("a process outside (", out);
	write_safely(event->comm, out);
	fputc(')', out);
	if (event->cgroup) {
		fputs(" in ", out);
		write_safely(event->cgroup, out);
	}
}

static void print_event(const struct procns_event *event, FILE *out)
{
	char time[64], age[32];

	watch_format_time(&event->time, 6, time, sizeof(time));
	fprintf(out, "%s  %-5s %s:[%" PRIu32 "]", time, watch_event_name(event->kind), procns_type_name(event->type),
		event->inum);
	if (event->id)
		fprintf(out, "  id %" PRIu64, event->id);
	if (event->owner)
		fprintf(out, "  owner user:[%" PRIu32 "]", event->owner);
	if (event->age >= 0) {
		watch_format_age(event->age, age, sizeof(age));
		fprintf(out, "  lived %s%s", event->noticed ? "at most " : "", age);
	}
	print_task(event, out);
	fputc('\n', out);
}

static void print_gap(const char *gap, FILE *out)
{
	(void)gap;
	(void)out;
}

static void end(const struct procns_watch_counts *counts, FILE *out)
{
	(void)counts;
	(void)out;
}

const struct watch_printer watch_text = { begin, print_event, print_gap, end };
