/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fsfuzz DIR SECONDS [SEED]: random system calls on DIR, where a procns is mounted, from several processes at once: of different users,
 * in different namespaces, some with procns mounts of their own. Prints "ok - ", "not ok - " and "# " lines, for tap.sh to number. What was
 * tried, and how much of it succeeded, is said for each operation: some have to succeed sometimes, what changes the directory never may.
 *
 *	fsfuzz.c		lives and their end, the count
 *	fsfuzz_world.c		who a life is, and in which namespaces
 *	fsfuzz_name.c		names: good, nearly good, and neither
 *	fsfuzz_look.c		operations that look
 *	fsfuzz_change.c		operations that would change the directory
 *	fsfuzz_mount.c		operations on mounts
 *	fsfuzz_ns.c		operations on what was opened, and namespaces that come and go
 */
#ifndef FSFUZZ_H
#define FSFUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define FUZZ_DIRS 4		/* directories of a life's own, to mount on: WORK/0 … */
#define FUZZ_NAMES 64		/* remembered of the last listing */
#define FUZZ_FDS 12		/* kept open */
#define FUZZ_NAME 32
#define FUZZ_TEXT 160

/* Common to all processes. */
struct shared {
	unsigned long tried[64], succeeded[64];
	unsigned int wrong;			/* how often something was not as it has to be */
	char first_wrong[FUZZ_TEXT];		/* with the seed of the life it was in */
};

/* One process. */
struct fuzz {
	uint64_t random, seed;
	struct shared *shared;
	const char *top;			/* the directory that was given */
	const char *work;			/* a tmpfs with FUZZ_DIRS directories and a file, "file" */
	bool may_mount;				/* in a mount namespace of its own */
	bool blind;				/* mounts may hide entries, and descriptors are shared: nothing seen is wrong */
	int dir;				/* an open procns, or -1 */
	int fds[FUZZ_FDS];			/* namespaces and what else was opened, or -1 */
	char names[FUZZ_NAMES][FUZZ_NAME];
	size_t nnames;
	char *page;				/* followed by what may not be touched */
};

enum expectation { ANY, SOMETIMES, NEVER };

/* Returns what the system call does: negative, with errno, where it fails. */
struct operation {
	const char *name;
	long (*run)(struct fuzz *fuzz);
	enum expectation expected;
	bool mounts;				/* only where may_mount */
};

extern const struct operation look_operations[], change_operations[], mount_operations[], ns_operations[];
extern const size_t look_count, change_count, mount_count, ns_count;

uint64_t random_next(struct fuzz *fuzz);
uint64_t random_below(struct fuzz *fuzz, uint64_t n);
bool one_in(struct fuzz *fuzz, unsigned int n);
/* Some of the bits; often one of them alone. */
uint64_t random_bits(struct fuzz *fuzz, uint64_t all);
#define pick(fuzz, array) ((array)[random_below(fuzz, ARRAY_SIZE(array))])

/* Room for up to `size` bytes, of which the last may not be there; sometimes none is. */
void *random_room(struct fuzz *fuzz, size_t size);

/* A name of any kind, as text of the caller's room; the flat have neither slash nor a leading dot, so that they lead nowhere else. */
#define NAME_ROOM 4352
const char *any_name(struct fuzz *fuzz, char room[NAME_ROOM]);
const char *flat_name(struct fuzz *fuzz, char room[NAME_ROOM]);
/* One that was listed, or NULL. */
const char *good_name(struct fuzz *fuzz);
/* Type and number, exactly as written; 0: not one. */
uint32_t name_number(const char *name);

void keep_fd(struct fuzz *fuzz, int fd);
int random_fd(struct fuzz *fuzz);
void reopen_dir(struct fuzz *fuzz);
int open_entry(struct fuzz *fuzz);	/* one that was listed, kept; or -1 */
/* WORK/0 …; of a static buffer. */
const char *work_dir(struct fuzz *fuzz);

void wrong(struct fuzz *fuzz, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Becomes somebody somewhere; does not return where that fails for want of something. */
void enter_world(struct fuzz *fuzz);

#endif
