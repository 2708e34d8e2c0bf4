/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump of what is there now, or of a part of it, in the making: what is found, what of it is inside, and how it is written. */
#ifndef CLI_DUMP_LIVE_H
#define CLI_DUMP_LIVE_H

#include <stdio.h>

#include "dump_explore.h"
#include "dump_file.h"
#include "procns-net.h"
#include "seen.h"

struct json_writer;

/* Why a subtree knows a namespace outside of it. */
struct dump_reference {
	const struct procns_ns *to;
	size_t number;				/* of it, as dump_number() says */
	enum { DUMP_BY_OWNER, DUMP_BY_PARENT, DUMP_BY_HOLDER, DUMP_BY_LINK } how;
	const struct procns_ns *of;		/* who is inside; BY_HOLDER: NULL, or the mount namespace */
	const struct procns_holder *holder;
	const struct procns_link *link;
};

struct dump_live {
	const struct cli *cli;
	struct procns *ctx;
	struct procns_snapshot *snapshot;
	struct procns_topology *topology;
	struct dump dump;
	struct dump_gaps gaps;
	struct seen numbers;			/* of every namespace of the snapshot, from 1 */
	struct dump_ns **by_number;		/* in the dump; NULL: in neither list */
	bool *inside;				/* by number - 1: it is part of what is dumped */
	enum { DUMP_WHOLE, DUMP_OF_USER, DUMP_OF_TASK } of;
	bool by_pid;				/* a process belongs to the subtree by its pid namespace; else by any */
	struct dump_reference *references;	/* by whom they lead to */
	size_t nreferences, most_references;
};

void dump_live_end(struct dump_live *live);

/* Its number in by_number and inside, which begin with 0; SIZE_MAX where it has none. */
size_t dump_number(struct dump_live *live, const struct procns_ns *ns);

/* Its id in the dump; NULL where ns is NULL or not in it. */
const char *dump_id(struct dump_live *live, const struct procns_ns *ns);

/* Every `incomplete:` line on stderr. EXIT_PARTIAL if strict and there was one, else EXIT_OK. */
int dump_say_gaps(const struct dump_live *live, bool strict);

/* dump_root.c: marks what is inside, and finds what leads out. EXIT_OK, or an exit status and has said why. */
int dump_choose(struct dump_live *live, const char *root);
int dump_find_references(struct dump_live *live);
const struct dump_reference *dump_references_to(struct dump_live *live, const struct procns_ns *to, size_t *n);
bool dump_task_is_inside(struct dump_live *live, const struct procns_task *task);

/* dump_write.c */
int dump_write(struct dump_live *live, FILE *out);

/* dump_write_holder.c */
struct dump_holders {
	struct dump_live *live;
	struct json_writer *json;
	struct seen seen;
};

void dump_write_holders(struct dump_holders *holders, const struct procns_ns *ns);
void dump_write_references(struct dump_holders *holders, const struct procns_ns *to);

/* dump_write_net.c */
void dump_write_netns(struct dump_live *live, struct json_writer *json, const struct procns_ns *ns);

#endif
