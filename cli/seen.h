/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers for objects by their place in memory: what was met before, and under which number. Addresses never leave it. */
#ifndef CLI_SEEN_H
#define CLI_SEEN_H

#include <stdbool.h>
#include <stddef.h>

struct seen {
	const void **slots;
	size_t *numbers;
	size_t capacity, count;
};

/* The object's number, from 1, given in order of meeting; *again says whether it was met before. 0: out of memory. */
size_t seen_number(struct seen *seen, const void *object, bool *again);
void seen_free(struct seen *seen);

#endif
