// SPDX-License-Identifier: LGPL-2.1-or-later
/* Every route to a descriptor of a namespace, in order. */
#include <errno.h>

#include "context.h"
#include "util.h"

int procns_open_ns(struct procns *ctx, const struct procns_snapshot *snapshot, const struct procns_ns *ns)
{
	(void)snapshot;
	return context_error(ctx, EOPNOTSUPP, "cannot open %s:[%u]: no route", procns_type_name(ns->type), ns->inum);
}
