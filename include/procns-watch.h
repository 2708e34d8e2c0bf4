/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libprocns: namespaces as they are born and go.
 *
 * A watch is made to be one of the things an event loop waits for: it has a descriptor that becomes readable and a time by which it
 * wants to be asked again, whichever comes first; procns_watch_read() takes in what happened, procns_watch_next() gives it out.
 *
 *	struct procns_watch_options options = { .interval = 1000 };
 *	const struct procns_event *event;
 *	struct procns_watch *watch;
 *
 *	if (procns_watch_open(ctx, &options, &watch) < 0)
 *		errx(1, "%s", procns_error(ctx));
 *	for (;;) {
 *		struct pollfd poll_for = { .fd = procns_watch_fd(watch), .events = POLLIN };
 *
 *		poll(&poll_for, 1, procns_watch_timeout(watch));
 *		if (procns_watch_read(watch) < 0)
 *			errx(1, "%s", procns_error(ctx));
 *		while ((event = procns_watch_next(watch)))
 *			printf("%s:[%u] %s\n", procns_type_name(event->type), event->inum,
 *			       event->kind == PROCNS_EVENT_GONE ? "gone" : "there");
 *	}
 *
 * As with procns.h, events are made by the library alone and fields may be added at their ends.
 */
#ifndef PROCNS_WATCH_H
#define PROCNS_WATCH_H

#include <time.h>

#include <procns.h>

#ifdef __cplusplus
extern "C" {
#endif

struct procns_watch;

/* How a watch knows. Each is tried in this order unless one is named. */
enum procns_watch_mode {
	PROCNS_WATCH_AUTO,
	/*
	 * BPF programs at the kernel's functions that make and end namespaces: nothing is missed, as long as their ring has room. Needs
	 * CAP_BPF and CAP_PERFMON, and a kernel that lets fentry programs be loaded.
	 */
	PROCNS_WATCH_TRACE,
	/*
	 * BPF programs at tracepoints see births; that a namespace has gone is noticed in the next walk through the kernel's
	 * lists. Needs CAP_BPF and CAP_PERFMON.
	 */
	PROCNS_WATCH_WALK,
	/* Snapshots, compared. What lives for a shorter time than `interval` is not seen. Needs nothing. */
	PROCNS_WATCH_POLL,
};

struct procns_watch_options {
	enum procns_watch_mode mode;
	unsigned int interval;		/* between two walks or snapshots, ms; 0: 200 by walks, 1000 by snapshots */
};

enum procns_event_kind {
	PROCNS_EVENT_ALIVE,		/* it was there when the watch began; these come first */
	PROCNS_EVENT_BORN,
	PROCNS_EVENT_GONE,
};

struct procns_event {
	enum procns_event_kind kind;
	enum procns_type type;
	uint32_t inum;
	uint32_t owner;			/* number of the user namespace that owns it; 0: not known, or none */
	uint64_t id;			/* 0: not known */
	struct timespec time;		/* CLOCK_REALTIME */
	int64_t age;			/* GONE: how long it lived, ns; -1: it was there before, or its birth was only noticed */
	bool noticed;			/* not when it happened, but when a walk or a snapshot first showed it */

	/* The task that was at it. What is not known is 0 or NULL: who noticed later, or the kernel itself, doesn't know it. */
	pid_t pid, tid;			/* in the caller's pid namespace */
	uid_t uid;			/* in the initial user namespace's ids; valid where comm is */
	const char *comm;		/* any bytes */
	const char *call;		/* the system call: "unshare", "clone", "exit", … */
	const char *cgroup;		/* path in cgroup2 */
};

/* What a watch has counted since it was opened. */
struct procns_watch_counts {
	uint64_t born, gone, alive;	/* events */
	uint64_t lost;			/* times the ring had no room: each a birth or an end that was not told */
	uint64_t walks;			/* walks or snapshots */
};

/*
 * Begins to watch. options NULL: all by default. ctx must live as long as the watch. Returns 0 or a negative errno: -EPERM or
 * -EOPNOTSUPP (the mode named does not work here), -ENOMEM, or what the first snapshot gave. Since 0.1.
 */
PROCNS_PUBLIC int procns_watch_open(struct procns *ctx, const struct procns_watch_options *options, struct procns_watch **watch);
PROCNS_PUBLIC void procns_watch_free(struct procns_watch *watch);

/* The mode it works by, and in one line why none of those before it; NULL: it is the first. Since 0.1. */
PROCNS_PUBLIC enum procns_watch_mode procns_watch_mode(const struct procns_watch *watch);
PROCNS_PUBLIC const char *procns_watch_reason(const struct procns_watch *watch);

/* "trace", "walk", "poll"; and back, "auto" too: -EINVAL where no mode has that name. Since 0.1. */
PROCNS_PUBLIC const char *procns_watch_mode_name(enum procns_watch_mode mode);
PROCNS_PUBLIC int procns_watch_mode_parse(const char *name, enum procns_watch_mode *mode);

/* Readable when there is something to take in; -1: it never is, only the time tells. Since 0.1. */
PROCNS_PUBLIC int procns_watch_fd(const struct procns_watch *watch);

/* After how many ms procns_watch_read() wants to be called whatever happens; as poll(2) takes it. Since 0.1. */
PROCNS_PUBLIC int procns_watch_timeout(const struct procns_watch *watch);

/* Takes in what happened since; does not wait. Returns 0, or a negative errno: the watch is of no use any more. Since 0.1. */
PROCNS_PUBLIC int procns_watch_read(struct procns_watch *watch);

/* The next event, NULL: none for now. It lives until the next call of this or of procns_watch_read(). Since 0.1. */
PROCNS_PUBLIC const struct procns_event *procns_watch_next(struct procns_watch *watch);

/*
 * What could not be seen since the last call, one line fit to follow "incomplete: "; NULL: nothing more. It lives until the next
 * call of this. Since 0.1.
 */
PROCNS_PUBLIC const char *procns_watch_gap(struct procns_watch *watch);

PROCNS_PUBLIC void procns_watch_counts(const struct procns_watch *watch, struct procns_watch_counts *counts);

#ifdef __cplusplus
}
#endif
#endif
