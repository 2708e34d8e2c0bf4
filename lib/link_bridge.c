// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/if_link.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_BR_STP_STATE, LINK_ATTR_ENUM32, "stp", (const char *const[]){ "off", "on", "user", NULL } },
	{ IFLA_BR_VLAN_FILTERING, LINK_ATTR_FLAG, "vlan_filtering" },
	{ 0 },
};

static const struct link_attr_row port_rows[] = {
	{ IFLA_BRPORT_STATE, LINK_ATTR_ENUM8, "port_state",
	  (const char *const[]){ "disabled", "listening", "learning", "forwarding", "blocking", NULL } },
	{ IFLA_BRPORT_ISOLATED, LINK_ATTR_FLAG, "isolated" },
	{ IFLA_BRPORT_MODE, LINK_ATTR_FLAG, "hairpin" },
	{ 0 },
};

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	return link_read_attrs(reader->arena, link, data, rows);
}

static int port(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	return link_read_attrs(reader->arena, link, data, port_rows);
}

const struct link_driver link_bridge = {
	.kinds = LINK_KINDS("bridge"),
	.role = PROCNS_LINK_SWITCH,
	.parse = parse,
	.port = port,
};
