// SPDX-License-Identifier: LGPL-2.1-or-later
/* What who is in a uts, time or user namespace sees. */
#include <errno.h>
#include <string.h>

#include "source_bpf_fill.h"

static const char *name(struct fill *fill, const char *text)
{
	char copy[NAME_SIZE + 1] = { 0 };

	memcpy(copy, text, NAME_SIZE);
	return snapshot_strdup(fill->snapshot, copy);
}

static int set(struct fill *fill, const struct inside_record *record, struct procns_ns *ns)
{
	if (ns->type == PROCNS_UTS) {
		ns->hostname = name(fill, record->hostname);
		ns->domainname = name(fill, record->domainname);
		if (!ns->hostname || !ns->domainname)
			return -ENOMEM;
	}
	ns->monotonic = (struct procns_clock){ (int64_t)record->clocks[0], (int64_t)record->clocks[1] };
	ns->boottime = (struct procns_clock){ (int64_t)record->clocks[2], (int64_t)record->clocks[3] };
	ns->may_setgroups = record->flags & SETGROUPS_ALLOWED;
	ns->known |= PROCNS_FACT_INSIDE;
	return 0;
}

int fill_inside(struct fill *fill)
{
	const struct inside_record *records = walk_records(fill->walk, ARRAY_INSIDE);
	int err = 0;

	for (size_t i = 0; !err && i < walk_count(fill->walk, ARRAY_INSIDE); i++) {
		struct procns_ns *ns = index_find(&fill->namespaces, records[i].ns);

		if (ns)
			err = set(fill, &records[i], ns);
	}
	return err;
}
