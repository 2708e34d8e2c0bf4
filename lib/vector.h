/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pointers in a row, with the number each is sorted by. */
#ifndef PROCNS_VECTOR_H
#define PROCNS_VECTOR_H

#include <stddef.h>
#include <stdint.h>

struct vector_item {
	uint64_t key;
	void *value;
};

struct vector {
	struct vector_item *items;
	size_t count, capacity;
};

/* Returns 0 or -ENOMEM. */
int vector_add(struct vector *vector, uint64_t key, void *value);

/* Makes room for this many more at once, where it is known how many come. Returns 0 or -ENOMEM. */
int vector_reserve(struct vector *vector, size_t more);

/* Orders by key, equal keys as they were added; in linear time. Returns 0 or -ENOMEM. */
int vector_sort(struct vector *vector);

void vector_free(struct vector *vector);

#endif
