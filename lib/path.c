// SPDX-License-Identifier: LGPL-2.1-or-later
/* From namespace to namespace until the packet arrives. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "net_addr.h"
#include "path.h"

int path_add_hop(struct path_hops *hops, const struct procns_hop *hop)
{
	struct procns_hop *kept = arena_alloc(hops->arena, sizeof(*kept));

	if (!kept)
		return -ENOMEM;
	*kept = *hop;
	return chain_add(hops->arena, &hops->chain, kept);
}

const struct procns_link *path_vrf(const struct procns_link *link)
{
	for (const struct procns_link *master = link->master; master; master = master->master)
		if (!strcmp(master->kind, "vrf"))
			return master;
	return strcmp(link->kind, "vrf") ? NULL : link;
}

static const struct procns_link *link_with_addr(const struct procns_netns *netns, const struct procns_net_addr *addr)
{
	for (size_t i = 0; i < netns->nlinks; i++)
		for (size_t j = 0; j < netns->links[i]->naddrs; j++)
			if (net_addr_equal(&netns->links[i]->addrs[j]->addr, addr))
				return netns->links[i];
	return NULL;
}

bool netns_has_addr(const struct procns_netns *netns, const struct procns_net_addr *addr, const struct procns_link *vrf)
{
	for (size_t i = 0; i < netns->nlinks; i++)
		for (size_t j = 0; j < netns->links[i]->naddrs; j++)
			if (net_addr_equal(&netns->links[i]->addrs[j]->addr, addr) && path_vrf(netns->links[i]) == vrf)
				return true;
	return false;
}

/* One packet on its way. */
struct walk {
	struct path_hops *hops;
	const struct procns_topology *topology;
	struct packet *packet;
	const struct procns_netns *netns;	/* where it is */
};

static int add_hop(struct walk *walk, struct procns_hop hop)
{
	hop.netns = hop.netns ? hop.netns : walk->netns;
	hop.depth = walk->packet->depth;
	return path_add_hop(walk->hops, &hop);
}

static int stop(struct walk *walk, const struct procns_link *link, const char *why)
{
	if (!why)
		return -ENOMEM;
	return add_hop(walk, (struct procns_hop){ .kind = PROCNS_HOP_STOP, .link = link, .note = why });
}

/* What the kernel would choose: the route's own, or the first address of the link in that family that others can reach. */
static void choose_source(struct packet *packet, const struct decision *decision)
{
	const struct procns_link *link = decision->nexthop->link;

	if (packet->src.family)
		return;
	if (decision->route->prefsrc && net_addr_parse(decision->route->prefsrc, &packet->src) == 0)
		return;
	for (size_t i = 0; i < link->naddrs; i++)
		if (link->addrs[i]->addr.family == packet->dst.family && !strcmp(link->addrs[i]->scope, "global")) {
			packet->src = link->addrs[i]->addr;
			return;
		}
}

static bool may_forward(const struct packet *packet)
{
	if (!packet->in)
		return true;
	return packet->dst.family == AF_INET ? packet->in->forwards4 : packet->in->forwards6;
}

static int say_not_forwarding(struct walk *walk)
{
	const struct packet *packet = walk->packet;

	return stop(walk, packet->in,
		    arena_printf(walk->hops->arena, "%s does not forward: net.%s.conf.%s.forwarding is 0", walk->netns->label,
				 packet->dst.family == AF_INET ? "ipv4" : "ipv6", packet->in->name));
}

static int say_several_ways(struct walk *walk, const struct decision *decision, const char **note)
{
	*note = NULL;
	if (decision->route->nnexthops < 2)
		return 0;
	*note = arena_printf(walk->hops->arena, "one of %zu ways", decision->route->nnexthops);
	return *note ? 0 : -ENOMEM;
}

/* To the next namespace. Returns 1 if there is one, 0 if the path ends here. */
static int send_on(struct walk *walk, const struct decision *decision)
{
	struct target target = { .next = decision->nexthop->via, .packet = walk->packet };
	struct landing landing = { 0 };
	const char *note;

	if (!target.next.family)
		target.next = walk->packet->dst;
	if (say_several_ways(walk, decision, &note) < 0 ||
	    add_hop(walk, (struct procns_hop){ .kind = PROCNS_HOP_ROUTE, .link = decision->nexthop->link, .route = decision->route,
					       .nexthop = decision->nexthop, .note = note }) < 0 ||
	    path_send(walk->hops, walk->topology, decision->nexthop->link, &target, &landing) < 0)
		return -ENOMEM;
	if (landing.kind == PROCNS_HOP_STOP)
		return stop(walk, landing.link, landing.why);
	if (landing.kind != PROCNS_HOP_ENTER)
		return 0;
	walk->netns = landing.link->netns;
	walk->packet->in = landing.link;
	walk->packet->vrf = path_vrf(landing.link);
	return 1;
}

