/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths, from the names the walker met on its way up. */
#ifndef PROCNS_SOURCE_BPF_PATHS_H
#define PROCNS_SOURCE_BPF_PATHS_H

#include "snapshot.h"
#include "source_bpf_walk.h"

/* From the root of the mount namespace it is in. NULL: no memory. */
const char *path_of_place(const struct walk *walk, struct procns_snapshot *snapshot, const struct place_record *place);

#endif
