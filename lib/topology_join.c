// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which link another one means: masters, lower links, ends of pairs and of tunnels. */
#include <errno.h>

#include "link.h"

int link_join_peer(struct procns_topology *topology, struct topology_link *link)
{
	const struct topology_link *peer;

	/* Before 5.10 an index equal to the link's own was left out though the other end is in another namespace. */
	uint32_t ifindex = link->has_iflink ? link->iflink : link->has_netnsid ? link->link.ifindex : 0;

	(void)topology;
	peer = link_find_far(link, ifindex);
	if (!peer)
		return 0;
	if (peer->link.role != PROCNS_LINK_PAIR)
		link->link.far_reason = "it changed while it was read";
	else
		link->link.peer = &peer->link;
	return 0;
}

int link_join_lower(struct procns_topology *topology, struct topology_link *link)
{
	struct topology_link *lower = link_find_far(link, link->has_iflink ? link->iflink : 0);

	if (!lower || lower == link)
		return 0;
	link->link.lower = &lower->link;
	return chain_add(&topology->arena, &lower->uppers, &link->link);
}

int link_set_underlay(struct procns_topology *topology, struct topology_link *link, struct topology_netns *underlay)
{
	(void)topology;
	if (underlay && underlay->was_read)
		link->link.underlay = &underlay->netns;
	return 0;
}

int link_join_underlay(struct procns_topology *topology, struct topology_link *link)
{
	int err = link_join_lower(topology, link);

	return err < 0 ? err : link_set_underlay(topology, link, link_far_netns(link));
}

struct topology_link *link_find_far(struct topology_link *link, uint32_t ifindex)
{
	struct topology_netns *netns;
	struct topology_link *far;

	if (!ifindex)
		return NULL;
	link->link.far_ifindex = ifindex;
	link->link.far_netnsid = link->has_netnsid ? link->netnsid : -1;
	netns = link_far_netns(link);
	if (!netns) {
		link->link.far_reason = "its namespace is not known";
		return NULL;
	}
	if (!netns->was_read) {
		link->link.far_reason = "its namespace was not read";
		return NULL;
	}
	far = netns_link(netns, ifindex);
	if (!far)
		link->link.far_reason = "it went away while it was read";
	return far;
}

static int join_master(struct procns_topology *topology, struct topology_link *link)
{
	struct topology_link *master = link->master_index ? netns_link(topology_netns(link->link.netns), link->master_index) : NULL;

	if (!master)
		return 0;
	link->link.master = &master->link;
	return chain_add(&topology->arena, &master->ports, &link->link);
}

static int join_link(struct procns_topology *topology, struct topology_link *link)
{
	if (join_master(topology, link) < 0)
		return -ENOMEM;
	return link->driver->join ? link->driver->join(topology, link) : 0;
}

static int pair_link(struct procns_topology *topology, struct topology_link *link)
{
	return link->driver->pair ? link->driver->pair(topology, link) : 0;
}

/* A tunnel with one other end has a peer; others (WireGuard's with many, VXLAN's) have joins only. */
static int point_to_peer(struct procns_topology *topology, struct topology_link *link)
{
	(void)topology;
	if (link->tunnels.count == 1)
		link->link.peer = link->tunnels.first->value;
	return 0;
}

static int for_each_link(struct procns_topology *topology,
			 int (*each)(struct procns_topology *topology, struct topology_link *link))
{
	for (size_t i = 0; i < topology->count; i++)
		for (size_t j = 0; j < topology->all[i].nlinks; j++) {
			int err = each(topology, topology->all[i].links[j].value);

			if (err < 0)
				return err;
		}
	return 0;
}

static int add_join(struct procns_topology *topology, struct chain *joins, enum procns_join_kind kind,
		    const struct procns_link *from, const struct procns_link *to)
{
	struct procns_join *join = arena_alloc(&topology->arena, sizeof(*join));

	if (!join)
		return -ENOMEM;
	*join = (struct procns_join){ .kind = kind, .from = from, .to = to };
	return chain_add(&topology->arena, joins, join);
}

/* What has two equal ends is listed once: from the one that comes first. */
static bool comes_first(const struct procns_link *link, const struct procns_link *other)
{
	if (link->netns != other->netns)
		return topology_netns(link->netns)->order < topology_netns(other->netns)->order;
	return link->ifindex < other->ifindex;
}

static int list_tunnels(struct procns_topology *topology, struct chain *joins, const struct topology_link *link)
{
	for (const struct chain_node *node = link->tunnels.first; node; node = node->next)
		if (comes_first(&link->link, node->value) &&
		    add_join(topology, joins, PROCNS_JOIN_TUNNEL, &link->link, node->value) < 0)
			return -ENOMEM;
	return 0;
}

/* Does the other end say the same? It may have been read before or after a change. */
static bool is_mutual(const struct procns_link *link)
{
	return link->peer->peer == link;
}

static int list_link(struct procns_topology *topology, struct chain *joins, const struct topology_link *inner)
{
	const struct procns_link *link = &inner->link;
	int err = 0;

	if (link->master)
		err = add_join(topology, joins, PROCNS_JOIN_PORT, link, link->master);
	if (!err && link->lower)
		err = add_join(topology, joins, PROCNS_JOIN_LOWER, link, link->lower);
	if (!err && link->peer && link->role == PROCNS_LINK_PAIR && (comes_first(link, link->peer) || !is_mutual(link)))
		err = add_join(topology, joins, PROCNS_JOIN_PEER, link, link->peer);
	return err < 0 ? err : list_tunnels(topology, joins, inner);
}

int topology_list_joins(struct procns_topology *topology)
{
	struct chain joins = { 0 };

	for (size_t i = 0; i < topology->nlisted; i++) {
		const struct topology_netns *netns = topology_netns(topology->listed[i]);

		for (size_t j = 0; j < netns->nlinks; j++)
			if (list_link(topology, &joins, netns->links[j].value) < 0)
				return -ENOMEM;
	}
	topology->joins = (const struct procns_join *const *)chain_array(&topology->arena, &joins);
	topology->njoins = joins.count;
	return topology->joins ? 0 : -ENOMEM;
}

int topology_join(struct procns_topology *topology)
{
	int err = for_each_link(topology, join_link);

	if (err == 0)
		err = topology_index_tunnels(topology);
	if (err == 0)
		err = for_each_link(topology, pair_link);
	topology_forget_tunnels(topology);
	if (err == 0)
		err = for_each_link(topology, point_to_peer);
	return err;
}
