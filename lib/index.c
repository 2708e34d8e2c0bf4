// SPDX-License-Identifier: LGPL-2.1-or-later
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

static int grow(struct index *index)
{
	struct index larger = { .size = index->size ? index->size * 2 : SMALLEST_SIZE, .count = index->count };

	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (!larger.slots)
		return -1;
	for (size_t i = 0; i < index->size; i++)
		if (index->slots[i].value)
			*slot_of(&larger, index->slots[i].key) = index->slots[i];
	free(index->slots);
	*index = larger;
	return 0;
}

void *index_find(const struct index *index, uint64_t key)
{
	return index->size ? slot_of(index, key)->value : NULL;
}

void **index_place(struct index *index, uint64_t key)
{
	struct index_slot *slot;

	/* At most half full, so that runs of taken slots stay short. */
	if (index->count * 2 >= index->size && grow(index) < 0)
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
