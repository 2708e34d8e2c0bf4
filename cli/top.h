/* SPDX-License-Identifier: GPL-2.0-or-later */
/* procns top: rows, how they are sorted and written, and the screen they are shown on. */
#ifndef CLI_TOP_H
#define CLI_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cells.h"

struct cli;

enum top_sort {
	TOP_BY_MEMBERS,			/* most processes first */
	TOP_BY_AGE,			/* the newest first */
	TOP_BY_HOLDERS,			/* most first */
	TOP_BY_NAME,			/* type, number */
	TOP_NSORTS,
};

/* What is remembered of a namespace from one snapshot to the next. */
struct top_seen {
	enum procns_type type;
	uint32_t inum;
	uint64_t id;			/* 0: not known */
	int64_t since;			/* ms */
	bool from_start;		/* it may be older */
};

struct top_row {
	const struct procns_ns *ns;	/* of the last snapshot */
	struct top_seen seen;
};

struct top_rows {
	struct top_row *rows;		/* of the types asked for */
	size_t count;
	struct top_seen *seen;		/* of all, ordered by number */
	size_t nseen;
	bool started;
};

/* What a snapshot has, in its own order; ages go on from the snapshot before. types: bits 1 << type, 0: all. 0 or -ENOMEM. */
int top_rows_update(struct top_rows *rows, const struct procns_snapshot *snapshot, uint32_t types, int64_t now);
void top_rows_sort(struct top_rows *rows, enum top_sort sort, bool reverse);
void top_rows_free(struct top_rows *rows);

/* "members", …; and back: -EINVAL. */
const char *top_sort_name(enum top_sort sort);
int top_sort_parse(const char *name, enum top_sort *sort);

/* "12 s", "3 min": in at most seven characters; `>` before it where it may be older. */
void top_format_age(const struct top_row *row, int64_t now, char *text, size_t size);

struct top {
	const struct cli *cli;
	struct procns *ctx;
	struct procns_snapshot *snapshot;
	struct top_rows rows;
	struct cells cells;
	enum top_sort sort;
	bool reverse, batch, color;
	uint32_t types;
	int64_t interval;		/* ms */
	uint64_t iterations;		/* left; 0: no end */
	int signals;			/* signalfd */

	/* The screen's */
	size_t first;			/* row at the top */
	bool help;
};

/* Takes the next snapshot. Returns an exit status, already said in `why` (at least 1024 bytes) only: the screen is not ours to print on. */
int top_refresh(struct top *top, char *why, size_t size);

/* Lines of text, allocated, fit for a terminal; NULL: out of memory. */
char *top_title(const struct top *top);
char *top_state(const struct top *top);
const char *top_heading(void);
char *top_line(struct top *top, const struct top_row *row);

/* Shows it on the terminal until it ends. Returns an exit status. */
int top_screen(struct top *top);

#endif
