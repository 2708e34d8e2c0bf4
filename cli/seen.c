// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <stdlib.h>

#include "seen.h"

static size_t slot_of(const struct seen *seen, const void *object)
{
	size_t at = ((uintptr_t)object >> 4) * 0x9e3779b97f4a7c15u >> 20;

	for (;; at++) {
		at &= seen->capacity - 1;
		if (!seen->slots[at] || seen->slots[at] == object)
			return at;
	}
}

static bool grow(struct seen *seen)
{
	struct seen bigger = { .capacity = seen->capacity ? 2 * seen->capacity : 64, .count = seen->count };

	bigger.slots = calloc(bigger.capacity, sizeof(*bigger.slots));
	bigger.numbers = calloc(bigger.capacity, sizeof(*bigger.numbers));
	if (!bigger.slots || !bigger.numbers) {
		seen_free(&bigger);
		return false;
	}
	for (size_t i = 0; i < seen->capacity; i++) {
		size_t at;

		if (!seen->slots[i])
			continue;
		at = slot_of(&bigger, seen->slots[i]);
		bigger.slots[at] = seen->slots[i];
		bigger.numbers[at] = seen->numbers[i];
	}
	seen_free(seen);
	*seen = bigger;
	return true;
}

size_t seen_number(struct seen *seen, const void *object, bool *again)
{
	size_t at;

	if (seen->count * 2 >= seen->capacity && !grow(seen))
		return 0;
	at = slot_of(seen, object);
	*again = seen->slots[at];
	if (!*again) {
		seen->slots[at] = object;
		seen->numbers[at] = ++seen->count;
	}
	return seen->numbers[at];
}

void seen_free(struct seen *seen)
{
	free(seen->slots);
	free(seen->numbers);
	*seen = (struct seen){ 0 };
}
