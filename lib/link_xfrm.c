// SPDX-License-Identifier: LGPL-2.1-or-later
/* IPsec as a link: whatever policies of this number say. Where its packets go is in the policies, so it has no far end here. */
#include <linux/if_link.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_XFRM_IF_ID, LINK_ATTR_U32, "if_id" },
	{ 0 },
};

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	return link_read_attrs(reader->arena, link, data, rows);
}

const struct link_driver link_xfrm = {
	.kinds = LINK_KINDS("xfrm"),
	.role = PROCNS_LINK_TUNNEL,
	.parse = parse,
	.join = link_join_underlay,
};
