/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the front ends of `procns net` share. */
#ifndef CLI_NET_H
#define CLI_NET_H

#include <stdbool.h>
#include <stdio.h>

#include "procns-net.h"

struct cli;

struct net {
	const struct cli *cli;
	struct procns *ctx;
	const struct procns_snapshot *snapshot;
	const struct procns_topology *topology;
	bool sockets;			/* they were read */
	bool json, color;
};

/* How the version of the JSON is counted: up when a reader of the old one would misunderstand the new one. */
#define NET_JSON_VERSION 1

/* Exit status where the answer is no: --path does not arrive, --diff found changes. */
#define EXIT_NO 4

/* Each returns an exit status; what goes wrong has been said. */
int net_print_tree(const struct net *net);
int net_print_json(const struct net *net, FILE *out);
int net_print_dot(const struct net *net);
int net_draw(const struct net *net, const char *format, const char *path);	/* "svg", "png" */
int net_write_page(const struct net *net, const char *path);
int net_print_path(const struct net *net, const char *from, const char *to);
int net_print_diff(const struct net *net, const char *old_path);

struct json_writer;
void net_write_gaps(const struct net *net, struct json_writer *json);	/* the member `incomplete` */

/* The graph for Graphviz; with `anchors`, links and namespaces can be clicked on. */
struct dot_style {
	bool anchors;
};
int net_write_dot(const struct net *net, const struct dot_style *style, FILE *out);

/* The graph, drawn in that format, to a file. 0 or an exit status, said. */
int net_run_graphviz(const struct net *net, const struct dot_style *style, const char *format, int fd);

/* Nothing to see: a loopback as every namespace has it, or a link that is down and has neither address nor any other link. */
bool net_is_idle(const struct procns_link *link);

/* What there is to say of it: "id 7", "remote 192.0.2.1", "mode bridge"; NULL: nothing worth a word. */
const char *net_attr_text(const struct procns_link_attr *attr, char *buffer, size_t size);

/* "up", or why not: "down", "lowerlayerdown", … */
const char *net_state(const struct procns_link *link);

/* Default routes and those that lead elsewhere; not the ones that only repeat an address. */
#define NET_MAIN_TABLE 254u
bool net_route_is_notable(const struct procns_route *route);
void net_write_route(const struct procns_route *route, FILE *out);

/* Names may hold any bytes: what would drive the terminal, or pass for something else on it, is written as \xNN. */
void net_write_name(const char *name, FILE *out);

#endif
