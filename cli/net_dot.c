// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The topology as a graph. A namespace is a cluster; a link a box, coloured by its kind, grey when it is down; a bridge, bond, team
 * or vrf is one box with a row for each port. What is joined within a namespace or across is an edge.
 *
 * Left to right: what most others are joined to stands in the middle, the rest to both sides of it, or the picture of a bridge with
 * fifty containers would be a strip.
 */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "net.h"
#include "net_layout.h"
#include "say.h"

struct colors {
	const char *fill, *line;
};

/* Indexed by procns_link_role. */
static const struct colors role_colors[PROCNS_LINK_NROLES] = {
	[PROCNS_LINK_LOOPBACK] = { "#f5f5f5", "#9e9e9e" }, [PROCNS_LINK_DEVICE] = { "#ffe0b2", "#e65100" },
	[PROCNS_LINK_PAIR] = { "#e3f2fd", "#1565c0" },	   [PROCNS_LINK_SWITCH] = { "#fff9c4", "#b58900" },
	[PROCNS_LINK_UPPER] = { "#e8eaf6", "#3949ab" },	   [PROCNS_LINK_TUNNEL] = { "#f3e5f5", "#8e24aa" },
	[PROCNS_LINK_TAP] = { "#e8f5e9", "#2e7d32" },	   [PROCNS_LINK_VIRTUAL] = { "#efebe9", "#6d4c41" },
};

static const struct colors down_colors = { "#eeeeee", "#9e9e9e" };

#define TEXT_COLOR "#212121"
#define DIM_COLOR "#757575"
#define CLUSTER_COLOR "#fafafa"

/* Longer names are cut in the picture, not in its tooltip. */
#define MOST_CHARACTERS 40

struct graph {
	const struct net *net;
	const struct dot_style *style;
	const struct layout *layout;
	FILE *out;
};

static const struct colors *colors_of(const struct procns_link *link)
{
	return link->up ? &role_colors[link->role] : &down_colors;
}

/* Letters that Graphviz replaces by names of its own after a backslash. */
#define GRAPHVIZ_LETTERS "EGHLNT"

#define WORD_JOINER "\xe2\x81\xa0"

/* One character of a text. */
static void write_character(const char *text, size_t length, FILE *out)
{
	switch (length == 1 ? *text : 0) {
	case '&': fputs("&amp;", out); break;
	case '<': fputs("&lt;", out); break;
	case '>': fputs("&gt;", out); break;
	case '"': fputs("&quot;", out); break;
	case '\'': fputs("&#39;", out); break;
	default: fwrite(text, 1, length, out);
	}
}

/*
 * Text inside an HTML-like label, at most so many characters. There is no way to write \N there that is not replaced, so something
 * without a width stands between the two.
 */
static void write_label(const char *text, FILE *out)
{
	size_t left = strlen(text), length;

	for (size_t n = 0; left; text += length, left -= length, n++) {
		if (n == MOST_CHARACTERS) {
			fputs("…", out);
			return;
		}
		length = printable_length(text, left);
		if (length) {
			write_character(text, length, out);
			if (*text == '\\' && text[1] && strchr(GRAPHVIZ_LETTERS, text[1]))
				fputs(WORD_JOINER, out);
			continue;
		}
		fprintf(out, "\\x%02x", (unsigned char)*text);
		length = 1;
	}
}

/* Text inside an attribute, all of it: there a backslash is written as two. */
static void write_tooltip(const char *text, FILE *out)
{
	size_t left = strlen(text), length;

	for (; left; text += length, left -= length) {
		length = printable_length(text, left);
		if (length && *text == '\\')
			fputs("\\\\", out);
		else if (length)
			write_character(text, length, out);
		else
			fprintf(out, "\\\\x%02x", (unsigned char)*text);
		length = length ? length : 1;
	}
}

static void write_node_name(const struct procns_link *link, FILE *out)
{
	fprintf(out, "n%u_%u", link->netns->ns->inum, link->ifindex);
}

/* Ports of a drawn switch are rows of its box. */
static bool is_row(const struct procns_link *link)
{
	return link->master && link->master->netns == link->netns;
}

static const struct procns_link *box_of(const struct procns_link *link)
{
	while (is_row(link))
		link = link->master;
	return link;
}

static bool is_shown(const struct procns_link *link)
{
	return !net_is_idle(link);
}

