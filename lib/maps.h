/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Id maps of user namespaces, as far as /proc/PID/uid_map and gid_map show them. */
#ifndef PROCNS_MAPS_H
#define PROCNS_MAPS_H

#include "context.h"

/* Adds maps to a finished snapshot with members. Returns 0, or whatever out_of_resources() says yes to. */
int maps_add(struct procns *ctx, struct procns_snapshot *s);

#endif
