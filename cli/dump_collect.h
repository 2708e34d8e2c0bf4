/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump of what is there now, or of a part of it. docs/json-dump.md says what the members mean. */
#ifndef CLI_DUMP_COLLECT_H
#define CLI_DUMP_COLLECT_H

#include "dump_live.h"

/* How it is asked for. */
struct dump_request {
	const char *root;			/* --root; NULL: everything */
	const char *source;
};

/* Returns EXIT_OK, or an exit status and has said why. dump_live_end() is due either way. */
int dump_collect(struct dump_live *live, const struct cli *cli, const struct dump_request *request);

/*
 * What is there now as if it had been read from a file. Returns EXIT_OK, or an exit status and has said why; *partial is EXIT_PARTIAL if
 * strict and something could not be seen (said, too), else EXIT_OK. dump_free() is due either way.
 */
int dump_now(const struct cli *cli, const struct dump_request *request, struct dump *dump, bool strict, int *partial);

#endif
