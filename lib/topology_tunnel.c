// SPDX-License-Identifier: LGPL-2.1-or-later
/* The two ends of a tunnel, by their addresses. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "net_addr.h"

/* While tunnels are paired. */
struct tunnel_index {
	struct index owners;		/* (namespace, address): that namespace has that address */
	struct index by_ends;		/* (kind, local, remote): first of struct topology_link, on by same_ends */
	struct index by_remote;		/* (kind, remote), for those without a local address; on by same_remote */
};

static uint64_t text_hash(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
	return hash;
}

static uint64_t owner_key(const struct procns_netns *netns, const struct procns_net_addr *addr)
{
	return net_addr_hash(addr) * 31 + netns->ns->inum;
}

static uint64_t ends_key(const char *kind, const struct procns_net_addr *local, const struct procns_net_addr *remote)
{
	return text_hash(kind) + net_addr_hash(local) * 3 + net_addr_hash(remote) * 7;
}

static uint64_t remote_key(const char *kind, const struct procns_net_addr *remote)
{
	return text_hash(kind) + net_addr_hash(remote) * 5;
}

/* Whether a namespace has an address: keys are hashes, so what is found is compared. */
static bool owns(const struct topology_netns *netns, const struct procns_net_addr *addr)
{
	const struct topology_link *link = index_find(&netns->topology->tunnels->owners, owner_key(&netns->netns, addr));

	for (const struct chain_node *node = link ? link->addrs.first : NULL; node; node = node->next)
		if (net_addr_equal(&((const struct procns_link_addr *)node->value)->addr, addr))
			return true;
	return false;
}

static int index_owner(struct tunnel_index *tunnels, struct topology_link *link)
{
	for (const struct chain_node *node = link->addrs.first; node; node = node->next) {
		const struct procns_link_addr *addr = node->value;
		void **place = index_place(&tunnels->owners, owner_key(link->link.netns, &addr->addr));

		if (!place)
			return -ENOMEM;
		*place = link;
	}
	return 0;
}

static bool attr_addr(const struct topology_link *link, const char *name, struct procns_net_addr *addr)
{
	const char *text = link_text(link, name);

	return text && net_addr_parse(text, addr) == 0;
}

static int index_remote(struct tunnel_index *tunnels, struct topology_link *link, const struct procns_net_addr *remote)
{
	struct procns_net_addr local;
	struct topology_link **next;
	void **place;

	if (attr_addr(link, "local", &local)) {
		place = index_place(&tunnels->by_ends, ends_key(link->link.kind, &local, remote));
		next = &link->same_ends;
	} else {
		place = index_place(&tunnels->by_remote, remote_key(link->link.kind, remote));
		next = &link->same_remote;
	}
	if (!place)
		return -ENOMEM;
	*next = *place;
	*place = link;
	return 0;
}

int topology_index_tunnels(struct procns_topology *topology)
{
	struct tunnel_index *tunnels = calloc(1, sizeof(*tunnels));

	topology->tunnels = tunnels;
	if (!tunnels)
		return -ENOMEM;
	for (size_t i = 0; i < topology->count; i++)
		for (size_t j = 0; j < topology->all[i].nlinks; j++) {
			struct topology_link *link = topology->all[i].links[j].value;
			struct procns_net_addr remote;

			if (index_owner(tunnels, link) < 0)
				return -ENOMEM;
			if (link->link.underlay && attr_addr(link, "remote", &remote) && index_remote(tunnels, link, &remote) < 0)
				return -ENOMEM;
		}
	return 0;
}

void topology_forget_tunnels(struct procns_topology *topology)
{
	if (!topology->tunnels)
		return;
	index_free(&topology->tunnels->owners);
	index_free(&topology->tunnels->by_ends);
	index_free(&topology->tunnels->by_remote);
	free(topology->tunnels);
	topology->tunnels = NULL;
}

static bool is_end(const struct topology_link *link, const struct topology_link *other)
{
	for (const struct chain_node *node = link->tunnels.first; node; node = node->next)
		if (node->value == &other->link)
			return true;
	return false;
}

int link_add_tunnel(struct procns_topology *topology, struct topology_link *link, struct topology_link *other)
{
	if (is_end(link, other))
		return 0;
	if (chain_add(&topology->arena, &link->tunnels, &other->link) < 0)
		return -ENOMEM;
	return chain_add(&topology->arena, &other->tunnels, &link->link);
}

/* What is looked for: the other end of `link` at `remote`. */
struct search {
	const struct topology_link *link;
	const struct procns_net_addr *remote;
	const struct tunnel_match *same;
	struct topology_link *found;
	size_t count;
};

static bool matches(const struct search *search, const struct topology_link *other)
{
	const struct topology_link *link = search->link;
	struct procns_net_addr theirs, local;

	if (other == link || strcmp(other->link.kind, link->link.kind) || !other->link.underlay ||
	    !attr_addr(other, "remote", &theirs))
		return false;
	for (const struct tunnel_match *same = search->same; same->mine; same++)
		if (link_number(link, same->mine, 0) != link_number(other, same->theirs, 0))
			return false;
	if (attr_addr(link, "local", &local) && !net_addr_equal(&local, &theirs))
		return false;
	if (attr_addr(other, "local", &local) && !net_addr_equal(&local, search->remote))
		return false;
	return owns(topology_netns(other->link.underlay), search->remote) &&
	       owns(topology_netns(link->link.underlay), &theirs);
}

static void consider(struct search *search, struct topology_link *other)
{
	if (other != search->found && matches(search, other)) {
		search->found = other;
		search->count++;
	}
}

/* Those that send to `local`, which is where this end is, or may be. */
static void search_from(struct procns_topology *topology, struct search *search, const struct procns_net_addr *local)
{
	const char *kind = search->link->link.kind;
	struct topology_link *other;

	other = index_find(&topology->tunnels->by_ends, ends_key(kind, search->remote, local));
	for (; other; other = other->same_ends)
		consider(search, other);
	other = index_find(&topology->tunnels->by_remote, remote_key(kind, local));
	for (; other; other = other->same_remote)
		consider(search, other);
}

static void search_from_any(struct procns_topology *topology, struct search *search)
{
	const struct topology_netns *underlay = topology_netns(search->link->link.underlay);

	for (size_t i = 0; i < underlay->nlinks; i++) {
		const struct topology_link *link = underlay->links[i].value;

		for (const struct chain_node *node = link->addrs.first; node; node = node->next)
			search_from(topology, search, &((const struct procns_link_addr *)node->value)->addr);
	}
}

int link_pair_tunnel(struct procns_topology *topology, struct topology_link *link, const struct tunnel_match *same)
{
	struct procns_net_addr remote, local;
	struct search search = { .link = link, .remote = &remote, .same = same };

	if (!link->link.underlay || !attr_addr(link, "remote", &remote))
		return 0;
	if (attr_addr(link, "local", &local))
		search_from(topology, &search, &local);
	else
		search_from_any(topology, &search);
	return search.count == 1 ? link_add_tunnel(topology, link, search.found) : 0;
}
