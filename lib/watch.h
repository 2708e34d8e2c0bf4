/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a watch is made of: what is alive (watch_known.h), lists of it (watch_list.c), traces (watch_bpf.c), and events to be told. */
#ifndef PROCNS_WATCH_INTERNAL_H
#define PROCNS_WATCH_INTERNAL_H

#include <linux/types.h>

#include "bpf/births.h"
#include "context.h"
#include "index.h"
#include "watch_known.h"

#define WATCH_GAP_SIZE 512

struct watch_bpf;
struct watch_lister;

/* An event as it waits: what takes asking is asked when it is given out. */
struct watch_event {
	struct procns_event event;
	uint64_t cgroup;
	char comm[16];
};

struct watch_queue {
	struct watch_event *events;
	size_t first, count, size;
};

struct watch_gaps {
	char **lines;			/* all that were said or will be, each once */
	size_t count, said;
};

struct watch_cgroups {
	int mount;			/* descriptor of cgroup2's root, or -1 */
	struct index paths;		/* by id */
};

struct procns_watch {
	struct procns *ctx;
	enum procns_watch_mode mode;
	unsigned int interval;		/* ms */
	char reason[1024];
	struct known_set known;
	struct watch_bpf *bpf;		/* NULL: polling */
	struct watch_lister *lister;
	struct watch_queue queue;
	struct watch_gaps gaps;
	struct watch_cgroups cgroups;
	struct procns_watch_counts counts;

	const struct birth_record *record; /* the one that is being told of */
	int64_t real_time;		/* CLOCK_REALTIME - CLOCK_MONOTONIC, ns */
	int64_t list_at;		/* when the next list is due, CLOCK_MONOTONIC ns; INT64_MAX: never */
	struct watch_event current;	/* the one given out */
};

int64_t watch_now(void);

/* watch_event.c: of `data`, a watch, the event waits to be given out. Returns 0 or -ENOMEM. */
int watch_tell(void *data, enum procns_event_kind kind, const struct known *known, int64_t time, bool noticed);

/* watch_list.c: everything that is alive. */
int watch_lister_open(struct procns_watch *watch);
void watch_lister_close(struct watch_lister *lister);

/* The sights live until the next call. Returns 0 or a negative errno with the message set on the context. */
int watch_list(struct procns_watch *watch, const struct sight **sights, size_t *count);

/* watch_bpf.c: opens by the watch's mode. Returns 0 or a negative errno with the message set on the context. */
int watch_bpf_open(struct procns_watch *watch);
void watch_bpf_close(struct watch_bpf *bpf);
int watch_bpf_fd(const struct watch_bpf *bpf);

/* Calls watch_take() for each record of the ring. Returns how many there were, or a negative errno. */
int watch_bpf_drain(struct procns_watch *watch);
int watch_take(struct procns_watch *watch, const struct birth_record *record);

/* Have the programs wake whoever reads the ring next time, as he will not look by himself. */
void watch_bpf_sleep(struct watch_bpf *bpf);
bool watch_bpf_is_awake(const struct watch_bpf *bpf);

/* Has a task with namespaces of its own left since the last time this was asked? */
bool watch_bpf_is_hinted(const struct watch_bpf *bpf);
void watch_bpf_clear_hint(struct watch_bpf *bpf);
uint64_t watch_bpf_lost(const struct watch_bpf *bpf);

/* watch_call.c: the name of a system call that ends or makes namespaces; NULL for others. */
const char *watch_call_name(uint32_t call);
uint32_t watch_call_unshare(void);

/* watch_cgroup.c: the path of a cgroup; NULL where it is not known (any more). It lives until the next call. */
void watch_cgroups_open(struct watch_cgroups *cgroups);
void watch_cgroups_close(struct watch_cgroups *cgroups);
const char *watch_cgroup_path(struct watch_cgroups *cgroups, uint64_t id);

/* One more thing that could not be seen; a line said before is not said again. */
int watch_gap(struct procns_watch *watch, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
