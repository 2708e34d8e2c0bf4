// SPDX-License-Identifier: GPL-2.0-or-later
/* procns metrics: how many namespaces there are and how they live, for Prometheus. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "metrics.h"
#include "metrics_file.h"
#include "say.h"
#include "text.h"

#define NAMED_USERS 10
#define MOST_NAMED_USERS 1000

enum {
	OPTION_TEXTFILE = OPTION_COLOR + 1,
	OPTION_USERS,
};

struct request {
	const char *textfile, *source;
	int64_t users;
	bool strict;
};

/* Returns 0, or an exit status + 1 where nothing is left to do. */
static int parse(struct request *request, struct options *options)
{
	int key;

	while ((key = options_next(options)) != OPTIONS_END) {
		switch (key) {
		case OPTION_TEXTFILE:
			request->textfile = options->argument;
			break;
		case OPTION_USERS:
			if (!text_to_number(options->argument, 0, MOST_NAMED_USERS, &request->users))
				return 1 + fail(options->cli, "--users: %s: not a number from 0 to %d", options->argument,
						MOST_NAMED_USERS);
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
	if (options_operands(options)[0])
		return 1 + fail(options->cli, "takes no operand, but got '%s'", options_operands(options)[0]);
	return 0;
}

static double seconds_since(const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - begin->tv_sec) + (double)(now.tv_nsec - begin->tv_nsec) / 1e9;
}

/* Everything is text in memory before any of it is written anywhere. */
static char *text_of(const struct metrics *metrics, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);
	bool failed;

	if (!out)
		return NULL;
	metrics_write(metrics, out);
	failed = ferror(out);
	if (fclose(out) || failed) {
		free(text);
		return NULL;
	}
	return text;
}

static int write_metrics(const struct cli *cli, const struct request *request, const struct metrics *metrics)
{
	size_t length = 0;
	cleanup_free char *text = text_of(metrics, &length);

	if (!text)
		return fail(cli, "out of memory");
	if (request->textfile)
		return metrics_write_file(cli, request->textfile, text, length);
	fwrite(text, 1, length, stdout);
	return flush_output(cli);
}

static int report(const struct cli *cli, const struct request *request, struct procns *ctx,
		  const struct procns_snapshot *snapshot, double seconds)
{
	struct metrics metrics = { .scan_seconds = seconds };
	const struct procns_ns *user_ns;
	struct charges charges = { 0 };
	int status = EXIT_OK;

	metrics_count(&metrics, snapshot);
	limits_read(metrics.limits);
	if (charges_are_known(snapshot) && !procns_resolve(ctx, snapshot, "/proc/self/ns/user", &user_ns)) {
		if (charges_count(&charges, snapshot))
			status = fail(cli, "out of memory");
		else
			metrics_count_users(&metrics, &charges, user_ns, (size_t)request->users);
	}
	if (status == EXIT_OK)
		status = write_metrics(cli, request, &metrics);
	charges_free(&charges);
	return status == EXIT_OK ? say_gaps(snapshot, request->strict) : status;
}

static int run(const struct cli *cli, int argc, char **argv)
{
	static const struct procns_query query = {
		.want = CHARGES_WANT | PROCNS_FACT_MEMBERS,
	};
	struct request request = { .users = NAMED_USERS };
	cleanup_snapshot struct procns_snapshot *snapshot = NULL;
	cleanup_context struct procns *ctx = NULL;
	struct options options;
	struct timespec begin;
	int status;

	options_begin(&options, cli, argc, argv);
	status = parse(&request, &options);
	if (status)
		return status - 1;
	if (procns_new(&ctx))
		return fail(cli, "out of memory");
	clock_gettime(CLOCK_MONOTONIC, &begin);
	if (procns_set_source(ctx, request.source) || procns_snapshot(ctx, &query, &snapshot))
		return fail(cli, "%s", procns_error(ctx));
	capabilities_drop_after(cli, CAPABILITY_LISTS);
	return report(cli, &request, ctx, snapshot, seconds_since(&begin));
}

static const struct option_row rows[] = {
	{ OPTION_TEXTFILE, "textfile", ARGUMENT_REQUIRED, "file", "write to a file, which is replaced as a whole",
	  "The file appears whole or not at all, with mode 0644; where it can't be written, what was there before stays. "
	  "For node-exporter its name must end in \\fI.prom\\fR." },
	{ OPTION_USERS, "users", ARGUMENT_REQUIRED, "number", "name this many users (default 10)",
	  "Those nearest to one of their limits are named by uid, all others are counted together as \\fIother\\fR." },
	OPTION_ROW_SOURCE,
	OPTION_ROW_STRICT,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_metrics = {
	.name = "metrics",
	.help = "numbers for Prometheus: alive, persistent, orphans, users against their limits",
	.options = rows,
	.run = run,
};
