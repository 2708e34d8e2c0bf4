// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/if_link.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_GENEVE_ID, LINK_ATTR_U32, "id" },
	{ IFLA_GENEVE_REMOTE, LINK_ATTR_ADDR, "remote" },
	{ IFLA_GENEVE_REMOTE6, LINK_ATTR_ADDR, "remote" },
	{ IFLA_GENEVE_PORT, LINK_ATTR_BE16, "port" },
	{ IFLA_GENEVE_COLLECT_METADATA, LINK_ATTR_PRESENT, "external" },
	{ 0 },
};

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	link_set_iflink(link, 0);
	return link_read_attrs(reader->arena, link, data, rows);
}

static int pair(struct procns_topology *topology, struct topology_link *link)
{
	static const struct tunnel_match same[] = { { "id", "id" }, { "port", "port" }, { 0 } };

	return link_pair_tunnel(topology, link, same);
}

const struct link_driver link_geneve = {
	.kinds = LINK_KINDS("geneve"),
	.role = PROCNS_LINK_TUNNEL,
	.parse = parse,
	.join = link_join_underlay,
	.pair = pair,
};
