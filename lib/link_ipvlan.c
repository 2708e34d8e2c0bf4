// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/if_link.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_IPVLAN_MODE, LINK_ATTR_ENUM16, "mode", (const char *const[]){ "l2", "l3", "l3s", NULL } },
	{ IFLA_IPVLAN_FLAGS, LINK_ATTR_ENUM16, "isolation", (const char *const[]){ "bridge", "private", "vepa", NULL } },
	{ 0 },
};

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	return link_read_attrs(reader->arena, link, data, rows);
}

const struct link_driver link_ipvlan = {
	.kinds = LINK_KINDS("ipvlan", "ipvtap"),
	.role = PROCNS_LINK_UPPER,
	.parse = parse,
	.join = link_join_lower,
};
