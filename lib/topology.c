// SPDX-License-Identifier: LGPL-2.1-or-later
/* The public face: a topology is read, put in order, and from then on only looked at. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "link.h"
#include "util.h"

int chain_add(struct arena *arena, struct chain *chain, const void *value)
{
	struct chain_node *node = arena_alloc(arena, sizeof(*node));

	if (!node)
		return -ENOMEM;
	node->value = value;
	if (chain->last)
		chain->last->next = node;
	else
		chain->first = node;
	chain->last = node;
	chain->count++;
	return 0;
}

const void *chain_array(struct arena *arena, const struct chain *chain)
{
	const void **values = arena_alloc(arena, chain->count * sizeof(*values));
	size_t i = 0;

	for (const struct chain_node *node = chain->first; values && node; node = node->next)
		values[i++] = node->value;
	return values;
}

static char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1);
	if (text)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

int topology_gap(struct procns_topology *topology, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(&topology->arena, format, args);
	va_end(args);
	return text ? vector_add(&topology->gaps, topology->gaps.count, text) : -ENOMEM;
}

static int add_netns(struct procns_topology *topology, struct topology_netns *netns, const struct procns_ns *ns)
{
	void **place = index_place(&topology->by_inum, ns->inum);

	if (!place)
		return -ENOMEM;
	*place = netns;
	netns->netns.ns = netns->opened_as = ns;
	netns->topology = topology;
	return 0;
}

static int list_namespaces(struct procns_topology *topology)
{
	const struct procns_snapshot *snapshot = topology->snapshot;
	size_t total = procns_count(snapshot);

	topology->all = arena_alloc(&topology->arena, total * sizeof(*topology->all));
	if (!topology->all)
		return -ENOMEM;
	for (size_t i = 0; i < total; i++) {
		const struct procns_ns *ns = procns_at(snapshot, i);

		if (ns->type == PROCNS_NET && add_netns(topology, &topology->all[topology->count++], ns) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Makes the list callers see of a chain that is whole; `array` is the address of whatever pointer they have to it. */
static int publish_chain(struct arena *arena, const struct chain *chain, void *array, size_t *count)
{
	const void *values = chain_array(arena, chain);

	memcpy(array, &values, sizeof(values));
	*count = chain->count;
	return values ? 0 : -ENOMEM;
}

static int publish_link(struct arena *arena, struct topology_link *inner)
{
	struct procns_link *link = &inner->link;

	if (publish_chain(arena, &inner->addrs, &link->addrs, &link->naddrs) < 0 ||
	    publish_chain(arena, &inner->attrs, &link->attrs, &link->nattrs) < 0 ||
	    publish_chain(arena, &inner->ports, &link->ports, &link->nports) < 0 ||
	    publish_chain(arena, &inner->uppers, &link->uppers, &link->nuppers) < 0)
		return -ENOMEM;
	return publish_chain(arena, &inner->processes, &link->processes, &link->nprocesses);
}

static int publish_links(struct arena *arena, struct topology_netns *inner)
{
	const struct procns_link **links = arena_alloc(arena, inner->nlinks * sizeof(*links));

	if (!links)
		return -ENOMEM;
	for (size_t i = 0; i < inner->nlinks; i++) {
		struct topology_link *link = inner->links[i].value;

		links[i] = &link->link;
		if (publish_link(arena, link) < 0)
			return -ENOMEM;
	}
	inner->netns.links = links;
	inner->netns.nlinks = inner->nlinks;
	return 0;
}

static int publish_netns(struct arena *arena, struct topology_netns *inner)
{
	struct procns_netns *netns = &inner->netns;

	for (const struct chain_node *node = inner->sockets.first; node; node = node->next) {
		struct topology_socket *sock = topology_socket(node->value);

		if (publish_chain(arena, &sock->processes, &sock->socket.processes, &sock->socket.nprocesses) < 0)
			return -ENOMEM;
	}
	if (publish_chain(arena, &inner->routes, &netns->routes, &netns->nroutes) < 0 ||
	    publish_chain(arena, &inner->rules, &netns->rules, &netns->nrules) < 0 ||
	    publish_chain(arena, &inner->sockets, &netns->sockets, &netns->nsockets) < 0)
		return -ENOMEM;
	return publish_links(arena, inner);
}

/* The one everybody knows first, then as people count: web2 before web10. */
static int by_label(const void *a, const void *b)
{
	const struct procns_netns *one = *(const struct procns_netns *const *)a, *other = *(const struct procns_netns *const *)b;
	int order = other->ns->initial - one->ns->initial;

	if (!order)
		order = strverscmp(one->label, other->label);
	if (!order)
		order = one->ns->inum < other->ns->inum ? -1 : 1;
	return order;
}

static int publish(struct procns_topology *topology)
{
	topology->listed = arena_alloc(&topology->arena, topology->count * sizeof(*topology->listed));
	if (!topology->listed)
		return -ENOMEM;
	for (size_t i = 0; i < topology->count; i++) {
		struct topology_netns *netns = &topology->all[i];

		if (!netns->was_read)
			continue;
		topology->listed[topology->nlisted++] = &netns->netns;
		if (publish_netns(&topology->arena, netns) < 0)
			return -ENOMEM;
	}
	qsort(topology->listed, topology->nlisted, sizeof(*topology->listed), by_label);
	for (size_t i = 0; i < topology->nlisted; i++)
		topology_netns(topology->listed[i])->order = i;
	return topology_list_joins(topology);
}

