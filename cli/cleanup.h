/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cleanup by scope, so that functions return early and nothing leaks. */
#ifndef CLI_CLEANUP_H
#define CLI_CLEANUP_H

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "procns.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define DEFINE_CLEANUP(name, type, release)			\
	static inline void cleanup_##name##_at(type *at)	\
	{							\
		if (*at)					\
			release(*at);				\
	}

static inline void cleanup_free_at(void *pointer_to_memory)
{
	free(*(void **)pointer_to_memory);
}

static inline void cleanup_fd_at(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

DEFINE_CLEANUP(file, FILE *, fclose)
DEFINE_CLEANUP(context, struct procns *, procns_free)
DEFINE_CLEANUP(snapshot, struct procns_snapshot *, procns_snapshot_free)
DEFINE_CLEANUP(table, struct libscols_table *, scols_unref_table)

#define cleanup_free __attribute__((cleanup(cleanup_free_at)))
#define cleanup_fd __attribute__((cleanup(cleanup_fd_at)))
#define cleanup_file __attribute__((cleanup(cleanup_file_at)))
#define cleanup_context __attribute__((cleanup(cleanup_context_at)))
#define cleanup_snapshot __attribute__((cleanup(cleanup_snapshot_at)))
#define cleanup_table __attribute__((cleanup(cleanup_table_at)))

#endif
