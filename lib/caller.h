/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this process may do. */
#ifndef PROCNS_CALLER_H
#define PROCNS_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

/* Is a capability (CAP_*) effective? It counts over the caller's own user namespace. */
bool caller_has_capability(unsigned int capability);

/* Is one of its groups this one? */
bool caller_in_group(gid_t gid);

#endif
