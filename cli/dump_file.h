/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump of namespaces (docs/json-dump.md) in memory: made from a snapshot by dump_collect.h, or read from a file, and then checked
 * whole before anybody sees it. Whoever has a struct dump may rely on what dump_parse() lists.
 */
#ifndef CLI_DUMP_FILE_H
#define CLI_DUMP_FILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "procns.h"

struct cli;

#define DUMP_FORMAT "procns-dump"
#define DUMP_VERSION 1

#define DUMP_MOST_BYTES (1024L * 1024 * 1024)
#define DUMP_MOST_NAMESPACES 1000000
#define DUMP_MOST_RANGES 340		/* the kernel's limits */
#define DUMP_MOST_HIERARCHIES 200	/* of version 1; the kernel has a dozen controllers, the rest are named */
#define DUMP_MOST_PARENTS 33		/* of a user namespace; of a pid namespace one less */
#define DUMP_LONGEST_NAME 64		/* of a host or domain */

struct dump_map {
	struct procns_id_range *ranges;	/* outside: ids of the parent */
	size_t count;
};

/* What a clock of a time namespace is ahead of the initial one's. */
struct dump_offset {
	int64_t seconds, nanoseconds;
};

/* Whether setgroups(2) may be called in a user namespace. */
enum dump_setgroups {
	DUMP_SETGROUPS_UNKNOWN,
	DUMP_SETGROUPS_ALLOW,
	DUMP_SETGROUPS_DENY,
};

/* A namespace. What is not known is NULL, negative, or has its `..._known` false. */
struct dump_ns {
	char id[16];			/* "ns7", "out2": in this dump only */
	enum procns_type type;
	uint32_t inum;
	uint64_t kernel_id;		/* 0: the kernel had none */
	bool initial, anonymous;
	bool outside;			/* only named: what leads out of a subtree */
	struct dump_ns *owner;		/* NULL: none, or not to be seen */
	struct dump_ns *parent;		/* of pid and user namespaces */
	unsigned int level;		/* 1 with neither owner nor parent here, else one more than theirs */

	bool maps_known;		/* user */
	struct dump_map uid_map, gid_map;
	enum dump_setgroups setgroups;	/* user */
	int64_t creator;		/* user: as an id of its parent; -1: not known */
	const char *hostname, *domainname;	/* uts */
	bool offsets_known;		/* time */
	struct dump_offset monotonic, boottime;
	const char *cgroup_root;	/* cgroup: in the unified hierarchy */
	const char *cgroup_v1_roots;	/* cgroup, live: in each of version 1, a line NAME:ROOT; ROOT empty: not known */

	uint64_t nprocs, nthreads;
	const struct procns_ns *live;	/* in the snapshot it was made from; NULL: read from a file */
	const cJSON *json;		/* its object in the file, with names, members, holders; NULL: from a snapshot */
	unsigned int parents;		/* user, pid: how many it has above it here */
	size_t place;			/* scratch of whoever works through the list: where it is */
	uint64_t shape;			/* see dump_shape.h */
};

#define DUMP_EXPLORERS 4

struct dump {
	struct dump_ns *list;		/* in the order of their making: owners and parents first */
	size_t count;
	struct dump_ns *outside;
	size_t noutside;
	const char *boot_id;		/* of the running system it was taken of; NULL: not known */
	const char *release;		/* of its kernel */
	const char *root;		/* what --root was given; NULL: the whole */
	cJSON *json;			/* NULL: from a snapshot */
	char *text[1 + DUMP_EXPLORERS];	/* what some of the above points into */
};

#define DUMP_WHY 512

/*
 * Reads a dump from text (need not end with a NUL). Returns 0, or a negative errno and why[] says why: it may have texts of the dump
 * in it, whatever bytes they have, so it is for fail(), which writes them safely. A dump that is taken has: the format and a version
 * this program knows; texts that are UTF-8; every member of the right type and in its range; ids that occur once; owners that are user
 * namespaces, and owners and parents that come earlier (so no cycles); parents of their own type, on user and pid namespaces only, a
 * user namespace's being its owner; no more of them above each other than the kernel makes; id maps the kernel would take (no overlap,
 * inside the parent's); paths without "..". dump_free() is due either way.
 */
int dump_parse(const char *text, size_t length, struct dump *dump, char why[DUMP_WHY]);
void dump_free(struct dump *dump);

#define cleanup_dump __attribute__((cleanup(dump_free)))

/* The same of a file ("-" is standard input). Returns EXIT_OK, or EXIT_FAILED and has said why. */
int dump_load(const struct cli *cli, const char *path, struct dump *dump);

/* NULL where there is none. By the id in the dump; by what the kernel calls it. Linear: for many, make a table. */
const struct dump_ns *dump_find(const struct dump *dump, const char *id);
const struct dump_ns *dump_find_number(const struct dump *dump, enum procns_type type, uint32_t inum);
const struct dump_ns *dump_find_kernel_id(const struct dump *dump, uint64_t kernel_id);

/* Whether the dump was taken of the system that runs now: only then do numbers and kernel ids mean the same namespaces. */
bool dump_is_of_this_boot(const struct dump *dump);

/* "allow", "deny", NULL: not known. */
const char *dump_setgroups_text(enum dump_setgroups setgroups);

/* The running system's, as in the dump; allocated, NULL where not known. */
char *dump_read_boot_id(void);

#endif
