// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "util.h"
#include "vector.h"

#define DIGIT_BITS 8
#define DIGITS (1u << DIGIT_BITS)

static int set_capacity(struct vector *vector, size_t capacity)
{
	struct vector_item *items = reallocarray(vector->items, capacity, sizeof(*items));

	if (!items)
		return -ENOMEM;
	vector->items = items;
	vector->capacity = capacity;
	return 0;
}

int vector_reserve(struct vector *vector, size_t more)
{
	return more > vector->capacity - vector->count ? set_capacity(vector, vector->count + more) : 0;
}

int vector_add(struct vector *vector, uint64_t key, void *value)
{
	if (vector->count == vector->capacity && set_capacity(vector, vector->capacity ? vector->capacity * 2 : 64) < 0)
		return -ENOMEM;
	vector->items[vector->count++] = (struct vector_item){ key, value };
	return 0;
}

/* Which bits differ between any two keys: only those need sorting. Zero if the keys are in order already. */
static uint64_t bits_to_sort(const struct vector *vector)
{
	const struct vector_item *items = vector->items;
	uint64_t differing = 0;
	bool sorted = true;

	for (size_t i = 1; i < vector->count; i++) {
		differing |= items[i].key ^ items[0].key;
		sorted &= items[i - 1].key <= items[i].key;
	}
	return sorted ? 0 : differing;
}

/* One pass of a radix sort, which keeps the order of equal digits. */
static void sort_by_digit(const struct vector_item *from, struct vector_item *to, size_t count, unsigned int shift)
{
	size_t start[DIGITS] = { 0 };
	size_t next = 0;

	for (size_t i = 0; i < count; i++)
		start[(from[i].key >> shift) & (DIGITS - 1)]++;
	for (size_t digit = 0; digit < DIGITS; digit++) {
		size_t same = start[digit];

		start[digit] = next;
		next += same;
	}
	for (size_t i = 0; i < count; i++)
		to[start[(from[i].key >> shift) & (DIGITS - 1)]++] = from[i];
}

int vector_sort(struct vector *vector)
{
	uint64_t differing = bits_to_sort(vector);
	struct vector_item *spare;

	if (!differing)
		return 0;
	spare = reallocarray(NULL, vector->capacity, sizeof(*spare));
	if (!spare)
		return -ENOMEM;
	for (unsigned int shift = 0; shift < 64; shift += DIGIT_BITS) {
		struct vector_item *sorted = spare;

		if (!((differing >> shift) & (DIGITS - 1)))
			continue;
		sort_by_digit(vector->items, sorted, vector->count, shift);
		spare = vector->items;
		vector->items = sorted;
	}
	free(spare);
	return 0;
}

void vector_free(struct vector *vector)
{
	free(vector->items);
	*vector = (struct vector){ 0 };
}
