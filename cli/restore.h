/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making the namespaces of a dump again. Everything that can be known beforehand is checked first (restore_plan.c). Then each is made
 * by a helper process (restore_helper.c) that goes where its owner and parent are, makes it and sends a descriptor of it; all
 * are held by descriptors until the last is there, and only then pinned (restore_pin.c), so that none is copied into a mount
 * namespace that is made later. restore_undo() takes everything back, from wherever it got to.
 */
#ifndef CLI_RESTORE_H
#define CLI_RESTORE_H

#include <limits.h>

#include "dump_file.h"

/* What is made of one namespace of the dump. */
struct restored {
	const struct dump_ns *ns;
	bool own;		/* not made: the caller's own stands for it (initial ones) */
	bool left_out;		/* not made, and nothing stands for it */
	int fd;			/* -1: not made (yet) */
	ino_t inum;
	pid_t init;		/* pid: its first process; 0: none */
	int leash;		/* while this is open here, init stays; -1: none */
	bool pinned;
};

struct restore {
	const struct cli *cli;
	const struct dump *dump;
	struct restored *list;	/* by place in the dump's list */
	const char *pins;	/* a directory; NULL: none */
	bool made_pins;		/* it was not there before */
	int cgroup;		/* the root of the unified hierarchy; -1: none is mounted */
	size_t unknown;		/* how many lack something that the dump does not know */
};

/* Each returns EXIT_OK, or an exit status and has said why. */
int restore_plan(struct restore *restore);
int restore_make_all(struct restore *restore);
int restore_pin_all(struct restore *restore);

/* Pins stay, first processes too; nothing needs the caller any more. */
int restore_let_go(struct restore *restore);

/* Ends and removes everything made so far. */
void restore_undo(struct restore *restore);
void restore_end(struct restore *restore);

/* PINS/TYPE-ID */
void restore_pin_path(const struct restore *restore, const struct restored *one, char path[PATH_MAX]);

/* Undoes what an earlier restore left in that directory. */
int restore_remove(const struct cli *cli, const char *pins);

/* What stands for an owner or parent; its fd is -1 for the caller's own. */
const struct restored *restore_above(const struct restore *restore, const struct dump_ns *above);

/* restore_helper.c: what a helper sends, with a descriptor where it worked. */
struct restore_report {
	int err;		/* 0, or errno */
	char what[96];		/* what was tried */
};

/* In the helper; does not return. `leash` is the first process's end. */
void restore_help(const struct restore *restore, const struct restored *one, int channel, int leash) __attribute__((noreturn));

/* restore_init.c: what the first process of a pid namespace does, in a session of its own; does not return. */
void restore_be_init(int leash) __attribute__((noreturn));
#define RESTORE_INIT_NAME "procns-pause"

/* restore_map.c: both maps of the user namespace a process is in. 0, or errno and what failed. */
int restore_write_maps(const struct dump_ns *ns, pid_t pid, const char **what);

#endif