static void write_anchor(const struct graph *graph, const struct procns_link *link)
{
	char text[1024];

	if (graph->style->anchors)
		fprintf(graph->out, " HREF=\"#l%u-%u\"", link->netns->ns->inum, link->ifindex);
	fputs(" TOOLTIP=\"", graph->out);
	write_tooltip(link->name, graph->out);
	fprintf(graph->out, ": %s, %s, mtu %u", link->kind, net_state(link), link->mtu);
	if (link->mac)
		fprintf(graph->out, ", %s", link->mac);
	for (size_t i = 0; i < link->naddrs; i++)
		fprintf(graph->out, ", %s", link->addrs[i]->text);
	for (size_t i = 0; i < link->nattrs; i++) {
		if (!net_attr_text(link->attrs[i], text, sizeof(text)))
			continue;
		fputs(", ", graph->out);
		write_tooltip(text, graph->out);
	}
	fputc('"', graph->out);
}

/* Addresses that tell links apart; every IPv6 link has one of its own scope. */
static bool is_worth_showing(const struct procns_link_addr *addr)
{
	return !strcmp(addr->scope, "global") || !strcmp(addr->scope, "site");
}

static void write_small(const struct graph *graph, const char *color, const char *text)
{
	fprintf(graph->out, "<BR ALIGN=\"LEFT\"/><FONT POINT-SIZE=\"9\" COLOR=\"%s\">", color);
	write_label(text, graph->out);
	fputs("</FONT>", graph->out);
}

static bool is_in_picture(const struct procns_link *link, const struct procns_link_attr *attr)
{
	static const char *const names[] = { "id", "mode", "local", "remote", "group", "table", "type", "if_id" };

	/* A link that is down has no other state. */
	if (link->up && !strcmp(attr->name, "port_state"))
		return true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(attr->name, names[i]))
			return true;
	return false;
}

static void write_attrs(const struct graph *graph, const struct procns_link *link)
{
	char text[1024];

	for (size_t i = 0; i < link->nattrs; i++)
		if (is_in_picture(link, link->attrs[i]) && net_attr_text(link->attrs[i], text, sizeof(text)))
			write_small(graph, DIM_COLOR, text);
}

static void write_processes(const struct graph *graph, const struct procns_link *link)
{
	char text[64];

	for (size_t i = 0; i < link->nprocesses; i++) {
		snprintf(text, sizeof(text), "%s (%d)", link->processes[i]->comm, link->processes[i]->pid);
		write_small(graph, TEXT_COLOR, text);
	}
}

/* Name and kind on the first line, then what it is reached by. */
static void write_text(const struct graph *graph, const struct procns_link *link)
{
	const char *text_color = link->up ? TEXT_COLOR : DIM_COLOR;

	fprintf(graph->out, "<FONT COLOR=\"%s\"><B>", text_color);
	write_label(link->name, graph->out);
	fprintf(graph->out, "</B></FONT> <FONT POINT-SIZE=\"9\" COLOR=\"%s\">%s", colors_of(link)->line, link->kind);
	if (!link->up)
		fprintf(graph->out, ", %s", net_state(link));
	fputs("</FONT>", graph->out);
	for (size_t i = 0; i < link->naddrs; i++)
		if (is_worth_showing(link->addrs[i]))
			write_small(graph, text_color, link->addrs[i]->text);
	write_attrs(graph, link);
	write_processes(graph, link);
	if (link->alias)
		write_small(graph, DIM_COLOR, link->alias);
	fputs("<BR ALIGN=\"LEFT\"/>", graph->out);
}

static void write_cell(const struct graph *graph, const struct procns_link *link, int span)
{
	fprintf(graph->out, "<TD PORT=\"p%u\" ALIGN=\"LEFT\" BALIGN=\"LEFT\" BGCOLOR=\"%s\" COLOR=\"%s\"", link->ifindex,
		colors_of(link)->fill, colors_of(link)->line);
	if (span > 1)
		fprintf(graph->out, " COLSPAN=\"%d\"", span);
	write_anchor(graph, link);
	fputc('>', graph->out);
	write_text(graph, link);
	fputs("</TD>", graph->out);
}

/* The next port of the box that leads to that side, from number *at on; ports of ports (a bond in a bridge) come after it. */
static const struct procns_link *next_port(const struct graph *graph, const struct procns_link *box, size_t *at, bool left)
{
	const struct procns_netns *netns = box->netns;

	while (*at < netns->nlinks) {
		const struct procns_link *link = netns->links[(*at)++];

		if (is_row(link) && box_of(link) == box && layout_leads_left(graph->layout, link) == left)
			return link;
	}
	return NULL;
}

static bool has_port_to(const struct graph *graph, const struct procns_link *box, bool left)
{
	size_t at = 0;

	return next_port(graph, box, &at, left);
}

