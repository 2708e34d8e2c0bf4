// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * WireGuard says nothing of itself in a dump of links: peers are asked for by a netlink family of its own. The answer has the
 * private key in it, which is not looked at and does not stay in memory.
 *
 * Nor does the kernel say in which namespace the outer packets travel: the one the link was made in. There, and only while the
 * link is up, the kernel itself has a UDP socket on the link's port.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>

#include "link.h"
#include "link_wireguard.h"
#include "net_addr.h"
#include "topology_genl.h"

#define KEY_TEXT 45

struct device_reader {
	struct arena *arena;
	struct wireguard *device;
	struct wireguard_peer *last;	/* a peer may go on in the next message */
};

static struct procns_net_addr endpoint_of(const struct nlattr *attr, uint16_t *port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} end = { 0 };
	size_t length = mnl_attr_get_payload_len(attr);

	memcpy(&end, mnl_attr_get_payload(attr), length < sizeof(end) ? length : sizeof(end));
	*port = ntohs(end.v4.sin_port);
	if (end.any.sa_family == AF_INET)
		return net_addr(&end.v4.sin_addr, sizeof(end.v4.sin_addr));
	if (end.any.sa_family == AF_INET6)
		return net_addr(&end.v6.sin6_addr, sizeof(end.v6.sin6_addr));
	return (struct procns_net_addr){ 0 };
}

static int take_allowed(struct device_reader *into, struct wireguard_peer *peer, const struct nlattr *nest)
{
	struct procns_net_addr *block = arena_alloc(into->arena, sizeof(*block));
	const struct nlattr *attr;
	uint8_t prefix = 0;

	if (!block)
		return -ENOMEM;
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == WGALLOWEDIP_A_IPADDR)
			*block = net_addr(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
		else if (mnl_attr_get_type(attr) == WGALLOWEDIP_A_CIDR_MASK)
			prefix = attr_u8(attr);
	}
	block->prefix = prefix;
	return block->family ? chain_add(into->arena, &peer->allowed, block) : 0;
}

static int take_all_allowed(struct device_reader *into, struct wireguard_peer *peer, const struct nlattr *list)
{
	const struct nlattr *nest;

	mnl_attr_for_each_nested(nest, list)
		if (take_allowed(into, peer, nest) < 0)
			return -ENOMEM;
	return 0;
}

static struct wireguard_peer *peer_of(struct device_reader *into, const struct nlattr *key)
{
	struct wireguard_peer *peer = into->last;

	if (peer && !memcmp(peer->key, mnl_attr_get_payload(key), sizeof(peer->key)))
		return peer;
	peer = arena_alloc(into->arena, sizeof(*peer));
	if (!peer || chain_add(into->arena, &into->device->peers, peer) < 0)
		return NULL;
	memcpy(peer->key, mnl_attr_get_payload(key), sizeof(peer->key));
	into->last = peer;
	return peer;
}

static int take_peer(struct device_reader *into, const struct nlattr *nest)
{
	const struct nlattr *attr, *key = NULL;
	struct wireguard_peer *peer;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == WGPEER_A_PUBLIC_KEY && mnl_attr_get_payload_len(attr) == WIREGUARD_KEY_SIZE)
			key = attr;
	if (!key)
		return 0;
	peer = peer_of(into, key);
	if (!peer)
		return -ENOMEM;
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == WGPEER_A_ENDPOINT)
			peer->endpoint = endpoint_of(attr, &peer->port);
		else if (mnl_attr_get_type(attr) == WGPEER_A_ALLOWEDIPS && take_all_allowed(into, peer, attr) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int take_device(const struct nlmsghdr *message, void *arg)
{
	struct device_reader *into = arg;
	const struct nlattr *attr, *nest;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case WGDEVICE_A_PUBLIC_KEY:
			if (mnl_attr_get_payload_len(attr) == WIREGUARD_KEY_SIZE)
				memcpy(into->device->key, mnl_attr_get_payload(attr), WIREGUARD_KEY_SIZE);
			break;
		case WGDEVICE_A_LISTEN_PORT:
			into->device->port = attr_u16(attr);
			break;
		case WGDEVICE_A_PEERS:
			mnl_attr_for_each_nested(nest, attr)
				if (take_peer(into, nest) < 0)
					return -ENOMEM;
			break;
		}
	}
	return 0;
}

static void forget_device(void *arg)
{
	struct device_reader *into = arg;

	*into->device = (struct wireguard){ 0 };
	into->last = NULL;
}

/* Base64, as the tools of WireGuard write keys. */
static const char *key_text(const uint8_t key[WIREGUARD_KEY_SIZE], char text[KEY_TEXT])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t padded[WIREGUARD_KEY_SIZE + 1] = { 0 };
	size_t out = 0;

	memcpy(padded, key, WIREGUARD_KEY_SIZE);
	for (size_t i = 0; i < sizeof(padded); i += 3) {
		uint32_t three = (uint32_t)padded[i] << 16 | (uint32_t)padded[i + 1] << 8 | padded[i + 2];

		for (int shift = 18; shift >= 0; shift -= 6)
			text[out++] = digits[three >> shift & 63];
	}
	text[out - 1] = '=';
	text[out] = '\0';
	return text;
}

