// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a process reads and writes as if it were a network card. Who that is, topology_process.c finds out. */
#include <linux/if_link.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_TUN_TYPE, LINK_ATTR_ENUM8, "type", (const char *const[]){ "", "tun", "tap", NULL } },
	{ IFLA_TUN_PERSIST, LINK_ATTR_FLAG, "persist" },
	{ IFLA_TUN_OWNER, LINK_ATTR_U32, "owner_uid" },
	{ IFLA_TUN_GROUP, LINK_ATTR_U32, "group_gid" },
	{ IFLA_TUN_MULTI_QUEUE, LINK_ATTR_FLAG, "multi_queue" },
	{ 0 },
};

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	return link_read_attrs(reader->arena, link, data, rows);
}

const struct link_driver link_tun = {
	.kinds = LINK_KINDS("tun"),
	.role = PROCNS_LINK_TAP,
	.parse = parse,
};
