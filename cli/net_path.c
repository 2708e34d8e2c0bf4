// SPDX-License-Identifier: GPL-2.0-or-later
/* procns net --path: hop by hop. */
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "json_writer.h"
#include "net.h"
#include "say.h"

DEFINE_CLEANUP(path, struct procns_path *, procns_path_free)

#define cleanup_path __attribute__((cleanup(cleanup_path_at)))

static const char *const kind_names[] = {
	[PROCNS_HOP_START] = "start", [PROCNS_HOP_ROUTE] = "route", [PROCNS_HOP_LEAVE] = "leave", [PROCNS_HOP_ENTER] = "enter",
	[PROCNS_HOP_SWITCH] = "switch", [PROCNS_HOP_STACK] = "stack", [PROCNS_HOP_WRAP] = "wrap", [PROCNS_HOP_UNWRAP] = "unwrap",
	[PROCNS_HOP_PROCESS] = "process", [PROCNS_HOP_OUTSIDE] = "outside", [PROCNS_HOP_ARRIVE] = "arrive",
	[PROCNS_HOP_STOP] = "stop",
};

static void write_hop(struct json_writer *json, const struct procns_hop *hop)
{
	json_begin(json, NULL, '{');
	json_text(json, "kind", kind_names[hop->kind]);
	json_number(json, "netns", hop->netns->ns->inum);
	json_text(json, "name", hop->netns->label);
	if (hop->link)
		json_number(json, "ifindex", hop->link->ifindex);
	else
		json_null(json, "ifindex");
	json_text(json, "link", hop->link ? hop->link->name : NULL);
	json_text(json, "route", hop->route ? hop->route->text : NULL);
	json_text(json, "via", hop->nexthop ? hop->nexthop->via_text : NULL);
	json_number(json, "depth", hop->depth);
	json_text(json, "note", hop->note);
	json_end(json, '}');
}

static void print_json(const struct net *net, const struct procns_path *path)
{
	struct json_writer json = { .out = stdout };

	json_begin(&json, NULL, '{');
	json_number(&json, "version", NET_JSON_VERSION);
	json_text(&json, "destination", procns_path_destination(path));
	json_bool(&json, "arrives", procns_path_arrives(path));
	json_begin(&json, "hops", '[');
	for (size_t i = 0; i < procns_path_length(path); i++)
		write_hop(&json, procns_path_hop(path, i));
	json_end(&json, ']');
	net_write_gaps(net, &json);
	json_end(&json, '}');
}

static void print_route(const struct procns_hop *hop)
{
	printf("route %s", hop->route->text);
	if (hop->nexthop->via_text)
		printf(" via %s", hop->nexthop->via_text);
	fputs(" by ", stdout);
	net_write_name(hop->link->name, stdout);
}

static void print_processes(const struct procns_link *link)
{
	if (!link->nprocesses)
		fputs("a process", stdout);
	for (size_t i = 0; i < link->nprocesses; i++) {
		fputs(i ? " or " : "", stdout);
		net_write_name(link->processes[i]->comm, stdout);
		printf(" (%d)", link->processes[i]->pid);
	}
}

static void print_link(const char *before, const struct procns_link *link, const char *after)
{
	fputs(before, stdout);
	net_write_name(link->name, stdout);
	fputs(after, stdout);
}

static void print_hop_text(const struct procns_hop *hop, const struct procns_path *path)
{
	switch (hop->kind) {
	case PROCNS_HOP_START:
		fputs(hop->depth ? "outer packet" : "starts", stdout);
		break;
	case PROCNS_HOP_ROUTE: print_route(hop); break;
	case PROCNS_HOP_LEAVE: print_link("leaves by ", hop->link, ""); break;
	case PROCNS_HOP_ENTER: print_link("enters by ", hop->link, ""); break;
	case PROCNS_HOP_SWITCH: print_link("", hop->link, " passes it on"); break;
	case PROCNS_HOP_STACK: print_link("on ", hop->link, ""); break;
	case PROCNS_HOP_WRAP: print_link("wrapped by ", hop->link, ""); break;
	case PROCNS_HOP_UNWRAP: print_link("unwrapped by ", hop->link, ""); break;
	case PROCNS_HOP_PROCESS:
		print_link("", hop->link, " hands it to ");
		print_processes(hop->link);
		break;
	case PROCNS_HOP_OUTSIDE: print_link("leaves this machine by ", hop->link, ""); break;
	case PROCNS_HOP_ARRIVE:
		printf(hop->depth ? "outer packet arrives" : "arrives at %s", procns_path_destination(path));
		break;
	case PROCNS_HOP_STOP: fputs("stops here", stdout); break;
	}
	if (hop->note) {
		fputs(hop->kind == PROCNS_HOP_STOP ? ": " : " (", stdout);
		net_write_name(hop->note, stdout);
		fputs(hop->kind == PROCNS_HOP_STOP ? "" : ")", stdout);
	}
}

static int widest_label(const struct procns_path *path)
{
	int widest = 0;

	for (size_t i = 0; i < procns_path_length(path); i++) {
		int width = (int)strlen(procns_path_hop(path, i)->netns->label);

		widest = width > widest ? width : widest;
	}
	return widest;
}

/* The namespace stands where it changes. */
static void print_text(const struct procns_path *path)
{
	const struct procns_netns *at = NULL;
	const int widest = widest_label(path);

	for (size_t i = 0; i < procns_path_length(path); i++) {
		const struct procns_hop *hop = procns_path_hop(path, i);
		int width = 0;

		if (hop->netns != at) {
			net_write_name(hop->netns->label, stdout);
			width = (int)strlen(hop->netns->label);
		}
		at = hop->netns;
		printf("%*s", widest - width + 2 + 2 * (int)hop->depth, "");
		print_hop_text(hop, path);
		fputc('\n', stdout);
	}
}

static int parse_end(const struct net *net, const char *text, struct procns_endpoint *end)
{
	if (procns_endpoint_parse(net->ctx, net->topology, text, end) < 0)
		return fail(net->cli, "--path: %s", procns_error(net->ctx));
	return EXIT_OK;
}

int net_print_path(const struct net *net, const char *from_text, const char *to_text)
{
	cleanup_path struct procns_path *path = NULL;
	struct procns_endpoint from, to;

	if (parse_end(net, from_text, &from) != EXIT_OK || parse_end(net, to_text, &to) != EXIT_OK)
		return EXIT_FAILED;
	if (!from.netns)
		return fail(net->cli, "--path: it is not clear which namespace %s is in: name that instead", from_text);
	if (procns_path_find(net->ctx, net->topology, &from, &to, &path) < 0)
		return fail(net->cli, "--path: %s", procns_error(net->ctx));
	if (net->json)
		print_json(net, path);
	else
		print_text(path);
	return procns_path_arrives(path) ? EXIT_OK : EXIT_NO;
}
