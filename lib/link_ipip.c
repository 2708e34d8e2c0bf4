// SPDX-License-Identifier: LGPL-2.1-or-later
/* IP in IP: 4 in 4, 6 in 4, either in 6. */
#include <linux/if_tunnel.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_IPTUN_LOCAL, LINK_ATTR_ADDR, "local" },
	{ IFLA_IPTUN_REMOTE, LINK_ATTR_ADDR, "remote" },
	{ IFLA_IPTUN_COLLECT_METADATA, LINK_ATTR_PRESENT, "external" },
	{ 0 },
};

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	return link_read_attrs(reader->arena, link, data, rows);
}

static int pair(struct procns_topology *topology, struct topology_link *link)
{
	static const struct tunnel_match same[] = { { 0 } };

	return link_pair_tunnel(topology, link, same);
}

const struct link_driver link_ipip = {
	.kinds = LINK_KINDS("ipip", "sit", "ip6tnl"),
	.role = PROCNS_LINK_TUNNEL,
	.parse = parse,
	.join = link_join_underlay,
	.pair = pair,
};
