// SPDX-License-Identifier: LGPL-2.1-or-later
/* Ethernet in UDP. Far ends without a fixed address are in its forwarding table, which is asked for. */
#include <errno.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "link.h"
#include "net_addr.h"

static const struct link_attr_row rows[] = {
	{ IFLA_VXLAN_ID, LINK_ATTR_U32, "id" },
	{ IFLA_VXLAN_LOCAL, LINK_ATTR_ADDR, "local" },
	{ IFLA_VXLAN_LOCAL6, LINK_ATTR_ADDR, "local" },
	{ IFLA_VXLAN_PORT, LINK_ATTR_BE16, "port" },
	{ 0 },
};

/* One attribute of the kernel is two things: a group that everybody listens to, or the one far end. */
static int add_group(struct arena *arena, struct topology_link *link, const struct nlattr *attr)
{
	struct procns_net_addr addr = net_addr(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
	char text[NET_ADDR_TEXT];

	if (!addr.family || net_addr_unspecified(&addr))
		return 0;
	return link_add_text(arena, link, net_addr_multicast(&addr) ? "group" : "remote", net_addr_text(&addr, text));
}

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	const struct nlattr *attr;
	uint32_t lower = 0;

	if (link_read_attrs(reader->arena, link, data, rows) < 0)
		return -ENOMEM;

	mnl_attr_for_each_nested(attr, data) {
		uint16_t type = mnl_attr_get_type(attr);
		int err = 0;

		if (type == IFLA_VXLAN_GROUP || type == IFLA_VXLAN_GROUP6)
			err = add_group(reader->arena, link, attr);
		else if (type == IFLA_VXLAN_COLLECT_METADATA && attr_u8(attr))
			err = link_add_flag(reader->arena, link, "external", true);
		else if (type == IFLA_VXLAN_LINK)
			lower = attr_u32(attr);
		if (err < 0)
			return err;
	}
	link_set_iflink(link, lower);
	return 0;
}

struct forwarding_reader {
	struct netns_reader *reader;
	struct topology_link *link;
	struct chain far;
};

static bool is_known(const struct chain *far, const char *text)
{
	for (const struct chain_node *node = far->first; node; node = node->next)
		if (!strcmp(node->value, text))
			return true;
	return false;
}

static int take_entry(const struct nlmsghdr *message, void *arg)
{
	struct forwarding_reader *into = arg;
	const struct ndmsg *entry = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(message) < sizeof(*entry) || (uint32_t)entry->ndm_ifindex != into->link->link.ifindex)
		return 0;
	mnl_attr_for_each(attr, message, sizeof(*entry)) {
		struct procns_net_addr addr;
		char text[NET_ADDR_TEXT];

		if (mnl_attr_get_type(attr) != NDA_DST)
			continue;
		addr = net_addr(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
		if (!addr.family || net_addr_unspecified(&addr) || is_known(&into->far, net_addr_text(&addr, text)))
			continue;

		const char *kept = arena_strndup(into->reader->arena, text, strlen(text));

		if (!kept || chain_add(into->reader->arena, &into->far, kept) < 0)
			return -ENOMEM;
	}
	return 0;
}

static void forget_entries(void *arg)
{
	struct forwarding_reader *into = arg;

	into->far = (struct chain){ 0 };
}

static int ask(struct netns_reader *reader, struct topology_link *link)
{
	struct forwarding_reader into = { .reader = reader, .link = link };
	const struct netlink_reader entries = { .begin = forget_entries, .message = take_entry, .arg = &into };
	struct netlink_request request;
	struct nlmsghdr *header = netlink_request(&request, RTM_GETNEIGH, AF_BRIDGE, sizeof(struct ndmsg));
	int err;

	((struct ndmsg *)mnl_nlmsg_get_payload(header))->ndm_ifindex = (int)link->link.ifindex;
	err = netlink_dump(reader->route, header, &entries);
	if (err < 0 && err != -EAGAIN)
		return err;
	for (const struct chain_node *node = into.far.first; node; node = node->next) {
		const char *remote = link_text(link, "remote"), *group = link_text(link, "group");

		if ((remote && !strcmp(remote, node->value)) || (group && !strcmp(group, node->value)))
			continue;
		if (link_add_to_list(reader->arena, link, "remotes", node->value) < 0)
			return -ENOMEM;
	}
	return err;
}

static int pair(struct procns_topology *topology, struct topology_link *link)
{
	static const struct tunnel_match same[] = { { "id", "id" }, { "port", "port" }, { 0 } };

	return link_pair_tunnel(topology, link, same);
}

const struct link_driver link_vxlan = {
	.kinds = LINK_KINDS("vxlan"),
	.role = PROCNS_LINK_TUNNEL,
	.parse = parse,
	.ask = ask,
	.join = link_join_underlay,
	.pair = pair,
};
