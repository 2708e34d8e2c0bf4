// SPDX-License-Identifier: GPL-2.0-or-later
/* procns why: what keeps a namespace alive. */
#include <stdlib.h>
#include <string.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "say.h"
#include "text.h"
#include "why.h"

enum {
	OPTION_DOT = OPTION_COLOR + 1,
	OPTION_DEPTH,
	OPTION_ALL,
	OPTION_ORPHANS,
};

enum {
	EXIT_ORPHANS = 4,	/* --orphans found some */
};

#define MOST_STEPS 1000000

struct request {
	int (*print)(const struct why *why);
	bool all, orphans, strict, verbose;
	int64_t depth;
	const char *source;
};

bool why_is_task_kind(enum procns_holder_kind kind)
{
	return kind == PROCNS_HOLDER_MEMBER || kind == PROCNS_HOLDER_FOR_CHILDREN;
}

const struct procns_ns *why_via(const struct procns_holder *holder)
{
	if (holder->mntns && !holder->mntns->nthreads)
		return holder->mntns;
	return holder->ns;
}

/* A detached mount and the O_PATH descriptor that keeps it are one thing to its user. */
static bool is_descriptor_of(const struct procns_holder *fd, const struct procns_holder *mount)
{
	const struct procns_holder *cause = mount->ncauses == 1 ? mount->causes[0] : NULL;

	return fd->kind == PROCNS_HOLDER_FD && mount->kind == PROCNS_HOLDER_MOUNT && cause && cause->kind == PROCNS_HOLDER_FD &&
	       cause->task == fd->task && cause->fd == fd->fd;
}

bool why_is_orphan(const struct procns_ns *ns)
{
	if (ns->initial || !ns->nholders)
		return false;
	if (ns->nholders == 2)
		return is_descriptor_of(ns->holders[0], ns->holders[1]) || is_descriptor_of(ns->holders[1], ns->holders[0]);
	if (ns->nholders > 2)
		return false;
	switch (ns->holders[0]->kind) {
	case PROCNS_HOLDER_FD:
	case PROCNS_HOLDER_MOUNT:
	case PROCNS_HOLDER_IN_FLIGHT:
	case PROCNS_HOLDER_SOCKET:
		return true;
	default:
		return false;
	}
}

/* Returns 0, or an exit status + 1 where nothing is left to do. */
static int parse(struct request *request, struct options *options)
{
	int key;

	while ((key = options_next(options)) != OPTIONS_END) {
		switch (key) {
		case 'J':
			request->print = why_print_json;
			break;
		case OPTION_DOT:
			request->print = why_print_dot;
			break;
		case OPTION_DEPTH:
			if (!text_to_number(options->argument, 0, MOST_STEPS, &request->depth))
				return 1 + fail(options->cli, "--depth: %s: not a number of steps", options->argument);
			break;
		case OPTION_ALL:
			request->all = true;
			break;
		case OPTION_ORPHANS:
			request->orphans = true;
			break;
		case 'v':
			request->verbose = true;
			break;
		case OPTION_STRICT:
			request->strict = true;
			break;
		case OPTION_SOURCE:
			request->source = options->argument;
			break;
		case OPTIONS_EXIT:
			return 1 + options->status;
		}
	}
	return 0;
}

static bool is_wanted(const struct request *request, const struct procns_ns *ns)
{
	return request->orphans ? why_is_orphan(ns) : !ns->nthreads;
}

/* The namespaces to explain: those named, or those of the whole snapshot that --all or --orphans mean. */
static int choose(struct why *why, const struct request *request, struct procns *ctx, char **operands, size_t noperands)
{
	size_t n = procns_count(why->snapshot);

	why->asked = calloc((n > noperands ? n : noperands) + 1, sizeof(*why->asked));
	if (!why->asked)
		return fail(why->cli, "out of memory");
	for (size_t i = 0; i < noperands; i++) {
		if (procns_resolve(ctx, why->snapshot, operands[i], &why->asked[why->nasked++]))
			return fail(why->cli, "%s", procns_error(ctx));
	}
	for (size_t i = 0; i < n && !noperands; i++) {
		const struct procns_ns *ns = procns_at(why->snapshot, i);

		if (is_wanted(request, ns))
			why->asked[why->nasked++] = ns;
	}
	return 0;
}

static int explain(struct why *why, const struct request *request, struct procns *ctx, char **operands, size_t noperands)
{
	int status, err;

	if (procns_resolve(ctx, why->snapshot, "/proc/self/ns/mnt", &why->own_mntns))
		why->own_mntns = NULL;
	status = choose(why, request, ctx, operands, noperands);
	if (status)
		return status;
	err = request->print(why);
	if (err)
		return fail(why->cli, "cannot print the answer: %s", strerror(-err));
	status = say_gaps(why->snapshot, request->strict);
	if (status == EXIT_OK && request->orphans && why->nasked)
		status = EXIT_ORPHANS;
	return status;
}

static size_t count(char **operands)
{
	size_t n = 0;

	while (operands[n])
		n++;
	return n;
}

static int run(const struct cli *cli, int argc, char **argv)
{
	static const struct procns_query query = {
		.want = PROCNS_FACT_ID | PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_REFS | PROCNS_FACT_MEMBERS |
			PROCNS_FACT_HOLDERS,
	};
	struct request request = { .print = why_print_text, .depth = -1 };
	cleanup_snapshot struct procns_snapshot *snapshot = NULL;
	cleanup_context struct procns *ctx = NULL;
	struct why why = { .cli = cli, .out = stdout };
	struct options options;
	size_t noperands;
	char **operands;
	int status;

	options_begin(&options, cli, argc, argv);
	status = parse(&request, &options);
	if (status)
		return status - 1;
	operands = options_operands(&options);
	noperands = count(operands);
	if (!noperands && !request.all && !request.orphans)
		return fail(cli, "which namespace? Name one (net:[4026532544], a path, pid:1234/net), or give --all or --orphans");
	if (noperands && (request.all || request.orphans))
		return fail(cli, "%s: --all and --orphans choose the namespaces themselves", operands[0]);

	if (procns_new(&ctx))
		return fail(cli, "out of memory");
	if (procns_set_source(ctx, request.source) || procns_snapshot(ctx, &query, &snapshot))
		return fail(cli, "%s", procns_error(ctx));
	capabilities_drop_after(cli, CAPABILITY_LISTS);
	why.snapshot = snapshot;
	why.depth = (int)request.depth;
	why.verbose = request.verbose;
	status = explain(&why, &request, ctx, operands, noperands);
	free(why.asked);
	return status;
}

static const struct option_row rows[] = {
	OPTION_ROW_JSON,
	{ OPTION_DOT, "dot", .help = "print a graph for Graphviz" },
	{ OPTION_DEPTH, "depth", ARGUMENT_REQUIRED, "number", "go down this many steps only" },
	{ OPTION_ALL, "all", .help = "explain every namespace without a member" },
	{ OPTION_ORPHANS, "orphans", .help = "explain those that one descriptor, socket, message or mount alone holds",
	  .more = "These are the leaks. The exit status is 4 if there are any." },
	{ 'v', "verbose", .help = "name every member, also where there are many" },
	OPTION_ROW_SOURCE,
	OPTION_ROW_STRICT,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_why = {
	.name = "why",
	.operands = "NS...",
	.help = "what keeps a namespace alive",
	.options = rows,
	.run = run,
};
