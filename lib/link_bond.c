// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/if_link.h>

#include "link.h"

static const char *const modes[] = {
	"balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb", NULL,
};

static const struct link_attr_row rows[] = {
	{ IFLA_BOND_MODE, LINK_ATTR_ENUM8, "mode", modes },
	{ IFLA_BOND_ACTIVE_SLAVE, LINK_ATTR_LINK, "active_port" },
	{ IFLA_BOND_MIIMON, LINK_ATTR_U32, "miimon" },
	{ 0 },
};

static const struct link_attr_row port_rows[] = {
	{ IFLA_BOND_SLAVE_STATE, LINK_ATTR_ENUM8, "port_state", (const char *const[]){ "active", "backup", NULL } },
	{ IFLA_BOND_SLAVE_MII_STATUS, LINK_ATTR_ENUM8, "mii_status",
	  (const char *const[]){ "up", "going down", "down", "going back", NULL } },
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

const struct link_driver link_bond = {
	.kinds = LINK_KINDS("bond"),
	.role = PROCNS_LINK_SWITCH,
	.parse = parse,
	.port = port,
};
