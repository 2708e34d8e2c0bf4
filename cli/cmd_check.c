// SPDX-License-Identifier: GPL-2.0-or-later
/* procns check: for tests and runtimes: is anything left behind, too much, or in CRIU's way. */
#include <stdlib.h>
#include <string.h>

#include "charges.h"
#include "check.h"
#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "say.h"
#include "text.h"

enum {
	OPTION_SINCE = OPTION_COLOR + 1,
	OPTION_MAX,
	OPTION_USER_LIMIT,
	OPTION_CRIU,
	OPTION_ROOT,
};

struct request {
	const char *source;
	bool json, strict;
};

static int parse_percent(const struct cli *cli, const char *text, int *percent)
{
	int64_t value;

	if (!text_to_number(text, 1, 100, &value))
		return fail(cli, "--user-limit: %s: not a percentage from 1 to 100", text), CHECK_TROUBLE;
	*percent = (int)value;
	return CHECK_FINE;
}

static bool anything_asked(const struct check *check)
{
	for (int type = 0; type <= CHECK_TOTAL; type++)
		if (check->max[type] >= 0)
			return true;
	return check->since || check->percent || check->criu_asked;
}

/* Returns 0, or an exit status + 1 where nothing is left to do. */
static int parse(struct request *request, struct check *check, struct options *options)
{
	int key, status = CHECK_FINE;

	while (status == CHECK_FINE && (key = options_next(options)) != OPTIONS_END) {
		switch (key) {
		case 'J':
			request->json = true;
			break;
		case OPTION_SINCE:
			check->since = options->argument;
			break;
		case OPTION_MAX:
			status = check_parse_max(options->cli, options->argument, check->max);
			break;
		case OPTION_USER_LIMIT:
			status = parse_percent(options->cli, options->argument, &check->percent);
			break;
		case OPTION_CRIU:
			check->criu_asked = true;
			break;
		case OPTION_ROOT:
			status = check_parse_root(options->cli, options->argument, &check->root);
			break;
		case OPTION_SOURCE:
			request->source = options->argument;
			break;
		case OPTION_STRICT:
			request->strict = true;
			break;
		case OPTIONS_EXIT:
			return 1 + (options->status ? CHECK_TROUBLE : CHECK_FINE);
		}
	}
	if (status != CHECK_FINE)
		return 1 + status;
	if (options_operands(options)[0])
		return fail(options->cli, "takes no operand, but got '%s'", options_operands(options)[0]), 1 + CHECK_TROUBLE;
	if (!anything_asked(check))
		return fail(options->cli, "what is to be checked? Give --since, --max, --user-limit or --criu"), 1 + CHECK_TROUBLE;
	if (check->criu_asked != !!check->root)
		return fail(options->cli, "--criu and --root are given together, as in --criu --root pid:1234"), 1 + CHECK_TROUBLE;
	return 0;
}

/* Something found comes before something not seen: it is there either way. */
static int say_result(const struct check *check, bool strict)
{
	int partial = say_gaps(check->snapshot, strict);

	for (size_t i = 0; i < check->ngaps; i++)
		say_gap("%s", check->gaps[i]);
	for (size_t i = 0; i < check->criu.ngaps; i++)
		say_gap("%s", check->criu.gaps[i]);
	if (strict && check->ngaps + check->criu.ngaps)
		partial = EXIT_PARTIAL;
	return check_found(check) ? CHECK_FOUND : partial;
}

static int look(struct check *check, const struct request *request)
{
	int err;

	if (check_since(check) || check_max(check) || check_user_limits(check) || check_criu(check))
		return CHECK_TROUBLE;
	err = request->json ? check_print_json(check, stdout) : check_print_text(check, stdout);
	if (err)
		return fail(check->cli, "cannot print what was found: %s", strerror(-err)), CHECK_TROUBLE;
	if (flush_output(check->cli))
		return CHECK_TROUBLE;
	return say_result(check, request->strict);
}

/* To count, the list alone will do. */
static uint32_t wanted(const struct check *check)
{
	uint32_t want = 0;

	if (check->since)
		want |= PROCNS_FACT_ID | PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_REFS | PROCNS_FACT_MEMBERS |
			PROCNS_FACT_HOLDERS;
	if (check->percent)	/* limits are read inside, and a way into a namespace without a process may lead through a holder */
		want |= CHARGES_WANT | PROCNS_FACT_PARENT | PROCNS_FACT_HOLDERS;
	if (check->criu_asked)
		want |= PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_MAPS | PROCNS_FACT_MEMBERS | PROCNS_FACT_HOLDERS;
	return want;
}

static int run(const struct cli *cli, int argc, char **argv)
{
	struct procns_query query = { 0 };
	cleanup_snapshot struct procns_snapshot *snapshot = NULL;
	cleanup_context struct procns *ctx = NULL;
	struct check check = { .cli = cli };
	struct request request = { 0 };
	struct options options;
	int status;

	memset(check.max, 0xff, sizeof(check.max));
	options_begin(&options, cli, argc, argv);
	status = parse(&request, &check, &options);
	if (status)
		return status - 1;
	query.want = wanted(&check);
	if (procns_new(&ctx))
		return fail(cli, "out of memory"), CHECK_TROUBLE;
	if (procns_set_source(ctx, request.source) || procns_snapshot(ctx, &query, &snapshot))
		return fail(cli, "%s", procns_error(ctx)), CHECK_TROUBLE;
	capabilities_drop_after(cli, CAPABILITY_LISTS);
	check.ctx = ctx;
	check.snapshot = snapshot;
	status = look(&check, &request);
	free(check.outlived);
	free(check.users);
	criu_free(&check.criu);
	for (size_t i = 0; i < check.ngaps; i++)
		free(check.gaps[i]);
	return status;
}

static const struct option_row rows[] = {
	OPTION_ROW_JSON,
	{ OPTION_SINCE, "since", ARGUMENT_REQUIRED, "dump", "explain what is alive and was not there in this dump",
	  "The file is one that \\fBprocns dump\\fR made since the system was started. A number that was given out again is told "
	  "from the first by the kernel's id (Linux 6.18)." },
	{ OPTION_MAX, "max", ARGUMENT_REQUIRED, "type=number", "there may be so many of this type (or total)",
	  "May be given several times. The namespaces the system was started with count too." },
	{ OPTION_USER_LIMIT, "user-limit", ARGUMENT_REQUIRED, "percent", "no user may have used up so much of a limit",
	  "The limits are user.max_*_namespaces, in every user namespace that can be entered." },
	{ OPTION_CRIU, "criu", .help = "nothing that CRIU would refuse to dump may be in the processes of --root",
	  "See \\fBFOR CRIU\\fR below." },
	{ OPTION_ROOT, "root", ARGUMENT_REQUIRED, "pid:number", "the process that is the root of the tree for --criu" },
	OPTION_ROW_SOURCE,
	OPTION_ROW_STRICT,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_check = {
	.name = "check",
	.help = "is anything left behind since a dump, too much of anything, or in CRIU's way",
	.options = rows,
	.run = run,
};
