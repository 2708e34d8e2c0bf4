// SPDX-License-Identifier: GPL-2.0-or-later
/* A link in the picture: a table of one cell, or with a row for each port. */
#include <string.h>

#include "net_dot.h"
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

/* Longer names are cut in the picture, not in its tooltip. */
#define MOST_CHARACTERS 40

static const struct colors *colors_of(const struct procns_link *link)
{
	return link->up ? &role_colors[link->role] : &down_colors;
}

const char *dot_line_color(const struct procns_link *link, bool up)
{
	return up ? role_colors[link->role].line : down_colors.line;
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
void dot_write_label(const char *text, FILE *out)
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

void dot_write_node_name(const struct procns_link *link, FILE *out)
{
	fprintf(out, "n%u_%u", link->netns->ns->inum, link->ifindex);
}

/* Ports of a drawn switch are rows of its box. */
bool dot_is_row(const struct procns_link *link)
{
	return link->master && link->master->netns == link->netns;
}

const struct procns_link *dot_box_of(const struct procns_link *link)
{
	while (dot_is_row(link))
		link = link->master;
	return link;
}

static void write_anchor(const struct dot *dot, const struct procns_link *link)
{
	char text[1024];

	if (dot->style->anchors)
		fprintf(dot->out, " HREF=\"#l%u-%u\"", link->netns->ns->inum, link->ifindex);
	fputs(" TOOLTIP=\"", dot->out);
	write_tooltip(link->name, dot->out);
	fprintf(dot->out, ": %s, %s, mtu %u", link->kind, net_state(link), link->mtu);
	if (link->mac)
		fprintf(dot->out, ", %s", link->mac);
	for (size_t i = 0; i < link->naddrs; i++)
		fprintf(dot->out, ", %s", link->addrs[i]->text);
	for (size_t i = 0; i < link->nattrs; i++) {
		if (!net_attr_text(link->attrs[i], text, sizeof(text)))
			continue;
		fputs(", ", dot->out);
		write_tooltip(text, dot->out);
	}
	fputc('"', dot->out);
}

/* Addresses that tell links apart; every IPv6 link has one of its own scope. */
static bool is_worth_showing(const struct procns_link_addr *addr)
{
	return !strcmp(addr->scope, "global") || !strcmp(addr->scope, "site");
}

static void write_small(const struct dot *dot, const char *color, const char *text)
{
	fprintf(dot->out, "<BR ALIGN=\"LEFT\"/><FONT POINT-SIZE=\"9\" COLOR=\"%s\">", color);
	dot_write_label(text, dot->out);
	fputs("</FONT>", dot->out);
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

static void write_attrs(const struct dot *dot, const struct procns_link *link)
{
	char text[1024];

	for (size_t i = 0; i < link->nattrs; i++)
		if (is_in_picture(link, link->attrs[i]) && net_attr_text(link->attrs[i], text, sizeof(text)))
			write_small(dot, DOT_DIM_COLOR, text);
}

static void write_processes(const struct dot *dot, const struct procns_link *link)
{
	char text[64];

	for (size_t i = 0; i < link->nprocesses; i++) {
		snprintf(text, sizeof(text), "%s (%d)", link->processes[i]->comm, link->processes[i]->pid);
		write_small(dot, TEXT_COLOR, text);
	}
}

/* Name and kind on the first line, then what it is reached by. */
static void write_text(const struct dot *dot, const struct procns_link *link)
{
	const char *text_color = link->up ? TEXT_COLOR : DOT_DIM_COLOR;

	fprintf(dot->out, "<FONT COLOR=\"%s\"><B>", text_color);
	dot_write_label(link->name, dot->out);
	fprintf(dot->out, "</B></FONT> <FONT POINT-SIZE=\"9\" COLOR=\"%s\">%s", colors_of(link)->line, link->kind);
	if (!link->up)
		fprintf(dot->out, ", %s", net_state(link));
	fputs("</FONT>", dot->out);
	for (size_t i = 0; i < link->naddrs; i++)
		if (is_worth_showing(link->addrs[i]))
			write_small(dot, text_color, link->addrs[i]->text);
	write_attrs(dot, link);
	write_processes(dot, link);
	if (link->alias)
		write_small(dot, DOT_DIM_COLOR, link->alias);
	fputs("<BR ALIGN=\"LEFT\"/>", dot->out);
}

static void write_cell(const struct dot *dot, const struct procns_link *link, int span)
{
	fprintf(dot->out, "<TD PORT=\"p%u\" ALIGN=\"LEFT\" BALIGN=\"LEFT\" BGCOLOR=\"%s\" COLOR=\"%s\"", link->ifindex,
		colors_of(link)->fill, colors_of(link)->line);
	if (span > 1)
		fprintf(dot->out, " COLSPAN=\"%d\"", span);
	write_anchor(dot, link);
	fputc('>', dot->out);
	write_text(dot, link);
	fputs("</TD>", dot->out);
}

/* The next port of the box that leads to that side, from number *at on; ports of ports (a bond in a bridge) come after it. */
static const struct procns_link *next_port(const struct dot *dot, const struct procns_link *box, size_t *at, bool left)
{
	const struct procns_netns *netns = box->netns;

	while (*at < netns->nlinks) {
		const struct procns_link *link = netns->links[(*at)++];

		if (dot_is_row(link) && dot_box_of(link) == box && layout_leads_left(dot->layout, link) == left)
			return link;
	}
	return NULL;
}

static bool has_port_to(const struct dot *dot, const struct procns_link *box, bool left)
{
	size_t at = 0;

	return next_port(dot, box, &at, left);
}

static void write_empty_cell(const struct dot *dot)
{
	fputs("<TD BORDER=\"0\"></TD>", dot->out);
}

/* Two columns: ports that lead to the left, and the rest. */
static void write_port_rows(const struct dot *dot, const struct procns_link *box, bool two_columns)
{
	const struct procns_link *left = NULL, *right;
	size_t at_left = 0, at_right = 0;

	for (;;) {
		left = two_columns ? next_port(dot, box, &at_left, true) : NULL;
		right = next_port(dot, box, &at_right, false);
		if (!right && !two_columns)
			right = next_port(dot, box, &at_left, true);
		if (!left && !right)
			return;
		fputs("<TR>", dot->out);
		if (left)
			write_cell(dot, left, 1);
		else if (two_columns)
			write_empty_cell(dot);
		if (right)
			write_cell(dot, right, 1);
		else
			write_empty_cell(dot);
		fputs("</TR>", dot->out);
	}
}

void dot_write_box(const struct dot *dot, const struct procns_link *link)
{
	const bool two_columns = link->nports && has_port_to(dot, link, true) && has_port_to(dot, link, false);

	fputs("    ", dot->out);
	dot_write_node_name(link, dot->out);
	fputs(" [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\"><TR>", dot->out);
	write_cell(dot, link, two_columns ? 2 : 1);
	fputs("</TR>", dot->out);
	if (link->nports)
		write_port_rows(dot, link, two_columns);
	fputs("</TABLE>>];\n", dot->out);
}
