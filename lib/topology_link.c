// SPDX-License-Identifier: LGPL-2.1-or-later
/* Links: RTM_GETLINK. */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>

#include "link.h"

/* Since 5.14; older headers do not have them. */
#define ATTR_PARENT_DEV_NAME 56

/* The place of `forwarding` in what IFLA_INET6_CONF carries. */
#define DEVCONF6_FORWARDING 0

/* Flags of the kernel that net/if.h does not have. */
#define FLAG_LOWER_UP (1u << 16)

static const char *state_name(uint8_t state)
{
	static const char *const names[] = { "unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up" };

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

static const char *text_of(struct arena *arena, const struct nlattr *attr)
{
	const char *text = mnl_attr_get_payload(attr);

	return arena_strndup(arena, text, strnlen(text, mnl_attr_get_payload_len(attr)));
}

/* Link layer addresses of tunnels are those of the network below; everything else is written as an Ethernet address is. */
static int read_mac(struct netns_reader *reader, struct topology_link *link, uint16_t arphrd, const struct nlattr *attr)
{
	const uint8_t *bytes = mnl_attr_get_payload(attr);
	size_t length = mnl_attr_get_payload_len(attr);
	char text[3 * sizeof(link->mac) + 1];

	if (length > sizeof(link->mac))
		length = sizeof(link->mac);
	memcpy(link->mac, bytes, length);
	link->mac_length = (uint8_t)length;
	if (!length || arphrd == ARPHRD_LOOPBACK || arphrd == ARPHRD_NONE || length == 4 || length == 16)
		return 0;
	for (size_t i = 0; i < length; i++)
		snprintf(text + 3 * i, 4, "%02x:", bytes[i]);
	link->link.mac = arena_strndup(reader->arena, text, 3 * length - 1);
	return link->link.mac ? 0 : -ENOMEM;
}

static bool conf_is_set(const struct nlattr *conf, size_t number)
{
	const uint32_t *values = mnl_attr_get_payload(conf);

	return mnl_attr_get_payload_len(conf) / sizeof(*values) > number && values[number];
}

static void read_inet(struct topology_link *link, const struct nlattr *family)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, family)
		if (mnl_attr_get_type(attr) == IFLA_INET_CONF)
			link->link.forwards4 = conf_is_set(attr, IPV4_DEVCONF_FORWARDING - 1);
}

static void read_inet6(struct topology_link *link, const struct nlattr *family)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, family)
		if (mnl_attr_get_type(attr) == IFLA_INET6_CONF)
			link->link.forwards6 = conf_is_set(attr, DEVCONF6_FORWARDING);
}

static void read_families(struct topology_link *link, const struct nlattr *families)
{
	const struct nlattr *family;

	mnl_attr_for_each_nested(family, families) {
		if (mnl_attr_get_type(family) == AF_INET)
			read_inet(link, family);
		else if (mnl_attr_get_type(family) == AF_INET6)
			read_inet6(link, family);
	}
}

struct link_info {
	const struct nlattr *kind, *data, *port_kind, *port_data;
};

static struct link_info read_info(const struct nlattr *linkinfo)
{
	struct link_info info = { 0 };
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, linkinfo) {
		switch (mnl_attr_get_type(attr)) {
		case IFLA_INFO_KIND: info.kind = attr; break;
		case IFLA_INFO_DATA: info.data = attr; break;
		case IFLA_INFO_SLAVE_KIND: info.port_kind = attr; break;
		case IFLA_INFO_SLAVE_DATA: info.port_data = attr; break;
		}
	}
	return info;
}

static const char *kind_without_one(const struct topology_link *link, uint16_t arphrd)
{
	if (arphrd == ARPHRD_LOOPBACK)
		return "loopback";
	return link->link.parent_dev ? "physical" : "device";
}

static int choose_driver(struct netns_reader *reader, struct topology_link *link, const struct nlattr *kind, uint16_t arphrd)
{
	link->link.kind = kind ? text_of(reader->arena, kind) : kind_without_one(link, arphrd);
	if (!link->link.kind)
		return -ENOMEM;
	link->driver = link_driver(link->link.kind);
	link->link.role = link->driver->role;
	return 0;
}

static int read_kind(struct netns_reader *reader, struct topology_link *link, const struct nlattr *linkinfo, uint16_t arphrd)
{
	struct link_info info = { 0 };
	int err;

	if (linkinfo)
		info = read_info(linkinfo);
	err = choose_driver(reader, link, info.kind, arphrd);
	if (err < 0)
		return err;
	if (info.data && link->driver->parse)
		err = link->driver->parse(reader, link, info.data);
	if (err < 0 || !info.port_kind || !info.port_data)
		return err;

	const char *port_kind = text_of(reader->arena, info.port_kind);

	if (!port_kind)
		return -ENOMEM;
	if (!link_driver(port_kind)->port)
		return 0;
	return link_driver(port_kind)->port(reader, link, info.port_data);
}