static void write_empty_cell(const struct graph *graph)
{
	fputs("<TD BORDER=\"0\"></TD>", graph->out);
}

/* Two columns: ports that lead to the left, and the rest. */
static void write_port_rows(const struct graph *graph, const struct procns_link *box, bool two_columns)
{
	const struct procns_link *left = NULL, *right;
	size_t at_left = 0, at_right = 0;

	for (;;) {
		left = two_columns ? next_port(graph, box, &at_left, true) : NULL;
		right = next_port(graph, box, &at_right, false);
		if (!right && !two_columns)
			right = next_port(graph, box, &at_left, true);
		if (!left && !right)
			return;
		fputs("<TR>", graph->out);
		if (left)
			write_cell(graph, left, 1);
		else if (two_columns)
			write_empty_cell(graph);
		if (right)
			write_cell(graph, right, 1);
		else
			write_empty_cell(graph);
		fputs("</TR>", graph->out);
	}
}

static void write_box(const struct graph *graph, const struct procns_link *link)
{
	const bool two_columns = link->nports && has_port_to(graph, link, true) && has_port_to(graph, link, false);

	fputs("    ", graph->out);
	write_node_name(link, graph->out);
	fputs(" [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\"><TR>", graph->out);
	write_cell(graph, link, two_columns ? 2 : 1);
	fputs("</TR>", graph->out);
	if (link->nports)
		write_port_rows(graph, link, two_columns);
	fputs("</TABLE>>];\n", graph->out);
}

static void write_cluster_label(const struct graph *graph, const struct procns_netns *netns)
{
	const struct procns_ns *ns = netns->ns;

	fputs("<<B>", graph->out);
	write_label(netns->label, graph->out);
	fputs("</B>", graph->out);
	if (netns->label_source != PROCNS_LABEL_NUMBER)
		fprintf(graph->out, "<FONT POINT-SIZE=\"9\" COLOR=\"" DIM_COLOR "\">&#160;&#160;net:[%u]</FONT>", ns->inum);
	if (ns->first && ns->first->pid) {
		fputs("<FONT POINT-SIZE=\"9\" COLOR=\"" DIM_COLOR "\">&#160;&#160;", graph->out);
		write_label(ns->first->comm, graph->out);
		fprintf(graph->out, " (%d)</FONT>", ns->first->pid);
	}
	fputc('>', graph->out);
}

static bool has_boxes(const struct procns_netns *netns)
{
	for (size_t i = 0; i < netns->nlinks; i++)
		if (is_shown(netns->links[i]))
			return true;
	return false;
}

static bool stands_beside_another(const struct procns_link *link)
{
	if (link->lower && link->lower->netns == link->netns)
		return true;
	return link->peer && link->peer->netns == link->netns && link->peer->ifindex < link->ifindex;
}

/* Links that are joined to another one of their namespace stand beside it, the rest below each other. */
static void write_ranks(const struct graph *graph, const struct procns_netns *netns)
{
	fputs("    {rank=same", graph->out);
	for (size_t i = 0; i < netns->nlinks; i++) {
		const struct procns_link *link = netns->links[i];

		if (!is_shown(link) || is_row(link) || stands_beside_another(link))
			continue;
		fputs("; ", graph->out);
		write_node_name(link, graph->out);
	}
	fputs("}\n", graph->out);
}

static void write_cluster(const struct graph *graph, const struct procns_netns *netns)
{
	fprintf(graph->out, "  subgraph cluster_%u {\n    label=", netns->ns->inum);
	write_cluster_label(graph, netns);
	fputs(";\n", graph->out);
	if (graph->style->anchors)
		fprintf(graph->out, "    URL=\"#n%u\";\n", netns->ns->inum);
	for (size_t i = 0; i < netns->nlinks; i++)
		if (is_shown(netns->links[i]) && !is_row(netns->links[i]))
			write_box(graph, netns->links[i]);
	write_ranks(graph, netns);
	fputs("  }\n", graph->out);
}

