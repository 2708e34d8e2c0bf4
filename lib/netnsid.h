/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which number the caller's net namespace has for others. */
#ifndef PROCNS_NETNSID_H
#define PROCNS_NETNSID_H

#include "context.h"

/* Adds netnsid to a finished snapshot. Returns 0, or whatever out_of_resources() says yes to. */
int netnsid_add(struct procns *ctx, struct procns_snapshot *s);

#endif