static bool wants_kernel_udp(const struct procns_topology *topology)
{
	for (size_t i = 0; i < topology->count; i++)
		for (size_t j = 0; j < topology->all[i].nlinks; j++)
			if (((const struct topology_link *)topology->all[i].links[j].value)->driver->uses_kernel_udp)
				return true;
	return false;
}

/* Other ends that are not shown though the kernel says that there are some: how many, and what is wrong with the first. */
static int say_unknown_ends(struct procns_topology *topology)
{
	const struct procns_link *first = NULL;
	size_t unknown = 0;

	for (size_t i = 0; i < topology->nlisted; i++)
		for (size_t j = 0; j < topology->listed[i]->nlinks; j++) {
			const struct procns_link *link = topology->listed[i]->links[j];

			if (!link->far_reason)
				continue;
			unknown++;
			first = first ? first : link;
		}
	if (!unknown)
		return 0;
	return topology_gap(topology, "the other end of %zu link%s is not known (number %u in net:[%u]: %s)", unknown,
			    unknown > 1 ? "s" : "", first->ifindex, first->netns->ns->inum, first->far_reason);
}

static int read_topology(struct procns *ctx, struct procns_topology *topology)
{
	int err = list_namespaces(topology);

	if (err == 0)
		err = topology_read_all(ctx, topology);
	if (err == 0)
		err = topology_resolve_netnsids(ctx, topology);
	if (err == 0 && wants_kernel_udp(topology))
		err = topology_read_udp(ctx, topology);
	if (err == 0)
		err = topology_find_processes(ctx, topology);
	if (err == 0)
		err = topology_join(topology);
	if (err == 0)
		err = topology_label(ctx, topology);
	if (err == 0)
		err = publish(topology);
	return err < 0 ? err : say_unknown_ends(topology);
}

int procns_topology_read(struct procns *ctx, const struct procns_snapshot *snapshot, uint32_t want,
			 struct procns_topology **result)
{
	struct procns_topology *topology = calloc(1, sizeof(*topology));
	int err;

	*result = NULL;
	if (!topology)
		return context_error(ctx, ENOMEM, "cannot read the topology: %s", strerror(ENOMEM));
	topology->snapshot = snapshot;
	topology->want = want;
	err = read_topology(ctx, topology);
	topology_close_landmarks(topology);
	procns_snapshot_free(topology->holders);
	topology->holders = NULL;
	if (err < 0) {
		procns_topology_free(topology);
		return context_error(ctx, -err, "cannot read the topology: %s", strerror(-err));
	}
	*result = topology;
	return 0;
}

void procns_topology_free(struct procns_topology *topology)
{
	if (!topology)
		return;
	for (struct topology_arena *memory = topology->arenas; memory; memory = memory->next)
		arena_free(&memory->arena);
	index_free(&topology->by_inum);
	vector_free(&topology->gaps);
	arena_free(&topology->arena);
	free(topology);
}

size_t procns_netns_count(const struct procns_topology *topology)
{
	return topology->nlisted;
}

const struct procns_netns *procns_netns_at(const struct procns_topology *topology, size_t i)
{
	return i < topology->nlisted ? topology->listed[i] : NULL;
}

const struct procns_netns *procns_netns_find(const struct procns_topology *topology, uint32_t inum)
{
	const struct topology_netns *netns = index_find(&topology->by_inum, inum);

	return netns && netns->was_read ? &netns->netns : NULL;
}

const struct procns_link *procns_link_find(const struct procns_netns *netns, uint32_t ifindex)
{
	const struct topology_link *link = netns_link(topology_netns(netns), ifindex);

	return link ? &link->link : NULL;
}

const struct procns_link_attr *procns_link_attr(const struct procns_link *link, const char *name)
{
	for (size_t i = 0; i < link->nattrs; i++)
		if (!strcmp(link->attrs[i]->name, name))
			return link->attrs[i];
	return NULL;
}

size_t procns_join_count(const struct procns_topology *topology)
{
	return topology->njoins;
}

const struct procns_join *procns_join_at(const struct procns_topology *topology, size_t i)
{
	return i < topology->njoins ? topology->joins[i] : NULL;
}

size_t procns_topology_gaps(const struct procns_topology *topology)
{
	return topology->gaps.count;
}

const char *procns_topology_gap(const struct procns_topology *topology, size_t i)
{
	return i < topology->gaps.count ? topology->gaps.items[i].value : NULL;
}

const char *procns_link_role_name(enum procns_link_role role)
{
	static const char *const names[] = {
		"loopback", "device", "pair", "switch", "upper", "tunnel", "tap", "virtual",
	};

	return role < ARRAY_SIZE(names) ? names[role] : NULL;
}

const char *procns_join_kind_name(enum procns_join_kind kind)
{
	static const char *const names[] = { "port", "lower", "peer", "tunnel" };

	return kind < ARRAY_SIZE(names) ? names[kind] : NULL;
}
