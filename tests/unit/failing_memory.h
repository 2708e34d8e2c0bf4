/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocations that fail when a test wants it, and are counted: for programs linked with --wrap=malloc and its like. Any thread may allocate. */
#ifndef TESTS_FAILING_MEMORY_H
#define TESTS_FAILING_MEMORY_H

#include <stddef.h>

/* So many more succeed, and all after them fail with ENOMEM; SIZE_MAX: none fails, as in the beginning. */
void allow_allocations(size_t count);

/* What has been allocated and not been freed. */
long allocations_alive(void);

#endif
