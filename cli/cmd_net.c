// SPDX-License-Identifier: GPL-2.0-or-later
/* procns net: network namespaces, what is in them, and how they are joined. */
#include <string.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "net.h"
#include "say.h"
#include "table.h"

enum {
	OPTION_DOT = OPTION_COLOR + 1,
	OPTION_SVG,
	OPTION_PNG,
	OPTION_HTML,
	OPTION_SOCKETS,
	OPTION_PATH,
	OPTION_DIFF,
};

DEFINE_CLEANUP(topology, struct procns_topology *, procns_topology_free)

#define cleanup_topology __attribute__((cleanup(cleanup_topology_at)))

static const struct option_row option_rows[] = {
	OPTION_ROW_JSON,
	{ OPTION_DOT, "dot", .help = "write a graph for Graphviz" },
	{ OPTION_SVG, "svg", ARGUMENT_REQUIRED, "file", "draw it, by Graphviz, as SVG",
	  "\\fB\\-\\fR is standard output. The file appears whole or not at all." },
	{ OPTION_PNG, "png", ARGUMENT_REQUIRED, "file", "draw it, by Graphviz, as PNG" },
	{ OPTION_HTML, "html", ARGUMENT_REQUIRED, "file", "write one page with the picture, a search and details",
	  "The page needs nothing else: no network, no other file. The picture is Graphviz's." },
	{ OPTION_SOCKETS, "sockets", .help = "show listening sockets and their processes too" },
	{ OPTION_PATH, "path", ARGUMENT_REQUIRED, "from",
	  "show the way of a packet from one namespace or address to the operand",
	  "Both ends are named as a namespace is, by its name in the listing, as \\fBpid:\\fR\\fInumber\\fR, or by an address." },
	{ OPTION_DIFF, "diff", ARGUMENT_REQUIRED, "file", "show what changed since that file was written with \\fB\\-J\\fR" },
	OPTION_ROW_STRICT,
	OPTION_ROW_SOURCE,
	OPTION_ROW_COLOR,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

/* What is to be done with the topology. */
enum task {
	TASK_SHOW,
	TASK_DOT,
	TASK_DRAW,
	TASK_PAGE,
	TASK_PATH,
	TASK_DIFF,
};

struct request {
	enum task task;
	const char *format;		/* TASK_DRAW */
	const char *argument;		/* a file, or where a path begins */
	const char *to;			/* TASK_PATH */
	const char *source;
	enum color_when color;
	bool json, sockets, strict;
};

static int choose_task(const struct options *options, struct request *request, enum task task, const char *format)
{
	if (request->task != TASK_SHOW)
		return fail(options->cli, "only one of --dot, --svg, --png, --html, --path, --diff can be given");
	request->task = task;
	request->format = format;
	request->argument = options->argument;
	return EXIT_OK;
}

static int take_option(const struct options *options, struct request *request, int key)
{
	switch (key) {
	case 'J': request->json = true; return EXIT_OK;
	case OPTION_DOT: return choose_task(options, request, TASK_DOT, NULL);
	case OPTION_SVG: return choose_task(options, request, TASK_DRAW, "svg");
	case OPTION_PNG: return choose_task(options, request, TASK_DRAW, "png");
	case OPTION_HTML: return choose_task(options, request, TASK_PAGE, NULL);
	case OPTION_PATH: return choose_task(options, request, TASK_PATH, NULL);
	case OPTION_DIFF: return choose_task(options, request, TASK_DIFF, NULL);
	case OPTION_SOCKETS: request->sockets = true; return EXIT_OK;
	case OPTION_STRICT: request->strict = true; return EXIT_OK;
	case OPTION_SOURCE: request->source = options->argument; return EXIT_OK;
	case OPTION_COLOR: return color_parse(options->cli, options->argument, &request->color);
	}
	return EXIT_OK;
}

static int take_operands(const struct cli *cli, struct request *request, char **operands)
{
	if (request->task == TASK_PATH) {
		request->to = *operands;
		if (!request->to)
			return fail(cli, "--path needs two ends: procns net --path FROM TO");
		operands++;
	}
	if (*operands)
		return fail(cli, "unexpected operand: %s; see '%s --help'", *operands, cli->called);
	if (request->json && request->task != TASK_SHOW && request->task != TASK_PATH && request->task != TASK_DIFF)
		return fail(cli, "--json and a picture exclude each other");
	return EXIT_OK;
}

/* Returns OPTIONS_END to go on; else OPTIONS_EXIT with *status. */
static int parse(const struct cli *cli, int argc, char **argv, struct request *request, int *status)
{
	struct options options;
	int key;

	options_begin(&options, cli, argc, argv);
	for (*status = EXIT_OK; *status == EXIT_OK && (key = options_next(&options)) != OPTIONS_END;) {
		if (key == OPTIONS_EXIT) {
			*status = options.status;
			return OPTIONS_EXIT;
		}
		*status = take_option(&options, request, key);
	}
	if (*status == EXIT_OK)
		*status = take_operands(cli, request, options_operands(&options));
	return *status == EXIT_OK ? OPTIONS_END : OPTIONS_EXIT;
}

static int do_task(const struct net *net, const struct request *request)
{
	switch (request->task) {
	case TASK_SHOW: return net->json ? net_print_json(net, stdout) : net_print_tree(net);
	case TASK_DOT: return net_print_dot(net);
	case TASK_DRAW: return net_draw(net, request->format, request->argument);
	case TASK_PAGE: return net_write_page(net, request->argument);
	case TASK_PATH: return net_print_path(net, request->argument, request->to);
	case TASK_DIFF: return net_print_diff(net, request->argument);
	}
	return EXIT_FAILED;
}

static int say_net_gaps(const struct net *net, bool strict)
{
	int status = say_gaps(net->snapshot, strict);

	for (size_t i = 0; i < procns_topology_gaps(net->topology); i++) {
		say_gap("%s", procns_topology_gap(net->topology, i));
		status = strict ? EXIT_PARTIAL : status;
	}
	return status;
}

static uint32_t wanted(const struct request *request)
{
	uint32_t want = PROCNS_NET_ROUTES;

	if (request->task == TASK_PATH)
		want |= PROCNS_NET_RULES;
	return request->sockets ? want | PROCNS_NET_SOCKETS : want;
}

static int run(const struct cli *cli, int argc, char **argv)
{
	static const struct procns_query query = {
		.want = PROCNS_FACT_ID | PROCNS_FACT_OWNER | PROCNS_FACT_NAMES | PROCNS_FACT_MEMBERS,
		.types = 1 << PROCNS_NET,
	};
	struct request request = { .color = COLOR_AUTO };
	cleanup_context struct procns *ctx = NULL;
	cleanup_snapshot struct procns_snapshot *snapshot = NULL;
	cleanup_topology struct procns_topology *topology = NULL;
	int status, partial;

	if (parse(cli, argc, argv, &request, &status) == OPTIONS_EXIT)
		return status;
	if (procns_new(&ctx) < 0)
		return fail(cli, "out of memory");
	if (procns_set_source(ctx, request.source) < 0 || procns_snapshot(ctx, &query, &snapshot) < 0 ||
	    procns_topology_read(ctx, snapshot, wanted(&request), &topology) < 0)
		return fail(cli, "%s", procns_error(ctx));
	capabilities_drop_after(cli, CAPABILITY_LISTS);

	const struct net net = {
		.cli = cli, .ctx = ctx, .snapshot = snapshot, .topology = topology, .sockets = request.sockets,
		.json = request.json, .color = !request.json && color_wanted(request.color),
	};

	status = do_task(&net, &request);
	partial = say_net_gaps(&net, request.strict);
	return status == EXIT_OK ? partial : status;
}

const struct command command_net = {
	.name = "net",
	.operands = "[<to>]",
	.help = "show network namespaces, what is in them, and how they are joined",
	.options = option_rows,
	.run = run,
};
