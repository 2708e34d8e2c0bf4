/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small cache of texts by number, for what costs a file or a database to look up: a few slots, the last one to need a slot
 * has it.
 */
#ifndef CLI_CACHE_H
#define CLI_CACHE_H

#include <stdint.h>

#define CACHE_SLOTS 64

struct cache {
	struct cache_slot {
		uint32_t key;
		char *text;	/* NULL: empty */
	} slots[CACHE_SLOTS];
};

/* The text of key, made by make(key, data) where it is not there; NULL only if that gives NULL. Valid until the next call. */
const char *cache_get(struct cache *cache, uint32_t key, char *(*make)(uint32_t key, void *data), void *data);

void cache_clear(struct cache *cache);

#endif
