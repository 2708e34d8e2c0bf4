/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that grows. Out of memory leaves nothing: text_take() then gives NULL, like for a text nothing was added to. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *data;	/* NULL: nothing was added */
	size_t length;
	bool failed;
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *text_take(struct text *text);

/* Allocated; NULL out of memory. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Decimal digits and nothing else, of a number from least (not negative) to most; false where text is none, and *number as it was. */
bool text_to_number(const char *text, int64_t least, int64_t most, int64_t *number);

#endif