static int read_attr(struct netns_reader *reader, struct topology_link *link, const struct nlattr *attr, uint16_t arphrd)
{
	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		link->link.name = text_of(reader->arena, attr);
		return link->link.name ? 0 : -ENOMEM;
	case IFLA_IFALIAS:
		link->link.alias = text_of(reader->arena, attr);
		return link->link.alias ? 0 : -ENOMEM;
	case ATTR_PARENT_DEV_NAME:
		link->link.parent_dev = text_of(reader->arena, attr);
		return link->link.parent_dev ? 0 : -ENOMEM;
	case IFLA_ADDRESS:
		return read_mac(reader, link, arphrd, attr);
	case IFLA_MTU:
		link->link.mtu = attr_u32(attr);
		return 0;
	case IFLA_OPERSTATE:
		link->link.state = state_name(attr_u8(attr));
		return 0;
	case IFLA_MASTER:
		link->master_index = attr_u32(attr);
		return 0;
	case IFLA_LINK:
		link->has_iflink = true;
		link->iflink = attr_u32(attr);
		return 0;
	case IFLA_LINK_NETNSID:
		link->has_netnsid = true;
		link->netnsid = (int32_t)attr_u32(attr);
		return 0;
	case IFLA_AF_SPEC:
		read_families(link, attr);
		return 0;
	}
	return 0;
}

static int take_link(const struct nlmsghdr *message, void *arg)
{
	struct netns_reader *reader = arg;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr, *linkinfo = NULL;
	struct topology_link *link;
	int err;

	if (message->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len(message) < sizeof(*info))
		return 0;
	link = arena_alloc(reader->arena, sizeof(*link));
	if (!link)
		return -ENOMEM;
	link->link = (struct procns_link){
		.netns = &reader->netns->netns, .ifindex = (uint32_t)info->ifi_index, .flags = info->ifi_flags,
		.state = state_name(0), .far_ifindex = -1, .far_netnsid = -1,
	};
	mnl_attr_for_each(attr, message, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			linkinfo = attr;
		err = read_attr(reader, link, attr, info->ifi_type);
		if (err < 0)
			return err;
	}
	if (!link->link.name)
		return 0;
	link->link.up = (info->ifi_flags & IFF_UP) && (info->ifi_flags & IFF_RUNNING);
	err = read_kind(reader, link, linkinfo, info->ifi_type);
	return err < 0 ? err : vector_add(&reader->scratch, link->link.ifindex, link);
}

static void forget_links(void *arg)
{
	struct netns_reader *reader = arg;

	reader->scratch.count = 0;
}

/* The links in a row, by index. */
static int keep_links(struct netns_reader *reader)
{
	struct topology_netns *netns = reader->netns;
	struct vector_item *items;

	if (vector_sort(&reader->scratch) < 0)
		return -ENOMEM;
	items = arena_alloc(reader->arena, reader->scratch.count * sizeof(*items));
	if (!items)
		return -ENOMEM;
	if (reader->scratch.count)
		memcpy(items, reader->scratch.items, reader->scratch.count * sizeof(*items));
	netns->links = items;
	netns->nlinks = reader->scratch.count;
	return 0;
}

/* Other namespaces' ids, each once for all the links that name it. */
static int keep_netnsids(struct netns_reader *reader)
{
	struct topology_netns *netns = reader->netns;
	struct vector *named = &reader->scratch;

	named->count = 0;
	for (size_t i = 0; i < netns->nlinks; i++) {
		struct topology_link *link = netns->links[i].value;

		if (link->has_netnsid && link->netnsid >= 0 && vector_add(named, (uint32_t)link->netnsid, link) < 0)
			return -ENOMEM;
	}
	if (vector_sort(named) < 0)
		return -ENOMEM;

	netns->nnetnsids = 0;
	netns->netnsids = arena_alloc(reader->arena, named->count * sizeof(*netns->netnsids));
	if (!netns->netnsids)
		return -ENOMEM;
	for (size_t i = 0; i < named->count; i++)
		if (!i || named->items[i].key != named->items[i - 1].key)
			netns->netnsids[netns->nnetnsids++] = (struct netnsid){
				.id = (int32_t)named->items[i].key, .sample = named->items[i].value,
			};
	return 0;
}

int read_links(struct netns_reader *reader)
{
	const struct netlink_reader links = { .begin = forget_links, .message = take_link, .arg = reader };
	struct netlink_request request;
	struct nlmsghdr *header = netlink_request(&request, RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg));
	int err;

	mnl_attr_put_u32(header, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	err = netlink_dump(reader->route, header, &links);
	if (err < 0 && err != -EAGAIN)
		return err;
	if (keep_links(reader) < 0 || keep_netnsids(reader) < 0)
		return -ENOMEM;
	return err;
}

struct topology_link *netns_link(const struct topology_netns *netns, uint32_t ifindex)
{
	const struct vector_item *items = netns->links;
	size_t low = 0, high = netns->nlinks;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (items[middle].key < ifindex)
			low = middle + 1;
		else
			high = middle;
	}
	return low < netns->nlinks && items[low].key == ifindex ? items[low].value : NULL;
}
