// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define FIRST_CHUNK_SIZE (16u * 1024)
#define LARGEST_CHUNK_SIZE (1024u * 1024)

struct arena_chunk {
	struct arena_chunk *next;
	alignas(max_align_t) char data[];
};

static char *add_chunk(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk;

	if (size > SIZE_MAX - sizeof(*chunk))
		return NULL;
	chunk = calloc(1, sizeof(*chunk) + size);
	if (!chunk)
		return NULL;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk->data;
}

static char *alloc_from_new_chunk(struct arena *arena, size_t size)
{
	size_t chunk_size = arena->chunk_size ? arena->chunk_size : FIRST_CHUNK_SIZE;
	char *data;

	/* What is large gets a chunk of its own; the one in use goes on being filled. */
	if (size > chunk_size / 4)
		return add_chunk(arena, size);

	data = add_chunk(arena, chunk_size);
	if (!data)
		return NULL;
	arena->next = data + size;
	arena->end = data + chunk_size;
	if (chunk_size < LARGEST_CHUNK_SIZE)
		arena->chunk_size = chunk_size * 2;
	return data;
}

static size_t align_up(size_t value)
{
	return (value + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t padding = align_up((uintptr_t)arena->next) - (uintptr_t)arena->next;
	size_t left = arena->end - arena->next;
	char *memory;

	if (!size)
		size = 1;	/* a list may be empty; NULL means that there is no memory */
	if (left < padding || left - padding < size)
		return alloc_from_new_chunk(arena, size);
	memory = arena->next + padding;
	arena->next = memory + size;
	return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena->next;

	if ((size_t)(arena->end - arena->next) > length)
		arena->next += length + 1;
	else
		copy = alloc_from_new_chunk(arena, length + 1);
	if (copy)
		memcpy(copy, text, length);
	return copy;
}

void arena_free(struct arena *arena)
{
	while (arena->chunks) {
		struct arena_chunk *chunk = arena->chunks;

		arena->chunks = chunk->next;
		free(chunk);
	}
	arena->next = arena->end = NULL;
}