/* Namespaces with nothing but a loopback: a list of names. */
static void write_empty(const struct graph *graph)
{
	size_t count = 0;

	for (size_t i = 0; i < procns_netns_count(graph->net->topology); i++) {
		const struct procns_netns *netns = procns_netns_at(graph->net->topology, i);

		if (has_boxes(netns))
			continue;
		if (!count++)
			fputs("  empty [label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\"><TR><TD ALIGN=\"LEFT\"><FONT COLOR=\"" DIM_COLOR
			      "\"><B>with a loopback only</B></FONT></TD></TR>", graph->out);
		fputs("<TR><TD ALIGN=\"LEFT\"", graph->out);
		if (graph->style->anchors)
			fprintf(graph->out, " HREF=\"#n%u\" TOOLTIP=\"net:[%u]\"", netns->ns->inum, netns->ns->inum);
		fputs("><FONT POINT-SIZE=\"9\" COLOR=\"" DIM_COLOR "\">", graph->out);
		write_label(netns->label, graph->out);
		fputs("</FONT></TD></TR>", graph->out);
	}
	if (count)
		fputs("</TABLE>>];\n", graph->out);
}

static void write_end(const struct procns_link *link, const char *side, FILE *out)
{
	write_node_name(box_of(link), out);
	fprintf(out, ":p%u%s", link->ifindex, side);
}

static const char *join_style(enum procns_join_kind kind)
{
	switch (kind) {
	case PROCNS_JOIN_PEER: return "penwidth=1.6";
	case PROCNS_JOIN_LOWER: return "style=dashed, arrowhead=vee, arrowsize=0.7";
	case PROCNS_JOIN_TUNNEL: return "style=dotted, penwidth=2";
	default: return "";
	}
}

/* In different columns: then a line goes from one's right side to the other's left. */
static bool stand_beside(const struct graph *graph, const struct procns_link *a, const struct procns_link *b)
{
	if (a->netns == b->netns)
		return box_of(a) != box_of(b) && (stands_beside_another(a) || stands_beside_another(b));
	return layout_column(graph->layout, a->netns) != layout_column(graph->layout, b->netns);
}

/* The end that stands further left comes first; arrows point from upper to lower link whatever the order. */
static void write_edge(const struct graph *graph, const struct procns_join *join)
{
	const bool turned = layout_is_left(graph->layout, join->to, join->from);
	const bool up = join->from->up && join->to->up;
	const bool beside = stand_beside(graph, join->from, join->to);
	const struct procns_link *left = turned ? join->to : join->from, *right = turned ? join->from : join->to;

	fputs("  ", graph->out);
	write_end(left, beside ? ":e" : "", graph->out);
	fputs(" -> ", graph->out);
	write_end(right, beside ? ":w" : "", graph->out);
	fprintf(graph->out, " [%s, color=\"%s\"", join_style(join->kind),
		up ? role_colors[join->from->role].line : down_colors.line);
	if (join->kind != PROCNS_JOIN_LOWER)
		fputs(", arrowhead=none", graph->out);
	else if (turned)
		fputs(", dir=back, arrowtail=vee, arrowhead=none", graph->out);
	if (join->kind == PROCNS_JOIN_TUNNEL)
		fputs(", constraint=false", graph->out);
	fputs("];\n", graph->out);
}

static void write_edges(const struct graph *graph)
{
	for (size_t i = 0; i < procns_join_count(graph->net->topology); i++) {
		const struct procns_join *join = procns_join_at(graph->net->topology, i);

		if (join->kind == PROCNS_JOIN_PORT && is_row(join->from))
			continue;
		if (is_shown(join->from) && is_shown(join->to))
			write_edge(graph, join);
	}
}

int net_write_dot(const struct net *net, const struct dot_style *style, FILE *out)
{
	struct layout *layout = layout_new(net->topology);
	const struct graph graph = { .net = net, .style = style, .layout = layout, .out = out };

	if (!layout)
		return fail(net->cli, "out of memory");
	fputs("digraph procns {\n"
	      "  graph [rankdir=LR, ranksep=1.4, nodesep=0.12, fontname=\"Helvetica,Arial,sans-serif\", fontsize=12, newrank=false];\n"
	      "  node [shape=plain, fontname=\"Helvetica,Arial,sans-serif\", fontsize=11];\n"
	      "  edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=9];\n"
	      "  subgraph {\n"
	      "  graph [style=\"rounded,filled\", color=\"#bdbdbd\", fillcolor=\"" CLUSTER_COLOR "\", labeljust=l, margin=9];\n", out);
	for (size_t i = 0; i < procns_netns_count(net->topology); i++)
		if (has_boxes(layout_at(layout, i)))
			write_cluster(&graph, layout_at(layout, i));
	fputs("  }\n", out);
	write_empty(&graph);
	write_edges(&graph);
	fputs("}\n", out);
	layout_free(layout);
	return EXIT_OK;
}

int net_print_dot(const struct net *net)
{
	static const struct dot_style plain = { 0 };

	return net_write_dot(net, &plain, stdout);
}
