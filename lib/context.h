/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a context holds. Nothing in it is shared with snapshots. */
#ifndef PROCNS_CONTEXT_H
#define PROCNS_CONTEXT_H

#include "source.h"

struct procns {
	const char *proc_root;		/* "/proc"; the unit tests put a tree of their own here */
	const struct source *forced;	/* NULL: the engine chooses */
	char error[2048];		/* long: procns_open_ns() says what every route said */
	char reason[512];		/* of the last procns_source_status() */
};

#endif
