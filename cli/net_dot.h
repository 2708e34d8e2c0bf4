/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The picture of the topology in the language of Graphviz: net_dot.c has the namespaces and what joins links, net_dot_box.c the links. */
#ifndef CLI_NET_DOT_H
#define CLI_NET_DOT_H

#include <stdio.h>

#include "net.h"
#include "net_layout.h"

#define DOT_DIM_COLOR "#757575"

struct dot {
	const struct net *net;
	const struct dot_style *style;
	const struct layout *layout;
	FILE *out;
};

/* Text inside an HTML-like label; what is too long is cut. */
void dot_write_label(const char *text, FILE *out);

/* Ports of a drawn switch are rows of its box; dot_box_of() is the link whose box has this one. */
bool dot_is_row(const struct procns_link *link);
const struct procns_link *dot_box_of(const struct procns_link *link);
void dot_write_node_name(const struct procns_link *link, FILE *out);

const char *dot_line_color(const struct procns_link *link, bool up);
void dot_write_box(const struct dot *dot, const struct procns_link *link);

#endif
