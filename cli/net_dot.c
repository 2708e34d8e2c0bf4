// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The topology as a graph. A namespace is a cluster; a link a box, coloured by its kind, grey when it is down; a bridge, bond, team
 * or vrf is one box with a row for each port. What is joined within a namespace or across is an edge.
 *
 * Left to right: what most others are joined to stands in the middle, the rest to both sides of it, or the picture of a bridge with
 * fifty containers would be a strip.
 */

#include "command.h"
#include "net_dot.h"
#include "say.h"

#define CLUSTER_COLOR "#fafafa"

static bool is_shown(const struct procns_link *link)
{
	return !net_is_idle(link);
}

static void write_cluster_label(const struct dot *dot, const struct procns_netns *netns)
{
	const struct procns_ns *ns = netns->ns;

	fputs("<<B>", dot->out);
	dot_write_label(netns->label, dot->out);
	fputs("</B>", dot->out);
	if (netns->label_source != PROCNS_LABEL_NUMBER)
		fprintf(dot->out, "<FONT POINT-SIZE=\"9\" COLOR=\"" DOT_DIM_COLOR "\">&#160;&#160;net:[%u]</FONT>", ns->inum);
	if (ns->first && ns->first->pid) {
		fputs("<FONT POINT-SIZE=\"9\" COLOR=\"" DOT_DIM_COLOR "\">&#160;&#160;", dot->out);
		dot_write_label(ns->first->comm, dot->out);
		fprintf(dot->out, " (%d)</FONT>", ns->first->pid);
	}
	fputc('>', dot->out);
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
static void write_ranks(const struct dot *dot, const struct procns_netns *netns)
{
	fputs("    {rank=same", dot->out);
	for (size_t i = 0; i < netns->nlinks; i++) {
		const struct procns_link *link = netns->links[i];

		if (!is_shown(link) || dot_is_row(link) || stands_beside_another(link))
			continue;
		fputs("; ", dot->out);
		dot_write_node_name(link, dot->out);
	}
	fputs("}\n", dot->out);
}

static void write_cluster(const struct dot *dot, const struct procns_netns *netns)
{
	fprintf(dot->out, "  subgraph cluster_%u {\n    label=", netns->ns->inum);
	write_cluster_label(dot, netns);
	fputs(";\n", dot->out);
	if (dot->style->anchors)
		fprintf(dot->out, "    URL=\"#n%u\";\n", netns->ns->inum);
	for (size_t i = 0; i < netns->nlinks; i++)
		if (is_shown(netns->links[i]) && !dot_is_row(netns->links[i]))
			dot_write_box(dot, netns->links[i]);
	write_ranks(dot, netns);
	fputs("  }\n", dot->out);
}

/* Namespaces with nothing but a loopback: a list of names. */
static void write_empty(const struct dot *dot)
{
	size_t count = 0;

	for (size_t i = 0; i < procns_netns_count(dot->net->topology); i++) {
		const struct procns_netns *netns = procns_netns_at(dot->net->topology, i);

		if (has_boxes(netns))
			continue;
		if (!count++)
			fputs("  empty [label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\"><TR><TD ALIGN=\"LEFT\"><FONT COLOR=\"" DOT_DIM_COLOR
			      "\"><B>with a loopback only</B></FONT></TD></TR>", dot->out);
		fputs("<TR><TD ALIGN=\"LEFT\"", dot->out);
		if (dot->style->anchors)
			fprintf(dot->out, " HREF=\"#n%u\" TOOLTIP=\"net:[%u]\"", netns->ns->inum, netns->ns->inum);
		fputs("><FONT POINT-SIZE=\"9\" COLOR=\"" DOT_DIM_COLOR "\">", dot->out);
		dot_write_label(netns->label, dot->out);
		fputs("</FONT></TD></TR>", dot->out);
	}
	if (count)
		fputs("</TABLE>>];\n", dot->out);
}

static void write_end(const struct procns_link *link, const char *side, FILE *out)
{
	dot_write_node_name(dot_box_of(link), out);
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
static bool stand_beside(const struct dot *dot, const struct procns_link *a, const struct procns_link *b)
{
	if (a->netns == b->netns)
		return dot_box_of(a) != dot_box_of(b) && (stands_beside_another(a) || stands_beside_another(b));
	return layout_column(dot->layout, a->netns) != layout_column(dot->layout, b->netns);
}

/* The end that stands further left comes first; arrows point from upper to lower link whatever the order. */
static void write_edge(const struct dot *dot, const struct procns_join *join)
{
	const bool turned = layout_is_left(dot->layout, join->to, join->from);
	const bool up = join->from->up && join->to->up;
	const bool beside = stand_beside(dot, join->from, join->to);
	const struct procns_link *left = turned ? join->to : join->from, *right = turned ? join->from : join->to;

	fputs("  ", dot->out);
	write_end(left, beside ? ":e" : "", dot->out);
	fputs(" -> ", dot->out);
	write_end(right, beside ? ":w" : "", dot->out);
	fprintf(dot->out, " [%s, color=\"%s\"", join_style(join->kind),
		dot_line_color(join->from, up));
	if (join->kind != PROCNS_JOIN_LOWER)
		fputs(", arrowhead=none", dot->out);
	else if (turned)
		fputs(", dir=back, arrowtail=vee, arrowhead=none", dot->out);
	if (join->kind == PROCNS_JOIN_TUNNEL)
		fputs(", constraint=false", dot->out);
	fputs("];\n", dot->out);
}

static void write_edges(const struct dot *dot)
{
	for (size_t i = 0; i < procns_join_count(dot->net->topology); i++) {
		const struct procns_join *join = procns_join_at(dot->net->topology, i);

		if (join->kind == PROCNS_JOIN_PORT && dot_is_row(join->from))
			continue;
		if (is_shown(join->from) && is_shown(join->to))
			write_edge(dot, join);
	}
}

int net_write_dot(const struct net *net, const struct dot_style *style, FILE *out)
{
	struct layout *layout = layout_new(net->topology);
	const struct dot dot = { .net = net, .style = style, .layout = layout, .out = out };

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
			write_cluster(&dot, layout_at(layout, i));
	fputs("  }\n", out);
	write_empty(&dot);
	write_edges(&dot);
	fputs("}\n", out);
	layout_free(layout);
	return EXIT_OK;
}

int net_print_dot(const struct net *net)
{
	static const struct dot_style plain = { 0 };

	return net_write_dot(net, &plain, stdout);
}
