// SPDX-License-Identifier: LGPL-2.1-or-later
/* Routes: RTM_GETROUTE, every table but the local one, which only repeats the addresses. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "net_addr.h"
#include "topology.h"

static const char *type_name(uint8_t type)
{
	static const char *const names[] = {
		[RTN_UNICAST] = "unicast", [RTN_LOCAL] = "local", [RTN_BLACKHOLE] = "blackhole",
		[RTN_UNREACHABLE] = "unreachable", [RTN_PROHIBIT] = "prohibit", [RTN_THROW] = "throw", [RTN_NAT] = "nat",
	};

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

/* The numbers are an ABI; names are those of iproute2's rt_protos. */
static const char *protocol_name(struct arena *arena, uint8_t protocol)
{
	static const char *const names[256] = {
		[RTPROT_REDIRECT] = "redirect", [RTPROT_KERNEL] = "kernel", [RTPROT_BOOT] = "boot", [RTPROT_STATIC] = "static",
		[RTPROT_RA] = "ra", [RTPROT_ZEBRA] = "zebra", [RTPROT_BIRD] = "bird", [RTPROT_DHCP] = "dhcp",
		[RTPROT_KEEPALIVED] = "keepalived", [RTPROT_BGP] = "bgp", [RTPROT_ISIS] = "isis", [RTPROT_OSPF] = "ospf",
		[RTPROT_RIP] = "rip", [RTPROT_EIGRP] = "eigrp", [RTPROT_BABEL] = "babel",
	};

	return names[protocol] ? names[protocol] : arena_printf(arena, "%u", protocol);
}

/* What a message says, before it is put where it stays. */
struct parsed_route {
	struct procns_route route;
	const struct nlattr *gateway, *via, *multipath;
	uint32_t oif;
};

/* RTA_VIA: a family, and an address of it: IPv4 routed by IPv6. */
static struct procns_net_addr via_addr(const struct nlattr *attr)
{
	const struct rtvia *via = mnl_attr_get_payload(attr);
	size_t length = mnl_attr_get_payload_len(attr);

	if (length < sizeof(*via))
		return (struct procns_net_addr){ 0 };
	return net_addr(via->rtvia_addr, length - sizeof(*via));
}

static struct procns_net_addr gateway_addr(const struct nlattr *attr)
{
	return net_addr(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
}

static int fill_nexthop(struct netns_reader *reader, struct procns_nexthop *nexthop, uint32_t oif,
			const struct procns_net_addr *via, uint32_t weight)
{
	char text[NET_ADDR_TEXT];

	if (oif) {
		struct topology_link *link = netns_link(reader->netns, oif);

		nexthop->link = link ? &link->link : NULL;
		reader->inconsistent |= !link;
	}
	nexthop->weight = weight;
	if (!via->family)
		return 0;
	nexthop->via = *via;
	net_addr_text(via, text);
	nexthop->via_text = arena_strndup(reader->arena, text, strlen(text));
	return nexthop->via_text ? 0 : -ENOMEM;
}

static int take_one_of_many(struct netns_reader *reader, struct procns_nexthop *nexthop, const struct rtnexthop *part)
{
	const struct nlattr *attr, *attrs = (const void *)RTNH_DATA(part);
	struct procns_net_addr via = { 0 };

	mnl_attr_for_each_payload(attrs, part->rtnh_len - sizeof(*part)) {
		if (mnl_attr_get_type(attr) == RTA_GATEWAY)
			via = gateway_addr(attr);
		else if (mnl_attr_get_type(attr) == RTA_VIA)
			via = via_addr(attr);
	}
	return fill_nexthop(reader, nexthop, (uint32_t)part->rtnh_ifindex, &via, part->rtnh_hops + 1u);
}

static bool whole_nexthop(const struct rtnexthop *part, size_t left)
{
	return left >= sizeof(*part) && part->rtnh_len >= sizeof(*part) && part->rtnh_len <= left;
}

static int take_many(struct netns_reader *reader, struct procns_route *route, const struct nlattr *multipath)
{
	const char *start = mnl_attr_get_payload(multipath), *at = start;
	const char *end = start + mnl_attr_get_payload_len(multipath);
	struct procns_nexthop *nexthops;

	for (; whole_nexthop((const void *)at, end - at); at += RTNH_ALIGN(((const struct rtnexthop *)at)->rtnh_len))
		route->nnexthops++;
	nexthops = arena_alloc(reader->arena, route->nnexthops * sizeof(*nexthops));
	if (!nexthops)
		return -ENOMEM;
	at = start;
	for (size_t i = 0; i < route->nnexthops; i++) {
		int err = take_one_of_many(reader, &nexthops[i], (const void *)at);

		if (err < 0)
			return err;
		at += RTNH_ALIGN(((const struct rtnexthop *)at)->rtnh_len);
	}
	route->nexthops = nexthops;
	return 0;
}

static int take_one(struct netns_reader *reader, struct procns_route *route, const struct parsed_route *parsed)
{
	struct procns_net_addr via = { 0 };
	struct procns_nexthop *nexthop;

	if (!parsed->oif && !parsed->gateway && !parsed->via)
		return 0;
	nexthop = arena_alloc(reader->arena, sizeof(*nexthop));
	if (!nexthop)
		return -ENOMEM;
	if (parsed->gateway)
		via = gateway_addr(parsed->gateway);
	else if (parsed->via)
		via = via_addr(parsed->via);
	route->nexthops = nexthop;
	route->nnexthops = 1;
	return fill_nexthop(reader, nexthop, parsed->oif, &via, 1);
}

static int read_prefsrc(struct netns_reader *reader, struct procns_route *route, const struct nlattr *attr)
{
	struct procns_net_addr addr = gateway_addr(attr);
	char text[NET_ADDR_TEXT];

	if (!addr.family)
		return 0;
	net_addr_text(&addr, text);
	route->prefsrc = arena_strndup(reader->arena, text, strlen(text));
	return route->prefsrc ? 0 : -ENOMEM;
}

static int read_attrs(struct netns_reader *reader, struct parsed_route *parsed, const struct nlmsghdr *message,
		      const struct rtmsg *info)
{
	struct procns_route *route = &parsed->route;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(*info)) {
		switch (mnl_attr_get_type(attr)) {
		case RTA_DST:
			route->dst = gateway_addr(attr);
			break;
		case RTA_SRC:
			route->src = gateway_addr(attr);
			route->src.prefix = info->rtm_src_len;
			break;
		case RTA_OIF: parsed->oif = attr_u32(attr); break;
		case RTA_GATEWAY: parsed->gateway = attr; break;
		case RTA_VIA: parsed->via = attr; break;
		case RTA_MULTIPATH: parsed->multipath = attr; break;
		case RTA_PRIORITY: route->metric = attr_u32(attr); break;
		case RTA_TABLE: route->table = attr_u32(attr); break;
		case RTA_PREFSRC:
			if (read_prefsrc(reader, route, attr) < 0)
				return -ENOMEM;
			break;
		}
	}
	route->dst.family = info->rtm_family;
	route->dst.prefix = info->rtm_dst_len;
	return 0;
}

