/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hash table from numbers to pointers. It owns nothing but its slots. */
#ifndef PROCNS_INDEX_H
#define PROCNS_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct index_slot {
	uint64_t key;
	void *value;			/* NULL: the slot is free */
};

struct index {
	struct index_slot *slots;
	size_t size;			/* a power of two, or 0 */
	size_t count;
};

/* Makes room for this many more at once, where it is known how many come. Returns 0 or -ENOMEM. */
int index_reserve(struct index *index, size_t more);

void *index_find(const struct index *index, uint64_t key);

/*
 * The place of this key's value, for reading and writing: NULL there means that the key is new, and the caller puts a
 * value in before the next call, or leaves the place free. Returns NULL where there is no memory.
 */
void **index_place(struct index *index, uint64_t key);

void index_free(struct index *index);

#endif
