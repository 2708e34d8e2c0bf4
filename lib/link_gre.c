// SPDX-License-Identifier: LGPL-2.1-or-later
/* GRE and its family: IP or Ethernet, over IPv4 or IPv6. */
#include <linux/if_tunnel.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_GRE_LOCAL, LINK_ATTR_ADDR, "local" },
	{ IFLA_GRE_REMOTE, LINK_ATTR_ADDR, "remote" },
	{ IFLA_GRE_IKEY, LINK_ATTR_KEY, "ikey" },
	{ IFLA_GRE_OKEY, LINK_ATTR_KEY, "okey" },
	{ IFLA_GRE_ERSPAN_INDEX, LINK_ATTR_U32, "erspan_index" },
	{ IFLA_GRE_COLLECT_METADATA, LINK_ATTR_PRESENT, "external" },
	{ 0 },
};

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	return link_read_attrs(reader->arena, link, data, rows);
}

static int pair(struct procns_topology *topology, struct topology_link *link)
{
	static const struct tunnel_match same[] = { { "ikey", "okey" }, { "okey", "ikey" }, { 0 } };

	return link_pair_tunnel(topology, link, same);
}

const struct link_driver link_gre = {
	.kinds = LINK_KINDS("gre", "gretap", "erspan", "ip6gre", "ip6gretap", "ip6erspan"),
	.role = PROCNS_LINK_TUNNEL,
	.parse = parse,
	.join = link_join_underlay,
	.pair = pair,
};
