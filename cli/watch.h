/* SPDX-License-Identifier: GPL-2.0-or-later */
/* procns watch: what is shared between its parts. */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "procns-watch.h"

struct cli;

/* A namespace that was named as an operand. */
struct watch_target {
	enum procns_type type;
	uint32_t inum;
	uint64_t id;			/* 0: not known */
	bool gone;
	bool seen;			/* when the watch began */
	bool missed;			/* it had gone before */
};

/* Which events are wanted: all conditions that are given hold. */
struct watch_filter {
	uint32_t types;			/* bits 1 << type; 0: all */
	pid_t pid;			/* of the process at it; 0: any */
	struct watch_target *targets;	/* it is one of these, or one of these owns it */
	size_t ntargets;
};

bool watch_filter_passes(const struct watch_filter *filter, const struct procns_event *event);

/* Notes that a target is alive, or has gone. True once nothing that is wanted can come any more: all have, and none could own what is born. */
bool watch_filter_is_done(struct watch_filter *filter, const struct procns_event *event);

/* Finds what the operands name. Returns an exit status; what is not there is said. */
int watch_targets_resolve(const struct cli *cli, struct procns *ctx, char **operands, struct watch_filter *filter);

/* Once all that is alive has been through watch_filter_is_done(): marks the targets that are not. Returns an exit status. */
int watch_targets_look_again(const struct cli *cli, struct procns *ctx, struct watch_filter *filter);
void watch_targets_compare(struct watch_filter *filter, const struct procns_snapshot *snapshot);

/* The end of a target that was marked and whose end was not told yet; false: there is none. */
bool watch_targets_missed(const struct watch_filter *filter, struct procns_event *event);

/* "alive", "born", "gone" */
const char *watch_event_name(enum procns_event_kind kind);

/* 2026-11-24T22:51:02.123456Z: `digits` (0 to 9) behind the point. */
void watch_format_time(const struct timespec *time, int digits, char *text, size_t size);

/* 17 ms, 3.2 s, 5 min, 3 h, 2 d */
void watch_format_age(int64_t age, char *text, size_t size);

/* How events are printed; each prints whole lines. */
struct watch_printer {
	void (*begin)(const struct procns_watch *watch, FILE *out);
	void (*event)(const struct procns_event *event, FILE *out);
	void (*gap)(const char *gap, FILE *out);
	void (*end)(const struct procns_watch_counts *counts, FILE *out);
};

extern const struct watch_printer watch_text, watch_json;

/* A command to run for events, one after the other. */
struct watch_exec;

/* command NULL: none, and the result is NULL. On failure it is said, and *exec is NULL. Returns an exit status. */
int watch_exec_new(const struct cli *cli, const char *command, struct watch_exec **exec);
void watch_exec_free(struct watch_exec *exec);

/* Puts it into the row of those to be run for; 0 or -ENOMEM. */
int watch_exec_add(struct watch_exec *exec, const struct procns_event *event);

/* Starts what can be started, reaps what has ended. Returns an exit status: a command that cannot be started ends it all. */
int watch_exec_go_on(struct watch_exec *exec);

/* Readable when the one that runs has ended; -1: none runs. */
int watch_exec_fd(const struct watch_exec *exec);

/* How many wait or run. */
size_t watch_exec_left(const struct watch_exec *exec);

#endif
