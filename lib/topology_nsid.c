// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which namespace a netnsid means. The kernel answers the other question only: the id of a namespace one has a descriptor of.
 * Asking that for every namespace in every namespace would be quadratic, so guesses come first, good ones, and each is put to the
 * kernel before it is believed:
 *
 *   - landmarks: the caller's own namespace and hubs, asked for when the namespace is read;
 *   - for one end of a pair, the namespaces with a link that names this one as its other end;
 *   - the namespaces that this thread found last: many links lead to one host;
 *   - the kernel shows a link of the namespace an id means (IFLA_TARGET_NETNSID): those that have a link like it.
 *
 * Where the kernel does not show that, all namespaces are tried. And where A's link turned out to lead to B, what B's other end
 * names is A, without asking.
 */
#include <errno.h>
#include <string.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>

#include "topology_visit.h"
#include "util.h"

/*
 * Who has more ids than that is a hub. It is asked last: the kernel looks through all the ids it has for every answer, and mostly
 * others have said by then who they are.
 */
#define FEW 4

static int take_netnsid(const struct nlmsghdr *message, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct rtgenmsg))
		if (mnl_attr_get_type(attr) == NETNSA_NSID)
			*(int32_t *)arg = (int32_t)attr_u32(attr);
	return 0;
}

/* The id that the namespace behind fd has in the visited one: negative where it has none. */
static int32_t netnsid_of(struct netns_reader *reader, int fd)
{
	int32_t id = NETNSA_NSID_NOT_ASSIGNED;
	const struct netlink_reader answer = { .message = take_netnsid, .arg = &id };
	struct netlink_request request;
	struct nlmsghdr *header = netlink_request(&request, RTM_GETNSID, AF_UNSPEC, sizeof(struct rtgenmsg));

	mnl_attr_put_u32(header, NETNSA_FD, (uint32_t)fd);
	return netlink_ask(reader->route, header, &answer) < 0 ? NETNSA_NSID_NOT_ASSIGNED : id;
}

