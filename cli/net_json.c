// SPDX-License-Identifier: GPL-2.0-or-later
/* procns net -J. docs/json-net.md says what the members mean. */
#include <string.h>
#include <sys/socket.h>

#include "command.h"
#include "json.h"
#include "net.h"

static const char *family_name(uint8_t family)
{
	return family == AF_INET6 ? "inet6" : "inet";
}

static const char *label_source_name(enum procns_label_source source)
{
	static const char *const names[] = {
		[PROCNS_LABEL_NETNS] = "netns", [PROCNS_LABEL_CONTAINER] = "container", [PROCNS_LABEL_UNIT] = "unit",
		[PROCNS_LABEL_INITIAL] = "initial", [PROCNS_LABEL_PATH] = "path", [PROCNS_LABEL_NUMBER] = "number",
	};

	return names[source];
}

static void write_link_reference(struct json_writer *json, const char *key, const struct procns_link *link)
{
	if (!link) {
		json_null(json, key);
		return;
	}
	json_begin(json, key, '{');
	json_number(json, "netns", link->netns->ns->inum);
	json_number(json, "ifindex", link->ifindex);
	json_text(json, "name", link->name);
	json_end(json, '}');
}

static void write_addresses(struct json_writer *json, const struct procns_link *link)
{
	json_begin(json, "addresses", '[');
	for (size_t i = 0; i < link->naddrs; i++) {
		const struct procns_link_addr *addr = link->addrs[i];

		json_begin(json, NULL, '{');
		json_text(json, "address", addr->text);
		json_text(json, "family", family_name(addr->addr.family));
		json_text(json, "scope", addr->scope);
		json_text(json, "peer", addr->peer_text);
		json_end(json, '}');
	}
	json_end(json, ']');
}

static void write_attr_value(struct json_writer *json, const char *key, const struct procns_link_attr *attr)
{
	if (attr->type == PROCNS_ATTR_TEXT)
		json_text(json, key, attr->text);
	else if (attr->type == PROCNS_ATTR_FLAG)
		json_bool(json, key, attr->number);
	else
		json_number(json, key, (int64_t)attr->number);
}

/* Those of one name are one list, at the place of the first. */
static void write_attr_list(struct json_writer *json, const struct procns_link *link, size_t first)
{
	const char *name = link->attrs[first]->name;

	for (size_t i = 0; i < first; i++)
		if (!strcmp(link->attrs[i]->name, name))
			return;
	json_begin(json, name, '[');
	for (size_t i = first; i < link->nattrs; i++)
		if (!strcmp(link->attrs[i]->name, name))
			write_attr_value(json, NULL, link->attrs[i]);
	json_end(json, ']');
}

static void write_attrs(struct json_writer *json, const struct procns_link *link)
{
	json_begin(json, "attributes", '{');
	for (size_t i = 0; i < link->nattrs; i++) {
		if (link->attrs[i]->list)
			write_attr_list(json, link, i);
		else
			write_attr_value(json, link->attrs[i]->name, link->attrs[i]);
	}
	json_end(json, '}');
}

static void write_processes(struct json_writer *json, const struct procns_net_process *const *processes, size_t count)
{
	json_begin(json, "processes", '[');
	for (size_t i = 0; i < count; i++) {
		json_begin(json, NULL, '{');
		json_number(json, "pid", processes[i]->pid);
		json_number(json, "fd", processes[i]->fd);
		json_text(json, "command", processes[i]->comm);
		json_end(json, '}');
	}
	json_end(json, ']');
}

/* Only where the other end is not to be seen: what the kernel says of it all the same. */
static void write_far(struct json_writer *json, const struct procns_link *link)
{
	if (!link->far_reason)
		return;
	json_begin(json, "far", '{');
	json_number(json, "ifindex", link->far_ifindex);
	json_number(json, "netnsid", link->far_netnsid);
	json_text(json, "reason", link->far_reason);
	json_end(json, '}');
}

static void write_link(struct json_writer *json, const struct procns_link *link)
{
	json_begin(json, NULL, '{');
	json_number(json, "ifindex", link->ifindex);
	json_text(json, "name", link->name);
	json_text(json, "kind", link->kind);
	json_text(json, "role", procns_link_role_name(link->role));
	json_bool(json, "up", link->up);
	json_text(json, "state", link->state);
	json_number(json, "flags", link->flags);
	json_number(json, "mtu", link->mtu);
	json_text(json, "mac", link->mac);
	json_text(json, "alias", link->alias);
	json_text(json, "device", link->parent_dev);
	json_bool(json, "forwards4", link->forwards4);
	json_bool(json, "forwards6", link->forwards6);
	write_addresses(json, link);
	write_attrs(json, link);
	write_link_reference(json, "master", link->master);
	write_link_reference(json, "lower", link->lower);
	write_link_reference(json, "peer", link->peer);
	if (link->role == PROCNS_LINK_TUNNEL) {
		if (link->underlay)
			json_number(json, "underlay", link->underlay->ns->inum);
		else
			json_null(json, "underlay");
	}
	if (link->role == PROCNS_LINK_TAP)
		write_processes(json, link->processes, link->nprocesses);
	write_far(json, link);
	json_end(json, '}');
}

