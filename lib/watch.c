// SPDX-License-Identifier: LGPL-2.1-or-later
/* A watch: chooses its mode, and brings traces and lists together. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util.h"
#include "watch.h"

#define SECOND INT64_C(1000000000)
#define MS INT64_C(1000000)
#define DRAIN_EVERY 20			/* ms, while records come */
#define HINT_DELAY (10 * MS)		/* a task that is leaving has not left yet */
#define LEAST_PAUSE (50 * MS)		/* between two lists */
#define COST_SHARE 50			/* of the time, at most one part in so many goes into lists */

static const char *const mode_names[] = {
	[PROCNS_WATCH_AUTO] = "auto",
	[PROCNS_WATCH_TRACE] = "trace",
	[PROCNS_WATCH_WALK] = "walk",
	[PROCNS_WATCH_POLL] = "poll",
};

const char *procns_watch_mode_name(enum procns_watch_mode mode)
{
	return mode < ARRAY_SIZE(mode_names) ? mode_names[mode] : NULL;
}

int procns_watch_mode_parse(const char *name, enum procns_watch_mode *mode)
{
	for (size_t i = 0; i < ARRAY_SIZE(mode_names); i++) {
		if (!strcmp(name, mode_names[i])) {
			*mode = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

int64_t watch_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int watch_gap(struct procns_watch *watch, const char *format, ...)
{
	struct watch_gaps *gaps = &watch->gaps;
	cleanup_free char *line = NULL;
	char **larger;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&line, format, args);
	va_end(args);
	if (length < 0) {
		line = NULL;
		return context_error(watch->ctx, ENOMEM, "cannot watch: out of memory");
	}
	for (size_t i = 0; i < gaps->count; i++)
		if (!strcmp(gaps->lines[i], line))
			return 0;
	larger = reallocarray(gaps->lines, gaps->count + 1, sizeof(*larger));
	if (!larger)
		return context_error(watch->ctx, ENOMEM, "cannot watch: out of memory");
	gaps->lines = larger;
	gaps->lines[gaps->count++] = steal_pointer(&line);
	return 0;
}

int watch_take(struct procns_watch *watch, const struct birth_record *record)
{
	const struct sight sight = {
		.type = record->type,
		.inum = record->inum,
		.owner = record->owner,
		.id = record->id,
		.address = record->ns,
	};
	bool typed = record->type != NS_TYPES;
	int64_t time = record->time;
	int result = 0;

	watch->record = record;
	if (record->gone)
		result = known_gone(&watch->known, &sight, typed, time);
	else if (typed)
		result = known_born(&watch->known, &sight, time);
	watch->record = NULL;
	return result < 0 ? result : 0;
}

static int fail_known(struct procns_watch *watch, int err)
{
	return err < 0 ? context_error(watch->ctx, -err, "cannot keep what is alive: %s", strerror(-err)) : 0;
}

static void plan_list(struct procns_watch *watch, int64_t at)
{
	if (at < watch->list_at)
		watch->list_at = at;
}

/* When the next may be, however much there is to see. */
static int64_t pause_after(int64_t cost)
{
	return cost * COST_SHARE > LEAST_PAUSE ? cost * COST_SHARE : LEAST_PAUSE;
}

static void plan_next(struct procns_watch *watch, int64_t began, int64_t ended)
{
	int64_t pause = pause_after(ended - began), interval = watch->interval * MS;

	watch->list_at = INT64_MAX;
	if (watch->mode != PROCNS_WATCH_TRACE)
		watch->list_at = ended + (interval > pause || watch->mode == PROCNS_WATCH_POLL ? interval : pause);
	if (watch->bpf && known_has_pending(&watch->known))
		plan_list(watch, ended + pause);
}

static int drain(struct procns_watch *watch)
{
	return watch->bpf ? watch_bpf_drain(watch) : 0;
}

static int look_for_loss(struct procns_watch *watch)
{
	uint64_t lost = watch->bpf ? watch_bpf_lost(watch->bpf) : 0;
	uint64_t more = lost - watch->counts.lost;

	if (!more)
		return 0;
	watch->counts.lost = lost;
	plan_list(watch, watch_now() + LEAST_PAUSE);
	return watch_gap(watch, "%llu events were lost, %llu in all: they came faster than they were read; what is alive is "
			 "listed anew, what came and went is not", (unsigned long long)more, (unsigned long long)lost);
}

static void heed_hint(struct procns_watch *watch)
{
	if (watch->bpf && watch->mode == PROCNS_WATCH_WALK && watch_bpf_is_hinted(watch->bpf))
		plan_list(watch, watch_now() + HINT_DELAY);
}

static void clear_hint(struct procns_watch *watch)
{
	if (watch->bpf)
		watch_bpf_clear_hint(watch->bpf);
}

/* Nothing came: from now on whoever brings something has to wake us. What came in between is looked for once more. */
static int fall_asleep(struct procns_watch *watch)
{
	if (!watch->bpf || !watch_bpf_is_awake(watch->bpf))
		return 0;
	watch_bpf_sleep(watch->bpf);
	return watch_bpf_drain(watch);
}

static void close_bpf(struct procns_watch *watch)
{
	watch_bpf_close(watch->bpf);
	watch->bpf = NULL;
}

static bool is_awake(const struct procns_watch *watch)
{
	return watch->bpf && watch_bpf_is_awake(watch->bpf);
}

int procns_watch_fd(const struct procns_watch *watch)
{
	return watch->bpf ? watch_bpf_fd(watch->bpf) : -1;
}

static int list(struct procns_watch *watch)
{
	int64_t began = watch_now(), ended;
	const struct sight *sights;
	size_t count;
	int err;

	clear_hint(watch);
	err = watch_list(watch, &sights, &count);
	if (err)
		return err;
	ended = watch_now();
	/* births before the list was made are told by their traces first */
	err = watch->counts.walks ? drain(watch) : 0;
	if (err >= 0)
		err = fail_known(watch, known_listed(&watch->known, sights, count, began, ended));
	watch->counts.walks++;
	plan_next(watch, began, ended);
	return err < 0 ? err : 0;
}

int procns_watch_read(struct procns_watch *watch)
{
	int count, err;

	watch->real_time = clock_ns(CLOCK_REALTIME) - watch_now();
	count = drain(watch);
	err = count < 0 ? count : look_for_loss(watch);
	if (err)
		return err;
	heed_hint(watch);
	if (watch_now() >= watch->list_at) {
		err = list(watch);
		if (err)
			return err;
	}
	count = count ? 0 : fall_asleep(watch);
	return count < 0 ? count : 0;
}

int procns_watch_timeout(const struct procns_watch *watch)
{
	int64_t wait = watch->list_at == INT64_MAX ? INT64_MAX : watch->list_at - watch_now();

	if (watch->queue.count || wait < 0)
		return 0;
	if (is_awake(watch) && wait > DRAIN_EVERY * MS)
		return DRAIN_EVERY;
	if (wait == INT64_MAX)
		return -1;
	return wait / MS < INT_MAX - 1 ? (int)(wait / MS) + 1 : INT_MAX;
}

const char *procns_watch_gap(struct procns_watch *watch)
{
	struct watch_gaps *gaps = &watch->gaps;

	return gaps->said < gaps->count ? gaps->lines[gaps->said++] : NULL;
}

void procns_watch_counts(const struct procns_watch *watch, struct procns_watch_counts *counts)
{
	*counts = watch->counts;
}

enum procns_watch_mode procns_watch_mode(const struct procns_watch *watch)
{
	return watch->mode;
}

const char *procns_watch_reason(const struct procns_watch *watch)
{
	return watch->reason[0] ? watch->reason : NULL;
}

static void shut(struct procns_watch *watch)
{
	close_bpf(watch);
	watch_lister_close(watch->lister);
	watch->lister = NULL;
	known_free(&watch->known);
	watch->known.lists = 0;
}

static int say_what_polling_misses(struct procns_watch *watch)
{
	if (watch->mode != PROCNS_WATCH_POLL)
		return 0;
	return watch_gap(watch, "polling: what is born and gone within %u ms is not seen", watch->interval);
}

/* The programs are attached before the first list is made, so that nothing falls between. */
static int open_mode(struct procns_watch *watch, enum procns_watch_mode mode, unsigned int interval)
{
	int err = 0;

	watch->mode = mode;
	watch->interval = interval ?: mode == PROCNS_WATCH_POLL ? 1000 : 200;
	watch->known.traced = mode != PROCNS_WATCH_POLL;
	if (mode != PROCNS_WATCH_POLL)
		err = watch_bpf_open(watch);
	if (!err)
		err = watch_lister_open(watch);
	if (!err)
		err = say_what_polling_misses(watch);
	return err ?: list(watch);
}

static void add_reason(struct procns_watch *watch)
{
	size_t length = strlen(watch->reason);

	snprintf(watch->reason + length, sizeof(watch->reason) - length, "%s%s: %s", length ? "; " : "",
		 mode_names[watch->mode], watch->ctx->error);
}

static int open_any(struct procns_watch *watch, const struct procns_watch_options *options)
{
	int err;

	if (options->mode != PROCNS_WATCH_AUTO)
		return open_mode(watch, options->mode, options->interval);
	for (enum procns_watch_mode mode = PROCNS_WATCH_TRACE;; mode++) {
		err = open_mode(watch, mode, options->interval);
		if (!err || mode == PROCNS_WATCH_POLL)
			return err;
		add_reason(watch);
		shut(watch);
	}
}

int procns_watch_open(struct procns *ctx, const struct procns_watch_options *options, struct procns_watch **result)
{
	static const struct procns_watch_options defaults = { 0 };
	struct procns_watch *watch = calloc(1, sizeof(*watch));
	int err;

	*result = NULL;
	if (!watch)
		return context_error(ctx, ENOMEM, "cannot watch: out of memory");
	watch->ctx = ctx;
	watch->known.tell = watch_tell;
	watch->known.data = watch;
	watch->real_time = clock_ns(CLOCK_REALTIME) - watch_now();
	watch_cgroups_open(&watch->cgroups);
	err = open_any(watch, options ?: &defaults);
	if (err) {
		procns_watch_free(watch);
		return err;
	}
	*result = watch;
	return 0;
}

void procns_watch_free(struct procns_watch *watch)
{
	if (!watch)
		return;
	shut(watch);
	for (size_t i = 0; i < watch->gaps.count; i++)
		free(watch->gaps.lines[i]);
	free(watch->gaps.lines);
	free(watch->queue.events);
	watch_cgroups_close(&watch->cgroups);
	free(watch);
}
