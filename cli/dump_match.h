/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which namespace of one dump is which of another. */
#ifndef CLI_DUMP_MATCH_H
#define CLI_DUMP_MATCH_H

#include "dump_file.h"

enum dump_matched_by {
	DUMP_MATCHED_BY_ID,		/* one boot of a system that has ids: certain */
	DUMP_MATCHED_BY_NUMBER,		/* one boot of one that has none: a number may have been given out again */
	DUMP_MATCHED_BY_STRUCTURE,	/* by what they are and what they are connected with */
};

/* partners[i] is what before->list[i] is in `after`, NULL: gone; the other way in back[i]. Both have room for all. */
struct dump_match {
	enum dump_matched_by by;
	struct dump_ns **partners, **back;
};

/* 0 or -ENOMEM; dump_match_free() is due either way. */
int dump_match(struct dump *before, struct dump *after, bool by_structure, struct dump_match *match);
void dump_match_free(struct dump_match *match);

#endif
