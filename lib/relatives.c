// SPDX-License-Identifier: LGPL-2.1-or-later
#include "relatives.h"

#include <errno.h>

static int add_relative(struct procns_snapshot *s, const struct procns_ns *held, struct procns_ns *by,
			enum procns_holder_kind kind)
{
	struct procns_holder *holder;

	if (!held)
		return 0;
	holder = snapshot_holder(s, (struct procns_ns *)held, kind);
	if (!holder)
		return -ENOMEM;
	holder->ns = by;
	return 0;
}

/* Namespaces keep their owners and parents; the kernel keeps those it was born with. */
int add_relatives(struct procns_snapshot *s)
{
	struct procns_ns *ns;

	for (size_t i = 0; (ns = snapshot_ns_at(s, i)); i++) {
		if (add_relative(s, ns->parent, ns, PROCNS_HOLDER_CHILD) < 0)
			return -ENOMEM;
		if (ns->owner != ns->parent && add_relative(s, ns->owner, ns, PROCNS_HOLDER_OWNED) < 0)
			return -ENOMEM;
		if (ns->initial && !snapshot_holder(s, ns, PROCNS_HOLDER_KERNEL))
			return -ENOMEM;
	}
	return 0;
}
