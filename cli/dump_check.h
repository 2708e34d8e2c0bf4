/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a dump: from JSON to struct dump (dump_parse.c), and what has to be true of the whole (dump_check.c). */
#ifndef CLI_DUMP_CHECK_H
#define CLI_DUMP_CHECK_H

#include "dump_file.h"

struct dump_reader {
	struct dump *dump;
	char *why;		/* DUMP_WHY bytes */
	char where[64];		/* "namespaces[3]" */
};

/* Fills why: where it is, and what is wrong with it. Returns -EINVAL. */
int dump_refuse(struct dump_reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Both return 0, -EINVAL or -ENOMEM. */
int dump_check_maps(struct dump_reader *reader);	/* no overlaps, inside the parent's */
int dump_check_numbers(struct dump_reader *reader);	/* numbers and kernel ids once each; initial ones once of a type */

bool dump_is_path(const char *text);

#endif
