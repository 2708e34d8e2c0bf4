// SPDX-License-Identifier: GPL-2.0-or-later
/* The arena, the index and the vector, compared with what they are to do done the slow way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "index.h"
#include "util.h"
#include "vector.h"

static uint64_t random_number(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void arena_memory_is_apart_zeroed_and_aligned(void **state)
{
	enum { PIECES = 5000 };
	static unsigned char *pieces[PIECES];
	static size_t sizes[PIECES];
	struct arena arena = { 0 };
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < PIECES; i++) {
		sizes[i] = random_number(&seed) % (i % 100 ? 200 : 100000);
		pieces[i] = arena_alloc(&arena, sizes[i]);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(pieces[i][j], 0);
		memset(pieces[i], i % 255 + 1, sizes[i]);
	}
	for (size_t i = 0; i < PIECES; i++)
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(pieces[i][j], i % 255 + 1);
	arena_free(&arena);
}

static void arena_texts_end(void **state)
{
	static const char *const parts[] = { "", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg" };
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < 20000; i++)
		assert_string_equal(arena_strndup(&arena, "abcdefg", i % ARRAY_SIZE(parts)), parts[i % ARRAY_SIZE(parts)]);
	arena_free(&arena);
}

static void arena_refuses_the_impossible(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 8));
	assert_non_null(arena_alloc(&arena, 1));
	arena_free(&arena);
}

static void index_finds_what_was_put_in(void **state)
{
	enum { KEYS = 20000 };
	static int values[KEYS];
	struct index index = { 0 };

	(void)state;
	assert_null(index_find(&index, 0));
	for (uint64_t i = 0; i < KEYS; i++) {
		void **place = index_place(&index, i << 32 | (i * 7 % 5));

		assert_non_null(place);
		assert_null(*place);
		*place = &values[i];
	}
	for (uint64_t i = 0; i < KEYS; i++) {
		assert_ptr_equal(index_find(&index, i << 32 | (i * 7 % 5)), &values[i]);
		assert_ptr_equal(*index_place(&index, i << 32 | (i * 7 % 5)), &values[i]);
		assert_null(index_find(&index, i << 32 | 5));
	}
	assert_true(index.size <= 4 * KEYS);
	index_free(&index);
}

static void index_places_may_stay_free(void **state)
{
	struct index index = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 10000; i++)
		assert_null(*index_place(&index, i));
	for (uint64_t i = 0; i < 10000; i++)
		assert_null(index_find(&index, i));
	index_free(&index);
}

/* Values are the order of adding, by which equal keys have to stay sorted. */
static void expect_sorted(const struct vector *vector)
{
	for (size_t i = 1; i < vector->count; i++) {
		const struct vector_item *item = &vector->items[i];

		assert_true(item[-1].key <= item->key);
		if (item[-1].key == item->key)
			assert_true((uintptr_t)item[-1].value < (uintptr_t)item->value);
	}
}

static void vector_sorts(void **state)
{
	static const uint64_t masks[] = { 0, 1, 0xff, 0xff00, 0xf00000000000000f, UINT64_MAX };
	uint64_t seed = 2;

	(void)state;
	for (size_t mask = 0; mask < ARRAY_SIZE(masks); mask++) {
		for (size_t count = 0; count < 3000; count = count * 2 + 1) {
			struct vector vector = { 0 };
			uint64_t sum = 0, sum_sorted = 0;

			for (size_t i = 0; i < count; i++) {
				uint64_t key = random_number(&seed) & masks[mask];

				assert_int_equal(vector_add(&vector, key, (void *)(i + 1)), 0);
				sum += key * (i + 1);
			}
			assert_int_equal(vector_sort(&vector), 0);
			expect_sorted(&vector);
			for (size_t i = 0; i < count; i++)
				sum_sorted += vector.items[i].key * (uintptr_t)vector.items[i].value;
			assert_true(sum == sum_sorted);
			vector_free(&vector);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_memory_is_apart_zeroed_and_aligned),
		cmocka_unit_test(arena_texts_end),
		cmocka_unit_test(arena_refuses_the_impossible),
		cmocka_unit_test(index_finds_what_was_put_in),
		cmocka_unit_test(index_places_may_stay_free),
		cmocka_unit_test(vector_sorts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
