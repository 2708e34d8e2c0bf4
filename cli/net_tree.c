// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * procns net on a terminal: a tree for each namespace. Ports hang below their bridge, and what works on a link of the same namespace
 * below that; arrows lead elsewhere.
 */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "net.h"
#include "say.h"

/* Routes and sockets of one namespace; --json has them all. */
#define MOST_ROUTES 12

struct marks {
	const char *branch, *last, *pass, *blank, *peer, *on, *tunnel;
};

static const struct marks utf8_marks = { "├─ ", "└─ ", "│  ", "   ", "⇄ ", "↓ ", "⇝ " };
static const struct marks ascii_marks = { "|- ", "`- ", "|  ", "   ", "<-> ", "on ", "~> " };

/* Indexed by procns_link_role. */
static const char *const role_colors[PROCNS_LINK_NROLES] = {
	[PROCNS_LINK_LOOPBACK] = "\033[2m", [PROCNS_LINK_DEVICE] = "\033[1m", [PROCNS_LINK_PAIR] = "\033[36m",
	[PROCNS_LINK_SWITCH] = "\033[33m", [PROCNS_LINK_UPPER] = "\033[34m", [PROCNS_LINK_TUNNEL] = "\033[35m",
	[PROCNS_LINK_TAP] = "\033[32m", [PROCNS_LINK_VIRTUAL] = "",
};

struct printer {
	const struct net *net;
	const struct marks *marks;
	FILE *out;
};

/* Where a line stands in the tree. */
struct place {
	const struct place *above;
	bool last;
};

/* Lines of one namespace stand in columns. */
struct columns {
	int name, kind, state;
};

static void print_indent(const struct printer *printer, const struct place *place)
{
	if (!place)
		return;
	print_indent(printer, place->above);
	fputs(place->last ? printer->marks->blank : printer->marks->pass, printer->out);
}

static void begin_line(const struct printer *printer, const struct place *place)
{
	print_indent(printer, place->above);
	fputs(place->last ? printer->marks->last : printer->marks->branch, printer->out);
}

static void color(const struct printer *printer, const char *code)
{
	if (printer->net->color)
		fputs(code, printer->out);
}

static int depth_of(const struct place *place)
{
	int depth = 0;

	for (; place; place = place->above)
		depth++;
	return depth;
}

/* How many characters net_write_name() makes of it. */
static int width_of(const char *name)
{
	size_t left = strlen(name);
	int width = 0;

	while (left) {
		size_t length = printable_length(name, left);

		width += length ? 1 : 4;
		name += length ? length : 1;
		left -= length ? length : 1;
	}
	return width;
}

static void print_padding(const struct printer *printer, int width, int wanted)
{
	fprintf(printer->out, "%*s", wanted > width ? wanted - width + 2 : 2, "");
}

/* What a link is drawn under: its master, else what it works on, in the same namespace. */
static const struct procns_link *above(const struct procns_link *link)
{
	if (link->master)
		return link->master;
	return link->lower && link->lower->netns == link->netns && link->role == PROCNS_LINK_UPPER ? link->lower : NULL;
}

static void measure(struct columns *columns, const struct procns_netns *netns)
{
	for (size_t i = 0; i < netns->nlinks; i++) {
		const struct procns_link *link = netns->links[i];
		int width = width_of(link->name);

		for (const struct procns_link *upper = above(link); upper; upper = above(upper))
			width += 3;
		columns->name = width > columns->name ? width : columns->name;
		columns->kind = (int)strlen(link->kind) > columns->kind ? (int)strlen(link->kind) : columns->kind;
		columns->state = (int)strlen(net_state(link)) > columns->state ? (int)strlen(net_state(link)) : columns->state;
	}
}

static void print_elsewhere(const struct printer *printer, const char *mark, const struct procns_link *link,
			    const struct procns_link *other)
{
	fprintf(printer->out, "  %s", mark);
	net_write_name(other->name, printer->out);
	if (other->netns == link->netns)
		return;
	fputs(" in ", printer->out);
	net_write_name(other->netns->label, printer->out);
}

static void print_joins(const struct printer *printer, const struct procns_link *link)
{
	const struct marks *marks = printer->marks;

	if (link->peer)
		print_elsewhere(printer, link->role == PROCNS_LINK_TUNNEL ? marks->tunnel : marks->peer, link, link->peer);
	if (link->lower && above(link) != link->lower)
		print_elsewhere(printer, marks->on, link, link->lower);
	if (link->underlay && link->underlay != link->netns) {
		fputs("  over ", printer->out);
		net_write_name(link->underlay->label, printer->out);
	}
	if (link->far_reason)
		fprintf(printer->out, "  %snumber %lld (%s)", link->role == PROCNS_LINK_PAIR ? marks->peer : marks->on,
			(long long)link->far_ifindex, link->far_reason);
}

static void print_processes(const struct printer *printer, const struct procns_net_process *const *processes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ", " : "  ", printer->out);
		net_write_name(processes[i]->comm, printer->out);
		fprintf(printer->out, " (%d)", processes[i]->pid);
	}
}

static void print_attrs(const struct printer *printer, const struct procns_link *link)
{
	char text[1024];

	for (size_t i = 0; i < link->nattrs; i++) {
		if (!net_attr_text(link->attrs[i], text, sizeof(text)))
			continue;
		fputs("  ", printer->out);
		net_write_name(text, printer->out);
	}
}

