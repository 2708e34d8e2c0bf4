// SPDX-License-Identifier: LGPL-2.1-or-later
/* Through a tunnel: the outer packet's path, and the link that takes it out again at the other end. */
#include <errno.h>
#include <string.h>

#include "link_wireguard.h"
#include "net_addr.h"
#include "path.h"

static uint64_t number_of(const struct procns_link *link, const char *name)
{
	const struct procns_link_attr *attr = procns_link_attr(link, name);

	return attr ? attr->number : 0;
}

static bool addr_of(const struct procns_link *link, const char *name, struct procns_net_addr *addr)
{
	const struct procns_link_attr *attr = procns_link_attr(link, name);

	return attr && attr->text && net_addr_parse(attr->text, addr) == 0;
}

static bool keys_match(const struct procns_link *tunnel, const struct procns_link *far)
{
	return number_of(tunnel, "id") == number_of(far, "id") && number_of(tunnel, "okey") == number_of(far, "ikey") &&
	       number_of(tunnel, "ikey") == number_of(far, "okey");
}

/* A packet for `remote` that arrives in its underlay is for this end. */
static bool takes(const struct procns_link *far, const struct procns_link *tunnel, const struct procns_netns *at,
		  const struct procns_net_addr *remote)
{
	struct procns_net_addr local;

	if (far == tunnel || far->underlay != at || strcmp(far->kind, tunnel->kind) || !keys_match(tunnel, far))
		return false;
	return !addr_of(far, "local", &local) || net_addr_equal(&local, remote);
}

static const struct procns_link *find_far(const struct procns_topology *topology, const struct procns_link *tunnel,
					  const struct procns_netns *at, const struct procns_net_addr *remote)
{
	for (size_t i = 0; i < topology->nlisted; i++)
		for (size_t j = 0; j < topology->listed[i]->nlinks; j++)
			if (takes(topology->listed[i]->links[j], tunnel, at, remote))
				return topology->listed[i]->links[j];
	return NULL;
}

static int receive(struct frame_steps *steps, const struct frame *frame, const struct procns_link *far,
		   const struct path_hops *inner)
{
	struct frame next = *frame;

	if (!far->up) {
		steps->down = steps->down ? steps->down : far;
		return 0;
	}
	next.link = far;
	next.out = false;
	next.via = NULL;
	next.inner = inner;
	return steps->add(steps, &next);
}

/* The outer packet's way; 1 if it arrives. */
static int walk_underlay(struct frame_steps *steps, const struct procns_link *tunnel, const struct procns_net_addr *remote,
			 struct path_hops *inner, const struct procns_netns **at)
{
	struct packet outer = { .dst = *remote, .depth = steps->packet->depth + 1 };

	if (outer.depth > PATH_MOST_TUNNELS)
		return 0;
	addr_of(tunnel, "local", &outer.src);
	return path_walk(inner, steps->topology, tunnel->underlay, &outer, at);
}

static struct path_hops *new_hops(struct arena *arena)
{
	struct path_hops *hops = arena_alloc(arena, sizeof(*hops));

	if (hops)
		hops->arena = arena;
	return hops;
}

static int step_to_remote(struct frame_steps *steps, const struct frame *frame, const struct procns_net_addr *remote)
{
	struct path_hops *inner = new_hops(steps->arena);
	const struct procns_netns *at = NULL;
	const struct procns_link *far;
	int arrives;

	if (!inner)
		return -ENOMEM;
	arrives = walk_underlay(steps, frame->link, remote, inner, &at);
	if (arrives < 0)
		return arrives;
	if (!arrives) {
		/* Its far end is wherever the outer packet went: out of this machine, as a rule. */
		steps->outside = steps->outside ? steps->outside : frame->link;
		return 0;
	}
	far = find_far(steps->topology, frame->link, at, remote);
	return far ? receive(steps, frame, far, inner) : 0;
}

static int step_to_remotes(struct frame_steps *steps, const struct frame *frame)
{
	for (size_t i = 0; i < frame->link->nattrs; i++) {
		const struct procns_link_attr *attr = frame->link->attrs[i];
		struct procns_net_addr remote;

		if ((strcmp(attr->name, "remote") && strcmp(attr->name, "remotes")) || net_addr_parse(attr->text, &remote) < 0)
			continue;
		if (step_to_remote(steps, frame, &remote) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Whose key is the peer's: keys are unique, so no address has to match. */
static const struct procns_link *find_by_key(const struct procns_topology *topology, const uint8_t *key)
{
	for (size_t i = 0; i < topology->nlisted; i++)
		for (size_t j = 0; j < topology->listed[i]->nlinks; j++) {
			const struct wireguard *device = link_wireguard_data(topology_link(topology->listed[i]->links[j]));

			if (device && !memcmp(device->key, key, WIREGUARD_KEY_SIZE))
				return topology->listed[i]->links[j];
		}
	return NULL;
}

static int step_to_wireguard(struct frame_steps *steps, const struct frame *frame, const struct wireguard *device)
{
	const struct wireguard_peer *peer = wireguard_route(device, &steps->packet->dst);
	const struct procns_link *far = peer ? find_by_key(steps->topology, peer->key) : NULL;
	struct path_hops *inner = new_hops(steps->arena);
	const struct procns_netns *at = NULL;
	int arrives = 0;

	if (!inner)
		return -ENOMEM;
	if (!peer)
		return 0;
	if (!far) {
		steps->outside = steps->outside ? steps->outside : frame->link;
		return 0;
	}
	/* Where outer packets travel may be unknown; who unpacks them is known all the same. */
	if (frame->link->underlay && peer->endpoint.family)
		arrives = walk_underlay(steps, frame->link, &peer->endpoint, inner, &at);
	if (arrives < 0)
		return arrives;
	if (frame->link->underlay && !arrives)
		return 0;
	return receive(steps, frame, far, inner);
}

int path_step_tunnel(struct frame_steps *steps, const struct frame *frame)
{
	const struct wireguard *device = link_wireguard_data(topology_link(frame->link));

	if (device)
		return step_to_wireguard(steps, frame, device);
	return frame->link->underlay ? step_to_remotes(steps, frame) : 0;
}