static struct netnsid *find_id(const struct topology_netns *netns, int32_t id)
{
	size_t low = 0, high = netns->nnetnsids;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (netns->netnsids[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < netns->nnetnsids && netns->netnsids[low].id == id ? &netns->netnsids[low] : NULL;
}

struct topology_netns *link_far_netns(const struct topology_link *link)
{
	struct topology_netns *netns = topology_netns(link->link.netns);
	const struct netnsid *id;

	if (!link->has_netnsid)
		return netns;
	id = find_id(netns, link->netnsid);
	return id ? id->netns : NULL;
}

/* Takes the descriptor over. */
void topology_add_landmark(struct procns_topology *topology, struct topology_netns *netns, int fd)
{
	size_t place = atomic_fetch_add(&topology->nlandmarks, 1);

	if (place >= LANDMARKS) {
		close(fd);
		return;
	}
	topology->landmarks[place].netns = netns;
	atomic_store(&topology->landmarks[place].fd, fd);
}

void topology_close_landmarks(struct procns_topology *topology)
{
	for (size_t i = 0; i < LANDMARKS; i++)
		if (topology->landmarks[i].fd)
			close(topology->landmarks[i].fd);
}

bool is_landmark(const struct topology_netns *netns)
{
	return netns->nnetnsids > FEW && atomic_load(&netns->topology->nlandmarks) < LANDMARKS;
}

static bool all_known(const struct topology_netns *netns)
{
	for (size_t i = 0; i < netns->nnetnsids; i++)
		if (!netns->netnsids[i].netns)
			return false;
	return true;
}

int find_landmarks(struct netns_reader *reader)
{
	struct procns_topology *topology = reader->netns->topology;

	for (size_t i = 0; i < LANDMARKS && !all_known(reader->netns); i++) {
		int fd = atomic_load(&topology->landmarks[i].fd);
		struct netnsid *id;

		if (!fd || topology->landmarks[i].netns == reader->netns)
			continue;
		id = find_id(reader->netns, netnsid_of(reader, fd));
		if (id)
			id->netns = topology->landmarks[i].netns;
	}
	return 0;
}

static uint64_t ends_key(uint32_t ifindex, uint32_t far_ifindex)
{
	return (uint64_t)ifindex << 32 | far_ifindex;
}

static uint32_t far_ifindex(const struct topology_link *link)
{
	return link->has_iflink ? link->iflink : link->link.ifindex;
}

/* What a link looks like from anywhere: index, address and name. */
static uint64_t print_of(uint32_t ifindex, const uint8_t *mac, size_t mac_length, const char *name, size_t name_length)
{
	uint64_t hash = ifindex;

	for (size_t i = 0; i < mac_length; i++)
		hash = (hash ^ mac[i]) * 0x100000001b3u;
	for (size_t i = 0; i < name_length; i++)
		hash = (hash ^ (uint8_t)name[i]) * 0x100000001b3u;
	return hash;
}

static uint64_t link_print(const struct topology_link *link)
{
	return print_of(link->link.ifindex, link->mac, link->mac_length, link->link.name, strlen(link->link.name));
}

static int index_link(struct procns_topology *topology, struct topology_link *link)
{
	void **place = index_place(&topology->prints, link_print(link));

	if (!place)
		return -ENOMEM;
	link->same_print = *place;
	*place = link;
	if (!link->has_netnsid || link->link.role != PROCNS_LINK_PAIR)
		return 0;

	place = index_place(&topology->ends, ends_key(link->link.ifindex, far_ifindex(link)));
	if (!place)
		return -ENOMEM;
	link->same_ends = *place;
	*place = link;
	return 0;
}

static int index_links(struct procns_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++)
		for (size_t j = 0; j < topology->all[i].nlinks; j++)
			if (index_link(topology, topology->all[i].links[j].value) < 0)
				return -ENOMEM;
	return 0;
}

static void forget_indexes(struct procns_topology *topology)
{
	index_free(&topology->prints);
	index_free(&topology->ends);
	for (size_t i = 0; i < topology->count; i++)
		for (size_t j = 0; j < topology->all[i].nlinks; j++)
			((struct topology_link *)topology->all[i].links[j].value)->same_ends = NULL;
}

/* Is it this one? Whatever the answer, the id it does have is learned. */
static bool try_netns(struct netns_reader *reader, struct netnsid *wanted, struct topology_netns *netns, bool keep)
{
	struct netnsid *learned;
	int fd;

	if (netns == reader->netns || !netns->was_read)
		return false;
	fd = keep ? visitor_keep_open(reader, netns) : visitor_open(reader, netns);
	if (fd < 0)
		return false;
	learned = find_id(reader->netns, netnsid_of(reader, fd));
	if (learned)
		learned->netns = netns;
	if (!keep)
		close(fd);
	return wanted->netns;
}

/* The namespaces that were the answer last. */
static bool try_kept(struct netns_reader *reader, struct netnsid *wanted)
{
	for (size_t i = 0; i < VISITOR_KEEPS; i++) {
		struct topology_netns *netns = visitor_kept(reader, i);

		if (netns && try_netns(reader, wanted, netns, true))
			return true;
	}
	return false;
}

/* The other end of a pair names this end; more than a few that do are not worth asking one by one. */
static bool try_ends(struct netns_reader *reader, struct netnsid *wanted)
{
	const struct topology_link *sample = wanted->sample;
	struct topology_link *first, *link;
	size_t count = 0;

	if (sample->link.role != PROCNS_LINK_PAIR)
		return false;
	first = index_find(&reader->netns->topology->ends, ends_key(far_ifindex(sample), sample->link.ifindex));
	for (link = first; link && count <= FEW; link = link->same_ends)
		count++;
	if (count > FEW)
		return false;
	for (link = first; link; link = link->same_ends)
		if (try_netns(reader, wanted, topology_netns(link->link.netns), true))
			return true;
	return false;
}

/* A link of the namespace an id means, as the kernel shows it here: of several the last. */
struct shown_link {
	bool any;
	bool of_target;			/* the kernel knows the attribute (since 4.15), and did not show one of this namespace */
	uint64_t print;
};

static int take_shown_link(const struct nlmsghdr *message, void *arg)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct shown_link *shown = arg;
	const struct nlattr *attr;
	const char *name = "";
	const uint8_t *mac = NULL;
	size_t mac_length = 0, name_length = 0;

	if (message->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len(message) < sizeof(*info))
		return 0;
	mnl_attr_for_each(attr, message, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFLA_IFNAME) {
			name = mnl_attr_get_payload(attr);
			name_length = strnlen(name, mnl_attr_get_payload_len(attr));
		} else if (mnl_attr_get_type(attr) == IFLA_ADDRESS) {
			mac = mnl_attr_get_payload(attr);
			mac_length = mnl_attr_get_payload_len(attr);
		} else if (mnl_attr_get_type(attr) == IFLA_TARGET_NETNSID) {
			shown->of_target = true;
		}
	}
	if (mac_length > sizeof(((struct topology_link *)0)->mac))
		mac_length = sizeof(((struct topology_link *)0)->mac);
	shown->print = print_of((uint32_t)info->ifi_index, mac, mac_length, name, name_length);
	shown->any = true;
	return 0;
}

