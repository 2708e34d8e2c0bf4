/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the filesystem `procns` is mounted. */
#ifndef PROCNS_SOURCE_DIR_H
#define PROCNS_SOURCE_DIR_H

#include "context.h"

/*
 * Opens the directory: /proc/namespaces, or wherever else procns is mounted. Returns a descriptor or a negative errno; path
 * (size bytes) is where it is, or, on failure, why there is none.
 */
int dir_open(struct procns *ctx, char *path, size_t size);

#endif