static void write_nexthops(struct json_writer *json, const struct procns_route *route)
{
	json_begin(json, "nexthops", '[');
	for (size_t i = 0; i < route->nnexthops; i++) {
		const struct procns_nexthop *nexthop = &route->nexthops[i];

		json_begin(json, NULL, '{');
		json_text(json, "via", nexthop->via_text);
		if (nexthop->link)
			json_number(json, "ifindex", nexthop->link->ifindex);
		else
			json_null(json, "ifindex");
		json_text(json, "link", nexthop->link ? nexthop->link->name : NULL);
		json_number(json, "weight", nexthop->weight);
		json_end(json, '}');
	}
	json_end(json, ']');
}

static void write_route(struct json_writer *json, const struct procns_route *route)
{
	json_begin(json, NULL, '{');
	json_text(json, "destination", route->text);
	json_text(json, "from", route->src_text);
	json_text(json, "family", family_name(route->dst.family));
	json_number(json, "table", route->table);
	json_text(json, "type", route->type);
	json_text(json, "protocol", route->protocol);
	json_number(json, "metric", route->metric);
	json_text(json, "source", route->prefsrc);
	write_nexthops(json, route);
	json_end(json, '}');
}

static void write_socket(struct json_writer *json, const struct procns_net_socket *sock)
{
	json_begin(json, NULL, '{');
	json_text(json, "protocol", sock->protocol);
	json_text(json, "family", family_name(sock->addr.family));
	json_text(json, "address", sock->addr_text);
	json_number(json, "port", sock->port);
	json_text(json, "link", sock->link ? sock->link->name : NULL);
	json_number(json, "inode", (int64_t)sock->ino);
	json_number(json, "uid", sock->uid);
	write_processes(json, sock->processes, sock->nprocesses);
	json_end(json, '}');
}

static void write_members(struct json_writer *json, const struct procns_ns *ns)
{
	json_number(json, "nprocs", (int64_t)ns->nprocs);
	if (ns->first && ns->first->pid)
		json_number(json, "pid", ns->first->pid);
	else
		json_null(json, "pid");
	json_text(json, "command", ns->first ? ns->first->comm : NULL);
}

static void write_netns_head(struct json_writer *json, const struct procns_netns *netns)
{
	const struct procns_ns *ns = netns->ns;

	json_number(json, "inum", ns->inum);
	json_number(json, "id", (int64_t)ns->id);
	json_text(json, "name", netns->label);
	json_text(json, "name_from", label_source_name(netns->label_source));
	json_bool(json, "initial", ns->initial);
	json_bool(json, "own", netns->own);
	if (ns->owner)
		json_number(json, "owner", ns->owner->inum);
	else
		json_null(json, "owner");
	write_members(json, ns);
	json_begin(json, "paths", '[');
	for (size_t i = 0; i < ns->nnames; i++)
		json_text(json, NULL, ns->names[i]);
	json_end(json, ']');
}

static void write_netns(const struct net *net, struct json_writer *json, const struct procns_netns *netns)
{
	json_begin(json, NULL, '{');
	write_netns_head(json, netns);
	json_begin(json, "links", '[');
	for (size_t i = 0; i < netns->nlinks; i++)
		write_link(json, netns->links[i]);
	json_end(json, ']');
	json_begin(json, "routes", '[');
	for (size_t i = 0; i < netns->nroutes; i++)
		write_route(json, netns->routes[i]);
	json_end(json, ']');
	if (net->sockets) {
		json_begin(json, "sockets", '[');
		for (size_t i = 0; i < netns->nsockets; i++)
			write_socket(json, netns->sockets[i]);
		json_end(json, ']');
	}
	json_end(json, '}');
}

static void write_joins(const struct net *net, struct json_writer *json)
{
	json_begin(json, "joins", '[');
	for (size_t i = 0; i < procns_join_count(net->topology); i++) {
		const struct procns_join *join = procns_join_at(net->topology, i);

		json_begin(json, NULL, '{');
		json_text(json, "kind", procns_join_kind_name(join->kind));
		write_link_reference(json, "from", join->from);
		write_link_reference(json, "to", join->to);
		json_end(json, '}');
	}
	json_end(json, ']');
}

void net_write_gaps(const struct net *net, struct json_writer *json)
{
	json_begin(json, "incomplete", '[');
	json_gaps(json, net->snapshot);
	for (size_t i = 0; i < procns_topology_gaps(net->topology); i++)
		json_text(json, NULL, procns_topology_gap(net->topology, i));
	json_end(json, ']');
}

int net_print_json(const struct net *net, FILE *out)
{
	struct json_writer json = { .out = out };

	json_begin(&json, NULL, '{');
	json_number(&json, "version", NET_JSON_VERSION);
	json_text(&json, "source", procns_snapshot_source(net->snapshot));
	json_begin(&json, "namespaces", '[');
	for (size_t i = 0; i < procns_netns_count(net->topology); i++)
		write_netns(net, &json, procns_netns_at(net->topology, i));
	json_end(&json, ']');
	write_joins(net, &json);
	net_write_gaps(net, &json);
	json_end(&json, '}');
	return EXIT_OK;
}