/* Where the link is known that another one works on, that one; a tunnel may name a namespace alone: then any but the loopback. */
static int show_link(struct netns_reader *reader, const struct netnsid *wanted, struct shown_link *shown)
{
	const struct netlink_reader answer = { .message = take_shown_link, .arg = shown };
	const uint32_t ifindex = wanted->sample->has_iflink ? wanted->sample->iflink : 0;
	struct netlink_request request;
	struct nlmsghdr *header = netlink_request(&request, RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg));

	((struct ifinfomsg *)mnl_nlmsg_get_payload(header))->ifi_index = (int)ifindex;
	mnl_attr_put_u32(header, IFLA_TARGET_NETNSID, (uint32_t)wanted->id);
	return ifindex ? netlink_ask(reader->route, header, &answer) : netlink_dump(reader->route, header, &answer);
}

static bool try_prints(struct netns_reader *reader, struct netnsid *wanted, uint64_t print)
{
	struct topology_link *link = index_find(&reader->netns->topology->prints, print);

	for (; link; link = link->same_print)
		if (try_netns(reader, wanted, topology_netns(link->link.netns), true))
			return true;
	return false;
}

static bool try_all(struct netns_reader *reader, struct netnsid *wanted)
{
	struct procns_topology *topology = reader->netns->topology;

	for (size_t i = 0; i < topology->count; i++)
		if (try_netns(reader, wanted, &topology->all[i], false))
			return true;
	return false;
}

/* Any other error says that the namespace or its link is gone: then there is nothing to look for. */
static bool is_refused(int err)
{
	return err == -EPERM || err == -EACCES || err == -EOPNOTSUPP;
}

static void resolve(struct netns_reader *reader, struct netnsid *wanted)
{
	struct shown_link shown = { 0 };
	int err;

	if (try_ends(reader, wanted) || try_kept(reader, wanted))
		return;
	err = show_link(reader, wanted, &shown);
	if (shown.any && shown.of_target)
		try_prints(reader, wanted, shown.print);
	else if (shown.any || is_refused(err))
		try_all(reader, wanted);
}

static int resolve_here(struct netns_reader *reader)
{
	for (size_t i = 0; i < reader->netns->nnetnsids; i++)
		if (!reader->netns->netnsids[i].netns)
			resolve(reader, &reader->netns->netnsids[i]);
	return 0;
}

static size_t count_unknown(const struct topology_netns *netns)
{
	size_t count = 0;

	for (size_t i = 0; i < netns->nnetnsids; i++)
		count += !netns->netnsids[i].netns;
	return count;
}

static bool has_unknown(const struct topology_netns *netns)
{
	return count_unknown(netns) > 0;
}

/* Where a pair's one end leads to, the other end leads from. */
static void conclude_from(const struct topology_link *link)
{
	struct topology_netns *far = link->has_netnsid && link->link.role == PROCNS_LINK_PAIR ? link_far_netns(link) : NULL;
	struct topology_link *other = far ? netns_link(far, far_ifindex(link)) : NULL;
	struct netnsid *id;

	if (!other || !other->has_netnsid || other->link.role != PROCNS_LINK_PAIR || far_ifindex(other) != link->link.ifindex)
		return;
	id = find_id(far, other->netnsid);
	if (id && !id->netns)
		id->netns = topology_netns(link->link.netns);
}

static void conclude(struct procns_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++)
		for (size_t j = 0; j < topology->all[i].nlinks; j++)
			conclude_from(topology->all[i].links[j].value);
}

/* Namespaces with unknown ids: those with at most `most` of them, by number. */
static size_t list_unknown(struct procns_topology *topology, struct topology_netns **list, size_t most)
{
	size_t count = 0;

	for (size_t i = 0; i < topology->count; i++) {
		size_t unknown = topology->all[i].was_read ? count_unknown(&topology->all[i]) : 0;

		if (unknown && unknown <= most)
			list[count++] = &topology->all[i];
	}
	return count;
}

static int resolve_in(struct procns *ctx, struct procns_topology *topology, struct topology_netns **list, size_t most)
{
	const struct visit visit = { .visit = resolve_here, .needed = has_unknown };
	size_t count = list_unknown(topology, list, most);
	int err = count ? topology_visit(ctx, topology, list, count, &visit) : 0;

	conclude(topology);
	return err;
}

int topology_resolve_netnsids(struct procns *ctx, struct procns_topology *topology)
{
	cleanup_free struct topology_netns **list = calloc(topology->count + 1, sizeof(*list));
	int err;

	if (!list)
		return -ENOMEM;
	conclude(topology);
	if (!list_unknown(topology, list, SIZE_MAX))
		return 0;
	err = index_links(topology);
	if (err == 0)
		err = resolve_in(ctx, topology, list, FEW);
	if (err == 0)
		err = resolve_in(ctx, topology, list, SIZE_MAX);
	forget_indexes(topology);
	return err;
}
