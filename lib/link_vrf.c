// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/if_link.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_VRF_TABLE, LINK_ATTR_U32, "table" },
	{ 0 },
};

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	return link_read_attrs(reader->arena, link, data, rows);
}

const struct link_driver link_vrf = {
	.kinds = LINK_KINDS("vrf"),
	.role = PROCNS_LINK_SWITCH,
	.parse = parse,
};