static int name_route(struct arena *arena, struct procns_route *route)
{
	char text[NET_ADDR_TEXT];

	if (route->src.family) {
		net_block_text(&route->src, text);
		route->src_text = arena_strndup(arena, text, strlen(text));
		if (!route->src_text)
			return -ENOMEM;
	}
	route->text = "default";
	if (!route->dst.prefix)
		return 0;
	if (route->dst.prefix == net_family_bits(route->dst.family))
		net_addr_text(&route->dst, text);
	else
		net_block_text(&route->dst, text);
	route->text = arena_strndup(arena, text, strlen(text));
	return route->text ? 0 : -ENOMEM;
}

static int keep_route(struct netns_reader *reader, const struct parsed_route *parsed)
{
	struct procns_route *route = arena_alloc(reader->arena, sizeof(*route));
	int err;

	if (!route)
		return -ENOMEM;
	*route = parsed->route;
	if (name_route(reader->arena, route) < 0)
		return -ENOMEM;
	err = parsed->multipath ? take_many(reader, route, parsed->multipath) : take_one(reader, route, parsed);
	return err < 0 ? err : chain_add(reader->arena, &reader->netns->routes, route);
}

static int take_route(const struct nlmsghdr *message, void *arg)
{
	struct netns_reader *reader = arg;
	const struct rtmsg *info = mnl_nlmsg_get_payload(message);
	struct parsed_route parsed = { 0 };

	if (message->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(message) < sizeof(*info))
		return 0;
	if (!net_family_bits(info->rtm_family) || info->rtm_flags & RTM_F_CLONED || !type_name(info->rtm_type))
		return 0;
	parsed.route.type = type_name(info->rtm_type);
	parsed.route.table = info->rtm_table;
	if (read_attrs(reader, &parsed, message, info) < 0)
		return -ENOMEM;
	if (parsed.route.table == RT_TABLE_LOCAL)
		return 0;
	parsed.route.protocol = protocol_name(reader->arena, info->rtm_protocol);
	return parsed.route.protocol ? keep_route(reader, &parsed) : -ENOMEM;
}

static void forget_routes(void *arg)
{
	struct netns_reader *reader = arg;

	reader->netns->routes = (struct chain){ 0 };
}

int read_routes(struct netns_reader *reader)
{
	const struct netlink_reader routes = { .begin = forget_routes, .message = take_route, .arg = reader };
	struct netlink_request request;

	return netlink_dump(reader->route, netlink_request(&request, RTM_GETROUTE, AF_UNSPEC, sizeof(struct rtmsg)), &routes);
}