/* One namespace. Returns 1 if the packet went on, 0 if the path ends here; *arrived tells how. */
static int step(struct walk *walk, bool *arrived)
{
	struct decision decision;

	if (netns_has_addr(walk->netns, &walk->packet->dst, walk->packet->vrf)) {
		*arrived = true;
		return add_hop(walk, (struct procns_hop){ .kind = PROCNS_HOP_ARRIVE, .link = walk->packet->in });
	}
	if (!may_forward(walk->packet))
		return say_not_forwarding(walk);
	if (path_decide(walk->hops->arena, walk->netns, walk->packet, &decision) < 0)
		return -ENOMEM;
	if (!decision.nexthop)
		return stop(walk, NULL, decision.why);
	choose_source(walk->packet, &decision);
	return send_on(walk, &decision);
}

int path_walk(struct path_hops *hops, const struct procns_topology *topology, const struct procns_netns *from,
	      struct packet *packet, const struct procns_netns **at)
{
	struct walk walk = { .hops = hops, .topology = topology, .packet = packet, .netns = from };
	bool arrived = false;
	int goes_on;

	if (add_hop(&walk, (struct procns_hop){ .kind = PROCNS_HOP_START }) < 0)
		return -ENOMEM;
	for (int routes = 0; routes < PATH_MOST_ROUTES; routes++) {
		goes_on = step(&walk, &arrived);
		*at = walk.netns;
		if (goes_on <= 0)
			return goes_on < 0 ? goes_on : arrived;
	}
	goes_on = stop(&walk, packet->in, "it goes round in a circle");
	return goes_on < 0 ? goes_on : 0;
}

/* A path under way: each address of the destination is tried until one is reached. */
struct attempt {
	const struct procns_topology *topology;
	const struct procns_endpoint *from, *to;
	struct procns_path *path;
	struct path_hops hops;
	bool any;			/* one was tried */
};

static bool from_speaks(const struct attempt *attempt, uint8_t family)
{
	return !attempt->from->addr.family || attempt->from->addr.family == family;
}

static int keep(struct attempt *attempt, const char *destination, bool arrives)
{
	struct procns_path *path = attempt->path;

	path->hops = chain_array(&path->arena, &attempt->hops.chain);
	path->length = attempt->hops.chain.count;
	path->destination = arena_strndup(&path->arena, destination, strlen(destination));
	path->arrives = arrives;
	attempt->any = true;
	return path->hops && path->destination ? arrives : -ENOMEM;
}

/* Returns 1 if that address is reached. Of those that are not, the first is kept: it is the one people mean. */
static int try_addr(struct attempt *attempt, const struct procns_net_addr *addr)
{
	struct packet packet = { .src = attempt->from->addr, .dst = *addr };
	const struct procns_link *source = NULL;
	const struct procns_netns *at;
	char text[NET_ADDR_TEXT];
	int arrives;

	packet.dst.prefix = net_family_bits(addr->family);
	if (packet.src.family)
		source = link_with_addr(attempt->from->netns, &packet.src);
	packet.vrf = source ? path_vrf(source) : NULL;
	attempt->hops = (struct path_hops){ .arena = &attempt->path->arena };
	arrives = path_walk(&attempt->hops, attempt->topology, attempt->from->netns, &packet, &at);
	if (arrives < 0)
		return arrives;
	/* Another namespace may have the same address. */
	if (arrives && attempt->to->netns && at != attempt->to->netns) {
		struct walk there = { .hops = &attempt->hops, .packet = &packet, .netns = at };

		arrives = stop(&there, packet.in, arena_printf(attempt->hops.arena, "this is not %s, which has that address too",
							       attempt->to->netns->label));
		if (arrives < 0)
			return arrives;
	}
	return arrives || !attempt->any ? keep(attempt, net_addr_text(addr, text), arrives) : 0;
}

