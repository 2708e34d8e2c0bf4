/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that is given out in pieces and goes away at once. */
#ifndef PROCNS_ARENA_H
#define PROCNS_ARENA_H

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;	/* the one in use first */
	char *next, *end;		/* what is left of it */
	size_t chunk_size;		/* of the next chunk: they double, so that there are few of them */
};

/* Zeroed and aligned for any type; NULL where there is no memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* The text and a NUL; not aligned. */
char *arena_strndup(struct arena *arena, const char *text, size_t length);

void arena_free(struct arena *arena);

#endif