static void print_link(const struct printer *printer, const struct procns_link *link, const struct columns *columns,
		       const struct place *place)
{
	begin_line(printer, place);
	color(printer, link->up ? role_colors[link->role] : "\033[2m");
	net_write_name(link->name, printer->out);
	print_padding(printer, width_of(link->name) + 3 * (depth_of(place) - 1), columns->name);
	fprintf(printer->out, "%-*s  %-*s", columns->kind, link->kind, columns->state, net_state(link));
	color(printer, "\033[m");
	for (size_t i = 0; i < link->naddrs; i++)
		fprintf(printer->out, "%s%s", i ? " " : "  ", link->addrs[i]->text);
	print_joins(printer, link);
	print_attrs(printer, link);
	print_processes(printer, link->processes, link->nprocesses);
	if (link->alias) {
		fputs("  \"", printer->out);
		net_write_name(link->alias, printer->out);
		fputc('"', printer->out);
	}
	if (link->mac)
		fprintf(printer->out, "  %s", link->mac);
	fprintf(printer->out, "  mtu %u\n", link->mtu);
}

static void print_links_below(const struct printer *printer, const struct procns_netns *netns, const struct procns_link *upper,
			      const struct columns *columns, const struct place *place, bool more)
{
	size_t left = 0;

	for (size_t i = 0; i < netns->nlinks; i++)
		left += above(netns->links[i]) == upper;
	for (size_t i = 0; i < netns->nlinks; i++) {
		const struct place here = { .above = place, .last = left == 1 && !more };

		if (above(netns->links[i]) != upper)
			continue;
		print_link(printer, netns->links[i], columns, &here);
		print_links_below(printer, netns, netns->links[i], columns, &here, false);
		left--;
	}
}

static size_t count_notable(const struct procns_netns *netns)
{
	size_t count = 0;

	for (size_t i = 0; i < netns->nroutes; i++)
		count += net_route_is_notable(netns->routes[i]);
	return count;
}

static void print_routes(const struct printer *printer, const struct procns_netns *netns, size_t count, bool last)
{
	const struct place routes = { .last = last };
	size_t printed = 0;

	begin_line(printer, &routes);
	fputs("routes\n", printer->out);
	for (size_t i = 0; i < netns->nroutes && printed < MOST_ROUTES; i++) {
		const struct place here = { .above = &routes, .last = printed + 1 == count };

		if (!net_route_is_notable(netns->routes[i]))
			continue;
		begin_line(printer, &here);
		net_write_route(netns->routes[i], printer->out);
		fputc('\n', printer->out);
		printed++;
	}
	if (printed < count) {
		const struct place here = { .above = &routes, .last = true };

		begin_line(printer, &here);
		fprintf(printer->out, "%zu more (--json has them)\n", count - printed);
	}
}

static void print_sockets(const struct printer *printer, const struct procns_netns *netns)
{
	const struct place sockets = { .last = true };

	begin_line(printer, &sockets);
	fputs("listening\n", printer->out);
	for (size_t i = 0; i < netns->nsockets; i++) {
		const struct procns_net_socket *sock = netns->sockets[i];
		const struct place here = { .above = &sockets, .last = i + 1 == netns->nsockets };

		begin_line(printer, &here);
		fprintf(printer->out, strchr(sock->addr_text, ':') ? "%s [%s]:%u" : "%s %s:%u", sock->protocol, sock->addr_text,
			sock->port);
		if (sock->link) {
			fputs(" dev ", printer->out);
			net_write_name(sock->link->name, printer->out);
		}
		print_processes(printer, sock->processes, sock->nprocesses);
		fputc('\n', printer->out);
	}
}

/* What the label does not say already. */
static void print_members(const struct printer *printer, const struct procns_ns *ns)
{
	if (!(ns->known & PROCNS_FACT_MEMBERS))
		return;
	if (!ns->nthreads) {
		fputs("  no process", printer->out);
		return;
	}
	if (ns->first && ns->first->pid) {
		fputs("  ", printer->out);
		net_write_name(ns->first->comm, printer->out);
		fprintf(printer->out, " (%d)", ns->first->pid);
	}
	if (ns->nprocs > 1)
		fprintf(printer->out, " and %zu more", ns->nprocs - 1);
}

static void print_netns(const struct printer *printer, const struct procns_netns *netns)
{
	const size_t nroutes = count_notable(netns);
	struct columns columns = { 0 };

	color(printer, "\033[1m");
	net_write_name(netns->label, printer->out);
	color(printer, "\033[m");
	if (netns->label_source != PROCNS_LABEL_NUMBER)
		fprintf(printer->out, "  net:[%u]", netns->ns->inum);
	print_members(printer, netns->ns);
	fputc('\n', printer->out);
	measure(&columns, netns);
	print_links_below(printer, netns, NULL, &columns, NULL, nroutes || netns->nsockets);
	if (nroutes)
		print_routes(printer, netns, nroutes, !netns->nsockets);
	if (netns->nsockets)
		print_sockets(printer, netns);
}

int net_print_tree(const struct net *net)
{
	const struct printer printer = {
		.net = net, .out = stdout,
		.marks = strcmp(nl_langinfo(CODESET), "UTF-8") ? &ascii_marks : &utf8_marks,
	};

	for (size_t i = 0; i < procns_netns_count(net->topology); i++)
		print_netns(&printer, procns_netns_at(net->topology, i));
	return EXIT_OK;
}
