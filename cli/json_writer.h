/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON as it is written, member by member, without a tree in memory. Whatever bytes a text has, the result is JSON, in ASCII where
 * a terminal or a browser might see more than a letter in it: what is not UTF-8 becomes the text \xNN; control characters, those
 * that change the direction of text, and < > & become escapes, so that it may stand inside a page.
 */
#ifndef CLI_JSON_WRITER_H
#define CLI_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json_writer {
	FILE *out;
	int depth;
	bool more;			/* something stands before in this object or array */
};

/* `key` is NULL inside arrays and for the outermost. */
void json_begin(struct json_writer *json, const char *key, char bracket);	/* '{' or '[' */
void json_end(struct json_writer *json, char bracket);				/* '}' or ']' */
void json_text(struct json_writer *json, const char *key, const char *text);	/* NULL: null */
void json_number(struct json_writer *json, const char *key, int64_t number);
void json_bool(struct json_writer *json, const char *key, bool value);
void json_null(struct json_writer *json, const char *key);

/* The text, quoted. */
void json_write_text(const char *text, FILE *out);

#endif
