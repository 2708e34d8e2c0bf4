// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_VLAN_ID, LINK_ATTR_U16, "id" },
	{ 0 },
};

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, data)
		if (mnl_attr_get_type(attr) == IFLA_VLAN_PROTOCOL && ntohs(attr_u16(attr)) == ETH_P_8021AD &&
		    link_add_text(reader->arena, link, "protocol", "802.1ad") < 0)
			return -ENOMEM;
	return link_read_attrs(reader->arena, link, data, rows);
}

const struct link_driver link_vlan = {
	.kinds = LINK_KINDS("vlan"),
	.role = PROCNS_LINK_UPPER,
	.parse = parse,
	.join = link_join_lower,
};
