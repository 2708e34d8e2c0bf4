/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Namespaces that keep namespaces. */
#ifndef PROCNS_RELATIVES_H
#define PROCNS_RELATIVES_H

#include "snapshot.h"

/*
 * Adds the holders that are namespaces: children and those owned, by the parents and owners known by now; and the kernel, of
 * those it was born with. Returns 0 or -ENOMEM.
 */
int add_relatives(struct procns_snapshot *s);

#endif
