// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pairs whose one end (the primary) is steered by BPF programs. Since 6.7, so headers may not have it. */
#include "link.h"

enum netkit_attr {
	NETKIT_PRIMARY = 2,
	NETKIT_POLICY = 3,
	NETKIT_MODE = 5,
};

static const struct link_attr_row rows[] = {
	{ NETKIT_PRIMARY, LINK_ATTR_FLAG, "primary" },
	{ NETKIT_POLICY, LINK_ATTR_ENUM32, "policy", (const char *const[]){ "pass", "", "drop", NULL } },
	{ NETKIT_MODE, LINK_ATTR_ENUM32, "mode", (const char *const[]){ "l2", "l3", NULL } },
	{ 0 },
};

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	return link_read_attrs(reader->arena, link, data, rows);
}

const struct link_driver link_netkit = {
	.kinds = LINK_KINDS("netkit"),
	.role = PROCNS_LINK_PAIR,
	.parse = parse,
	.join = link_join_peer,
};
