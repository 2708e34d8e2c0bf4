// SPDX-License-Identifier: GPL-2.0-or-later
/* procns diff: what changed between two dumps, or since one. */
#include <errno.h>
#include <string.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "dump_collect.h"
#include "dump_compare.h"
#include "json_writer.h"
#include "say.h"

#define DIFF_FORMAT "procns-diff"
#define DIFF_VERSION 1

enum {
	OPTION_ROOT = OPTION_COLOR + 1,
};

/* As diff(1) has them; and EXIT_TROUBLE. */
enum {
	EXIT_SAME = 0,
	EXIT_DIFFERENT = 1,
};

struct request {
	struct dump_request now;
	const char *before, *after;	/* after NULL: now */
	bool json, only_structure, by_structure, strict;
	int partial;			/* of looking at what is there now */
};

/* Returns 0, or an exit status + 1 where nothing is left to do. */
static int parse(struct request *request, struct options *options)
{
	char **operands;
	int key;

	while ((key = options_next(options)) != OPTIONS_END) {
		switch (key) {
		case 'J':
			request->json = true;
			break;
		case 's':
			request->only_structure = true;
			break;
		case 'b':
			request->by_structure = true;
			break;
		case OPTION_ROOT:
			request->now.root = options->argument;
			break;
		case OPTION_SOURCE:
			request->now.source = options->argument;
			break;
		case OPTION_STRICT:
			request->strict = true;
			break;
		case OPTIONS_EXIT:
			return 1 + (options->status ? EXIT_TROUBLE : 0);
		}
	}
	operands = options_operands(options);
	if (!operands[0])
		return fail(options->cli, "which dumps? Give one to compare with what is there now, or two"), 1 + EXIT_TROUBLE;
	request->before = operands[0];
	request->after = operands[1];
	if (operands[1] && operands[2])
		return fail(options->cli, "unexpected operand: %s; see '%s --help'", operands[2], options->cli->called), 1 + EXIT_TROUBLE;
	if (operands[1] && (request->now.root || request->now.source))
		return fail(options->cli, "--root and --source are of what is there now, and two dumps are given"), 1 + EXIT_TROUBLE;
	return 0;
}

static void print_ns(const struct dump_ns *ns, FILE *out)
{
	fprintf(out, "%s:[%u]", procns_type_name(ns->type), ns->inum);
}

static void print_relative(const char *what, const struct dump_ns *ns, FILE *out)
{
	if (!ns)
		return;
	fprintf(out, "  %s ", what);
	print_ns(ns, out);
}

static void print_change(const struct dump_change *change, void *arg)
{
	const struct dump_ns *ns = change->before ? change->before : change->after;
	FILE *out = arg;

	fputs(change->member ? "~ " : change->before ? "- " : "+ ", out);
	print_ns(ns, out);
	if (change->member) {
		fprintf(out, ": %s ", change->member);
		write_safely(change->old, out);
		fputs(" -> ", out);
		write_safely(change->now, out);
	} else {
		print_relative("owner", ns->owner, out);
		if (ns->type == PROCNS_PID)
			print_relative("parent", ns->parent, out);
	}
	fputc('\n', out);
}

static void write_side(struct json_writer *json, const char *key, const struct dump_ns *ns)
{
	if (!ns) {
		json_null(json, key);
		return;
	}
	json_begin(json, key, '{');
	json_text(json, "id", ns->id);
	json_number(json, "inum", ns->inum);
	if (ns->kernel_id)
		json_number(json, "kernel_id", (int64_t)ns->kernel_id);
	else
		json_null(json, "kernel_id");
	json_text(json, "owner", ns->owner ? ns->owner->id : NULL);
	json_end(json, '}');
}

static void write_change(const struct dump_change *change, void *arg)
{
	struct json_writer *json = arg;

	json_begin(json, NULL, '{');
	json_text(json, "change", change->member ? "changed" : change->before ? "gone" : "born");
	json_text(json, "type", procns_type_name((change->before ? change->before : change->after)->type));
	write_side(json, "before", change->before);
	write_side(json, "after", change->after);
	if (change->member) {
		json_text(json, "member", change->member);
		json_text(json, "old", change->old);
		json_text(json, "new", change->now);
	}
	json_end(json, '}');
}

static const char *matched_by_text(enum dump_matched_by by)
{
	static const char *const texts[] = {
		[DUMP_MATCHED_BY_ID] = "id", [DUMP_MATCHED_BY_NUMBER] = "number", [DUMP_MATCHED_BY_STRUCTURE] = "structure",
	};

	return texts[by];
}

static size_t print(const struct request *request, const struct dump *before, const struct dump *after, const struct dump_match *match)
{
	struct json_writer json = { .out = stdout };
	struct dump_changes changes = {
		.each = request->json ? write_change : print_change, .arg = request->json ? (void *)&json : stdout,
		.only_structure = request->only_structure,
	};

	if (request->json) {
		json_begin(&json, NULL, '{');
		json_text(&json, "format", DIFF_FORMAT);
		json_number(&json, "version", DIFF_VERSION);
		json_text(&json, "matched_by", matched_by_text(match->by));
		json_begin(&json, "changes", '[');
	}
	dump_compare(before, after, match, &changes);
	if (request->json) {
		json_end(&json, ']');
		json_end(&json, '}');
	}
	return changes.count;
}

/* A part is compared with the same part, unless --root says which. */
static int load_after(const struct cli *cli, struct request *request, const struct dump *before, struct dump *after)
{
	if (request->after)
		return dump_load(cli, request->after, after);
	if (!request->now.root)
		request->now.root = before->root;
	return dump_now(cli, &request->now, after, request->strict, &request->partial);
}

static int compare(const struct cli *cli, struct request *request)
{
	cleanup_dump struct dump before = { 0 }, after = { 0 };
	struct dump_match match = { 0 };
	size_t changes = 0;
	int err;

	if (dump_load(cli, request->before, &before) != EXIT_OK || load_after(cli, request, &before, &after) != EXIT_OK)
		return EXIT_TROUBLE;
	err = dump_match(&before, &after, request->by_structure, &match);
	if (!err)
		changes = print(request, &before, &after, &match);
	dump_match_free(&match);
	if (err)
		return fail(cli, "cannot compare: %s", strerror(-err)), EXIT_TROUBLE;
	if (request->partial != EXIT_OK)
		return request->partial;
	if (flush_output(cli))
		return EXIT_TROUBLE;
	return changes ? EXIT_DIFFERENT : EXIT_SAME;
}

static int run(const struct cli *cli, int argc, char **argv)
{
	struct request request = { 0 };
	struct options options;
	int status;

	options_begin(&options, cli, argc, argv);
	status = parse(&request, &options);
	if (request.after)	/* two files: nothing is listed */
		capabilities_drop_after(cli, CAPABILITY_LISTS);
	return status ? status - 1 : compare(cli, &request);
}

static const struct option_row rows[] = {
	OPTION_ROW_JSON,
	{ 's', "structure", .help = "compare only what restore makes again: not members, holders, names and links" },
	{ 'b', "by-structure", .help = "match namespaces by what they are, also where ids are known",
	  .more = "So a restored system is compared with the one it was dumped from." },
	{ OPTION_ROOT, "root", ARGUMENT_REQUIRED, "what", "of what is there now, take this part: pid:NUMBER or user:[NUMBER]",
	  "By default the part that the dump is of." },
	OPTION_ROW_SOURCE,
	OPTION_ROW_STRICT,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_diff = {
	.name = "diff",
	.operands = "DUMP [DUMP]",
	.help = "what changed between two dumps, or since one",
	.options = rows,
	.run = run,
};