static int add_peer_text(struct arena *arena, struct topology_link *link, const struct wireguard_peer *peer)
{
	char key[KEY_TEXT], addr[NET_ADDR_TEXT];
	const char *text = key_text(peer->key, key);

	if (peer->endpoint.family)
		text = arena_printf(arena, peer->endpoint.family == AF_INET6 ? "%s endpoint [%s]:%u" : "%s endpoint %s:%u", text,
				    net_addr_text(&peer->endpoint, addr), peer->port);
	for (const struct chain_node *node = peer->allowed.first; node && text; node = node->next)
		text = arena_printf(arena, "%s%s%s", text, node == peer->allowed.first ? " allowed " : ",",
				    net_block_text(node->value, addr));
	return text ? link_add_to_list(arena, link, "peers", text) : -ENOMEM;
}

static int add_texts(struct arena *arena, struct topology_link *link, const struct wireguard *device)
{
	char key[KEY_TEXT];

	if (link_add_text(arena, link, "public_key", key_text(device->key, key)) < 0)
		return -ENOMEM;
	if (device->port && link_add_number(arena, link, "port", device->port) < 0)
		return -ENOMEM;
	for (const struct chain_node *node = device->peers.first; node; node = node->next)
		if (add_peer_text(arena, link, node->value) < 0)
			return -ENOMEM;
	return 0;
}

static int ask(struct netns_reader *reader, struct topology_link *link)
{
	struct device_reader into = { .arena = reader->arena, .device = arena_alloc(reader->arena, sizeof(*into.device)) };
	const struct netlink_reader device = { .begin = forget_device, .message = take_device, .arg = &into };
	struct netlink_request request;
	struct nlmsghdr *header;
	int err, family;

	if (!into.device)
		return -ENOMEM;
	family = genl_open(reader->other, WG_GENL_NAME);
	if (family < 0)
		return family;
	header = genl_request(&request, family, WG_CMD_GET_DEVICE, WG_GENL_VERSION);
	mnl_attr_put_u32(header, WGDEVICE_A_IFINDEX, link->link.ifindex);
	err = netlink_dump(reader->other, header, &device);
	explicit_bzero(reader->other->buffer, reader->other->size);
	netlink_close(reader->other);
	if (err < 0 && err != -EAGAIN)
		return err;
	link->private_data = into.device;
	return add_texts(reader->arena, link, into.device) < 0 ? -ENOMEM : err;
}

const struct wireguard *link_wireguard_data(const struct topology_link *link)
{
	return link->driver == &link_wireguard ? link->private_data : NULL;
}

const struct wireguard_peer *wireguard_route(const struct wireguard *device, const struct procns_net_addr *destination)
{
	const struct wireguard_peer *best = NULL;
	int longest = -1;

	for (const struct chain_node *node = device->peers.first; node; node = node->next) {
		const struct wireguard_peer *peer = node->value;

		for (const struct chain_node *at = peer->allowed.first; at; at = at->next) {
			const struct procns_net_addr *block = at->value;

			if (block->prefix > longest && net_block_contains(block, destination)) {
				longest = block->prefix;
				best = peer;
			}
		}
	}
	return best;
}

static bool has_kernel_socket(const struct topology_netns *netns, uint16_t port)
{
	for (const struct chain_node *node = netns->kernel_udp.first; node; node = node->next) {
		const struct procns_net_socket *sock = node->value;

		if (sock->port == port && net_addr_unspecified(&sock->addr))
			return true;
	}
	return false;
}

static size_t links_with_port(const struct procns_topology *topology, uint16_t port)
{
	size_t count = 0;

	for (size_t i = 0; i < topology->count; i++)
		for (size_t j = 0; j < topology->all[i].nlinks; j++) {
			const struct wireguard *device = link_wireguard_data(topology->all[i].links[j].value);

			count += device && device->port == port;
		}
	return count;
}

/* Several links with one port each have a socket somewhere, and nothing says which has which. */
static int join(struct procns_topology *topology, struct topology_link *link)
{
	const struct wireguard *device = link->private_data;
	struct topology_netns *with_socket = NULL;

	if (!device || !device->port || links_with_port(topology, device->port) != 1)
		return 0;
	for (size_t i = 0; i < topology->count; i++) {
		if (!has_kernel_socket(&topology->all[i], device->port))
			continue;
		if (with_socket)
			return 0;
		with_socket = &topology->all[i];
	}
	return with_socket ? link_set_underlay(topology, link, with_socket) : 0;
}

static bool has_peer(const struct wireguard *device, const struct wireguard *other)
{
	for (const struct chain_node *node = device->peers.first; node; node = node->next)
		if (!memcmp(((const struct wireguard_peer *)node->value)->key, other->key, WIREGUARD_KEY_SIZE))
			return true;
	return false;
}

/* Keys are unique: the other ends are the links that have a peer's key, and ours among their peers. */
static int pair(struct procns_topology *topology, struct topology_link *link)
{
	const struct wireguard *device = link->private_data, *other;

	if (!device)
		return 0;
	for (size_t i = 0; i < topology->count; i++)
		for (size_t j = 0; j < topology->all[i].nlinks; j++) {
			struct topology_link *candidate = topology->all[i].links[j].value;

			other = link_wireguard_data(candidate);
			if (other && candidate != link && has_peer(device, other) && has_peer(other, device) &&
			    link_add_tunnel(topology, link, candidate) < 0)
				return -ENOMEM;
		}
	return 0;
}

const struct link_driver link_wireguard = {
	.kinds = LINK_KINDS("wireguard"),
	.role = PROCNS_LINK_TUNNEL,
	.ask = ask,
	.join = join,
	.pair = pair,
	.uses_kernel_udp = true,
};
