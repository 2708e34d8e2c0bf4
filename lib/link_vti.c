// SPDX-License-Identifier: LGPL-2.1-or-later
/* IPsec tunnels that are links: by addresses and key (vti). */
#include <linux/if_tunnel.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_VTI_LOCAL, LINK_ATTR_ADDR, "local" },
	{ IFLA_VTI_REMOTE, LINK_ATTR_ADDR, "remote" },
	{ IFLA_VTI_IKEY, LINK_ATTR_KEY, "ikey" },
	{ IFLA_VTI_OKEY, LINK_ATTR_KEY, "okey" },
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

const struct link_driver link_vti = {
	.kinds = LINK_KINDS("vti", "vti6"),
	.role = PROCNS_LINK_TUNNEL,
	.parse = parse,
	.join = link_join_underlay,
	.pair = pair,
};
