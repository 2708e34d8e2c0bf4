/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The namespaces a watch knows to be alive, by number: no two that live have the same. What was traced and what was seen in a
 * list are brought together here; nothing in it touches the kernel.
 */
#ifndef PROCNS_WATCH_KNOWN_H
#define PROCNS_WATCH_KNOWN_H

#include "procns-watch.h"

/* One namespace as a list or a trace has it. */
struct sight {
	enum procns_type type;
	uint32_t inum, owner;
	uint64_t id;			/* 0: not known */
	uint64_t address;		/* for joining; 0: not known */
};

/* One that is alive, as far as is known. */
struct known {
	struct sight sight;
	int64_t since;			/* when it was born or first seen, CLOCK_MONOTONIC ns */
	bool birth_seen;		/* since is its birth */
	bool pending;			/* seen in one list only, and its birth not yet told: the trace may still tell it */
	uint32_t list;			/* number of the last list it was in */
	struct known *next;
};

struct known_set {
	struct known **chains;
	size_t size, count;
	uint32_t lists;			/* how many there were */
	int64_t first_list_end;
	bool traced;			/* births are traced: one that only a list shows is told when the next shows it too */

	/*
	 * Told of each event. known is as it was alive. noticed: `time` is when, not then. Returns 0 or a negative errno, which
	 * ends what is being done and is returned.
	 */
	int (*tell)(void *data, enum procns_event_kind kind, const struct known *known, int64_t time, bool noticed);
	void *data;
};

struct known *known_find(const struct known_set *set, uint32_t inum);
void known_free(struct known_set *set);

/* A birth was traced. Returns 1: it is new; 0: it was in the first list already, and is not told; or a negative errno. */
int known_born(struct known_set *set, const struct sight *sight, int64_t time);

/* An end was traced; sight has but a number where nothing more is known. Returns as known_born(). */
int known_gone(struct known_set *set, const struct sight *sight, bool typed, int64_t time);

/* Everything that is alive, listed between two moments. Of the first list all are ALIVE. Returns 0 or a negative errno. */
int known_listed(struct known_set *set, const struct sight *sights, size_t count, int64_t began, int64_t ended);

/* Is there any that the next list should settle? */
bool known_has_pending(const struct known_set *set);

#endif
