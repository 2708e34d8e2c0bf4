// SPDX-License-Identifier: LGPL-2.1-or-later
/* Addresses of links: RTM_GETADDR. */
#include <errno.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "net_addr.h"
#include "topology.h"

static const char *scope_name(uint8_t scope)
{
	switch (scope) {
	case RT_SCOPE_UNIVERSE: return "global";
	case RT_SCOPE_SITE: return "site";
	case RT_SCOPE_LINK: return "link";
	case RT_SCOPE_HOST: return "host";
	}
	return "other";
}

static struct procns_net_addr addr_of(const struct nlattr *attr, uint8_t prefix)
{
	struct procns_net_addr addr = net_addr(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));

	addr.prefix = prefix;
	return addr;
}

/* IFA_ADDRESS is the other end where IFA_LOCAL is there and differs; without IFA_LOCAL it is the address itself. */
static void read_attrs(struct procns_link_addr *addr, const struct nlmsghdr *message, const struct ifaddrmsg *info)
{
	struct procns_net_addr address = { 0 }, local = { 0 };
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			address = addr_of(attr, info->ifa_prefixlen);
		else if (mnl_attr_get_type(attr) == IFA_LOCAL)
			local = addr_of(attr, info->ifa_prefixlen);
	}
	addr->addr = local.family ? local : address;
	if (local.family && !net_addr_equal(&local, &address))
		addr->peer = address;
}

static const char *keep_text(struct arena *arena, const struct procns_net_addr *addr)
{
	char text[NET_ADDR_TEXT];

	net_block_text(addr, text);
	return arena_strndup(arena, text, strlen(text));
}

static int take_addr(const struct nlmsghdr *message, void *arg)
{
	struct netns_reader *reader = arg;
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
	struct procns_link_addr *addr;
	struct topology_link *link;

	if (message->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(message) < sizeof(*info))
		return 0;
	link = netns_link(reader->netns, info->ifa_index);
	if (!link) {
		reader->inconsistent = true;
		return 0;
	}
	addr = arena_alloc(reader->arena, sizeof(*addr));
	if (!addr)
		return -ENOMEM;
	read_attrs(addr, message, info);
	if (!addr->addr.family)
		return 0;
	addr->scope = scope_name(info->ifa_scope);
	addr->text = keep_text(reader->arena, &addr->addr);
	addr->peer_text = addr->peer.family ? keep_text(reader->arena, &addr->peer) : NULL;
	if (!addr->text || (addr->peer.family && !addr->peer_text))
		return -ENOMEM;
	return chain_add(reader->arena, &link->addrs, addr);
}

static void forget_addrs(void *arg)
{
	struct netns_reader *reader = arg;

	for (size_t i = 0; i < reader->netns->nlinks; i++)
		((struct topology_link *)reader->netns->links[i].value)->addrs = (struct chain){ 0 };
}

int read_addrs(struct netns_reader *reader)
{
	const struct netlink_reader addrs = { .begin = forget_addrs, .message = take_addr, .arg = reader };
	struct netlink_request request;

	return netlink_dump(reader->route, netlink_request(&request, RTM_GETADDR, AF_UNSPEC, sizeof(struct ifaddrmsg)),
			    &addrs);
}
