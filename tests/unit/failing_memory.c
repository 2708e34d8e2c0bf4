// SPDX-License-Identifier: GPL-2.0-or-later
#include "failing_memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#define NEVER SIZE_MAX

static size_t left = NEVER;
static long alive;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
void __wrap_free(void *memory);

void allow_allocations(size_t count)
{
	__atomic_store_n(&left, count, __ATOMIC_RELAXED);
}

long allocations_alive(void)
{
	return __atomic_load_n(&alive, __ATOMIC_RELAXED);
}

static bool fails(void)
{
	size_t now = __atomic_load_n(&left, __ATOMIC_RELAXED);

	do {
		if (now == NEVER)
			return false;
		if (!now) {
			errno = ENOMEM;
			return true;
		}
	} while (!__atomic_compare_exchange_n(&left, &now, now - 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return false;
}

static void *counted(void *memory, const void *before)
{
	if (memory && !before)
		__atomic_fetch_add(&alive, 1, __ATOMIC_RELAXED);
	return memory;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : counted(__real_malloc(size), NULL);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : counted(__real_calloc(count, size), NULL);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return fails() ? NULL : counted(__real_realloc(memory, size), memory);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
	return fails() ? NULL : counted(__real_reallocarray(memory, count, size), memory);
}

void __wrap_free(void *memory)
{
	if (memory)
		__atomic_fetch_sub(&alive, 1, __ATOMIC_RELAXED);
	__real_free(memory);
}
