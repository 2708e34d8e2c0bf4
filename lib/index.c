// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "index.h"

#define SMALLEST_SIZE 64

/* Keys are numbers in a row, mostly: the multiplication (by 2^64 / golden ratio) spreads them over the high bits. */
static size_t first_slot(const struct index *index, uint64_t key)
{
	return ((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (index->size - 1);
}

static struct index_slot *slot_of(const struct index *index, uint64_t key)
{
	size_t i = first_slot(index, key);

	while (index->slots[i].value && index->slots[i].key != key)
		i = (i + 1) & (index->size - 1);
	return &index->slots[i];
}

/* At most three quarters full, so that runs of taken slots stay short. */
static bool has_room(size_t size, size_t count)
{
	return count <= size - size / 4;
}

static int set_size(struct index *index, size_t size)
{
	struct index larger = { .size = size, .count = index->count };

	larger.slots = calloc(size, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < index->size; i++)
		if (index->slots[i].value)
			*slot_of(&larger, index->slots[i].key) = index->slots[i];
	index_free(index);
	*index = larger;
	return 0;
}

int index_reserve(struct index *index, size_t more)
{
	size_t size = index->size ? index->size : SMALLEST_SIZE;

	while (size && !has_room(size, index->count + more))
		size *= 2;
	if (!size)
		return -ENOMEM;
	return size > index->size ? set_size(index, size) : 0;
}

void *index_find(const struct index *index, uint64_t key)
{
	return index->size ? slot_of(index, key)->value : NULL;
}

void **index_place(struct index *index, uint64_t key)
{
	struct index_slot *slot;

	if (index_reserve(index, 1) < 0)
		return NULL;
	slot = slot_of(index, key);
	if (!slot->value) {
		slot->key = key;
		index->count++;
	}
	return &slot->value;
}

void index_free(struct index *index)
{
	free(index->slots);
	*index = (struct index){ 0 };
}
