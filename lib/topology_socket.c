// SPDX-License-Identifier: LGPL-2.1-or-later
/* Listening sockets: NETLINK_SOCK_DIAG. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include "net_addr.h"
#include "topology.h"

/* Who waits for others: TCP has a state for it, the rest is what is bound and not connected. */
struct socket_protocol {
	uint8_t number;
	const char *name;
	uint32_t states;
	bool everywhere;		/* where it cannot be listed, that is worth saying */
};

static const struct socket_protocol protocols[] = {
	{ IPPROTO_TCP, "tcp", 1 << TCP_LISTEN, true },
	{ IPPROTO_UDP, "udp", 1 << TCP_CLOSE, true },
	{ IPPROTO_UDPLITE, "udplite", 1 << TCP_CLOSE },
	{ IPPROTO_SCTP, "sctp", 1 << TCP_LISTEN },
	{ IPPROTO_DCCP, "dccp", 1 << TCP_LISTEN },
};

struct socket_reader {
	struct netns_reader *reader;
	const struct socket_protocol *protocol;
	struct chain found;
};

static struct procns_net_addr bound_addr(const struct inet_diag_msg *info)
{
	return net_addr(info->id.idiag_src, info->idiag_family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr));
}

static int take_socket(const struct nlmsghdr *message, void *arg)
{
	struct socket_reader *into = arg;
	const struct inet_diag_msg *info = mnl_nlmsg_get_payload(message);
	struct arena *arena = into->reader->arena;
	struct topology_socket *kept;
	struct procns_net_socket *sock;
	struct topology_link *link;
	char text[NET_ADDR_TEXT];

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*info) || !info->id.idiag_sport)
		return 0;
	kept = arena_alloc(arena, sizeof(*kept));
	if (!kept)
		return -ENOMEM;
	sock = &kept->socket;
	*sock = (struct procns_net_socket){
		.protocol = into->protocol->name, .addr = bound_addr(info), .port = ntohs(info->id.idiag_sport),
		.ino = info->idiag_inode, .uid = info->idiag_uid,
	};
	link = info->id.idiag_if ? netns_link(into->reader->netns, info->id.idiag_if) : NULL;
	sock->link = link ? &link->link : NULL;
	net_addr_text(&sock->addr, text);
	sock->addr_text = arena_strndup(arena, text, strlen(text));
	return sock->addr_text ? chain_add(arena, &into->found, sock) : -ENOMEM;
}

static void forget_sockets(void *arg)
{
	struct socket_reader *into = arg;

	into->found = (struct chain){ 0 };
}

static int dump_sockets(struct socket_reader *into, uint8_t family)
{
	const struct netlink_reader sockets = { .begin = forget_sockets, .message = take_socket, .arg = into };
	struct netlink_request request;
	struct nlmsghdr *header;
	struct inet_diag_req_v2 *question;

	header = netlink_request(&request, SOCK_DIAG_BY_FAMILY, family, sizeof(*question));
	question = mnl_nlmsg_get_payload(header);
	question->sdiag_protocol = into->protocol->number;
	question->idiag_states = into->protocol->states;
	return netlink_dump(into->reader->other, header, &sockets);
}

/* A dump that has begun again forgets its own sockets, not those of the dumps before it: so they are put together here. */
static int keep_sockets(struct arena *arena, struct chain *to, const struct chain *from)
{
	for (const struct chain_node *node = from->first; node; node = node->next)
		if (chain_add(arena, to, node->value) < 0)
			return -ENOMEM;
	return 0;
}

/* What the kernel answers when it does not have the protocol, or, after it, the module that lists it. */
static bool not_there(int err)
{
	return err == -ENOENT || err == -EOPNOTSUPP || err == -EINVAL || err == -EPROTONOSUPPORT;
}

static int read_protocol(struct netns_reader *reader, const struct socket_protocol *protocol, struct chain *sockets)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	int changed = 0;

	for (size_t i = 0; i < sizeof(families); i++) {
		struct socket_reader into = { .reader = reader, .protocol = protocol };
		int err = dump_sockets(&into, families[i]);

		if (not_there(err) && !protocol->everywhere)
			continue;
		if (err < 0 && err != -EAGAIN)
			return err;
		changed |= err;
		if (keep_sockets(reader->arena, sockets, &into.found) < 0)
			return -ENOMEM;
	}
	return changed ? -EAGAIN : 0;
}

static int read_protocols(struct netns_reader *reader, const struct socket_protocol *from, size_t count, struct chain *sockets)
{
	int err, changed = 0;

	*sockets = (struct chain){ 0 };
	err = netlink_open(reader->other, NETLINK_SOCK_DIAG);
	if (err < 0)
		return err;
	for (size_t i = 0; i < count && err == 0; i++) {
		err = read_protocol(reader, &from[i], sockets);
		if (err == -EAGAIN) {
			changed = err;
			err = 0;
		}
	}
	netlink_close(reader->other);
	return err < 0 ? err : changed;
}

int read_sockets(struct netns_reader *reader)
{
	return read_protocols(reader, protocols, sizeof(protocols) / sizeof(protocols[0]), &reader->netns->sockets);
}

/* Whose they are is found out later. What cannot be listed is no reason to give up the namespace. */
int read_udp(struct netns_reader *reader)
{
	static const struct socket_protocol udp = { IPPROTO_UDP, "udp", 1 << TCP_CLOSE, true };
	int err = read_protocols(reader, &udp, 1, &reader->netns->kernel_udp);

	return err == -ENOMEM ? err : 0;
}
