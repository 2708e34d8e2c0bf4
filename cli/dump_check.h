/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a dump: from JSON to struct dump (dump_parse.c, its members dump_take.c), and what has to be true of the whole (dump_check.c). */
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

#define DUMP_EXACT 9007199254740992.0	/* integers up to it have a double of their own */
#define DUMP_SHOWN 40			/* bytes of a text that is refused */

/* A member for which is() holds, `what` in words; NULL and refused where there is none. */
const cJSON *dump_take(struct dump_reader *reader, const cJSON *object, const char *key, cJSON_bool (*is)(const cJSON *), const char *what);

/* 0, -EINVAL or -ENOMEM. NULL in *text, `without` in *number, where the member is null. Numbers are whole, from 0 to `most`. */
int dump_take_text(struct dump_reader *reader, const cJSON *object, const char *key, const char **text);
int dump_take_number(struct dump_reader *reader, const cJSON *object, const char *key, double most, uint64_t *number);
int dump_take_number_or_null(struct dump_reader *reader, const cJSON *object, const char *key, double most, int64_t without,
			     int64_t *number);
int dump_take_properties(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns);	/* what its type has */
int dump_check_objects(struct dump_reader *reader, const cJSON *object, const char *key);	/* a list of objects, or null */
int dump_check_names(struct dump_reader *reader, const cJSON *object);
int dump_check_members(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns);
int dump_check_holders(struct dump_reader *reader, const cJSON *object, const char *key);

/* Both return 0, -EINVAL or -ENOMEM. */
int dump_check_maps(struct dump_reader *reader);	/* no overlaps, inside the parent's */
int dump_check_numbers(struct dump_reader *reader);	/* numbers and kernel ids once each; initial ones once of a type */

bool dump_is_path(const char *text);

#endif
