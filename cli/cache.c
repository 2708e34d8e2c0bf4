// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "cache.h"

const char *cache_get(struct cache *cache, uint32_t key, char *(*make)(uint32_t key, void *data), void *data)
{
	struct cache_slot *slot = &cache->slots[key % CACHE_SLOTS];

	if (slot->text && slot->key == key)
		return slot->text;
	free(slot->text);
	slot->key = key;
	slot->text = make(key, data);
	return slot->text;
}

void cache_clear(struct cache *cache)
{
	for (int i = 0; i < CACHE_SLOTS; i++)
		free(cache->slots[i].text);
}