static int try_family(struct attempt *attempt, uint8_t family)
{
	const struct procns_netns *netns = attempt->to->netns;

	for (size_t i = 0; i < netns->nlinks; i++)
		for (size_t j = 0; j < netns->links[i]->naddrs; j++) {
			const struct procns_link_addr *addr = netns->links[i]->addrs[j];
			int arrives;

			if (addr->addr.family != family || strcmp(addr->scope, "global"))
				continue;
			arrives = try_addr(attempt, &addr->addr);
			if (arrives)
				return arrives;
		}
	return 0;
}

/* Without addresses a frame may get there all the same. */
static int try_frame(struct attempt *attempt, const struct procns_link *out)
{
	const struct packet packet = { .depth = 0 };
	const struct target target = { .netns = attempt->to->netns, .packet = &packet };
	struct landing landing;
	const struct procns_hop arrive = { .kind = PROCNS_HOP_ARRIVE, .netns = attempt->to->netns };

	attempt->hops = (struct path_hops){ .arena = &attempt->path->arena };
	if (path_send(&attempt->hops, attempt->topology, out, &target, &landing) < 0)
		return -ENOMEM;
	if (landing.kind != PROCNS_HOP_ENTER)
		return 0;
	return path_add_hop(&attempt->hops, &arrive) < 0 ? -ENOMEM : keep(attempt, attempt->to->netns->label, true);
}

static int try_frames(struct attempt *attempt)
{
	const struct procns_netns *from = attempt->from->netns;
	struct packet none = { .depth = 0 };
	struct walk here = { .hops = &attempt->hops, .packet = &none, .netns = from };

	for (size_t i = 0; i < from->nlinks; i++) {
		int arrives = from->links[i]->up ? try_frame(attempt, from->links[i]) : 0;

		if (arrives)
			return arrives;
	}
	attempt->hops = (struct path_hops){ .arena = &attempt->path->arena };
	if (add_hop(&here, (struct procns_hop){ .kind = PROCNS_HOP_START }) < 0 ||
	    stop(&here, NULL, arena_printf(attempt->hops.arena, "%s has no address to send to, and no link leads there",
					   attempt->to->netns->label)) < 0)
		return -ENOMEM;
	return keep(attempt, attempt->to->netns->label, false);
}

static int try_all(struct attempt *attempt)
{
	int arrives = 0;

	if (attempt->to->addr.family)
		return try_addr(attempt, &attempt->to->addr);
	if (from_speaks(attempt, AF_INET))
		arrives = try_family(attempt, AF_INET);
	if (!arrives && from_speaks(attempt, AF_INET6))
		arrives = try_family(attempt, AF_INET6);
	return arrives || attempt->any ? arrives : try_frames(attempt);
}

int procns_path_find(struct procns *ctx, const struct procns_topology *topology, const struct procns_endpoint *from,
		     const struct procns_endpoint *to, struct procns_path **path)
{
	const uint32_t needs = PROCNS_NET_ROUTES | PROCNS_NET_RULES;
	struct attempt attempt = { .topology = topology, .from = from, .to = to };
	int err;

	*path = NULL;
	if (!from->netns || (!to->netns && !to->addr.family))
		return context_error(ctx, EINVAL, "a path begins in one namespace, and ends in one or at an address");
	if ((topology->want & needs) != needs)
		return context_error(ctx, EINVAL, "the topology was read without routes and rules: a path needs both");
	attempt.path = calloc(1, sizeof(*attempt.path));
	if (!attempt.path)
		return context_error(ctx, ENOMEM, "cannot find the path: %s", strerror(ENOMEM));
	err = try_all(&attempt);
	if (err < 0) {
		procns_path_free(attempt.path);
		return context_error(ctx, -err, "cannot find the path: %s", strerror(-err));
	}
	*path = attempt.path;
	return 0;
}

void procns_path_free(struct procns_path *path)
{
	if (!path)
		return;
	arena_free(&path->arena);
	free(path);
}

bool procns_path_arrives(const struct procns_path *path)
{
	return path->arrives;
}

size_t procns_path_length(const struct procns_path *path)
{
	return path->length;
}

const struct procns_hop *procns_path_hop(const struct procns_path *path, size_t i)
{
	return i < path->length ? path->hops[i] : NULL;
}

const char *procns_path_destination(const struct procns_path *path)
{
	return path->destination;
}
