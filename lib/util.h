/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cleanup by scope, so that functions return early and nothing leaks. */
#ifndef PROCNS_UTIL_H
#define PROCNS_UTIL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static inline void cleanup_free_at(void *pointer_to_memory)
{
	free(*(void **)pointer_to_memory);
}

static inline void cleanup_fd_at(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define cleanup_free __attribute__((cleanup(cleanup_free_at)))
#define cleanup_fd __attribute__((cleanup(cleanup_fd_at)))

static inline void *steal_pointer_at(void *pointer_to_pointer)
{
	void **at = pointer_to_pointer;
	void *stolen = *at;

	*at = NULL;
	return stolen;
}

/* What *at pointed to; *at is NULL from now on. */
#define steal_pointer(at) ((__typeof__(*(at)))steal_pointer_at(at))

static inline int steal_fd(int *at)
{
	int stolen = *at;

	*at = -1;
	return stolen;
}

#endif
