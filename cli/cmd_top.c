// SPDX-License-Identifier: GPL-2.0-or-later
/* procns top: namespaces on a full screen, again and again. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "live.h"
#include "say.h"
#include "table.h"
#include "top.h"

static int parse_sort(const struct cli *cli, const char *name, enum top_sort *sort)
{
	return top_sort_parse(name, sort) ? fail(cli, "--sort: %s: it is one of members, age, holders, name", name) : EXIT_OK;
}

/* Returns 0, or an exit status + 1 where nothing is left to do. */
static int parse(struct top *top, struct options *options)
{
	const struct cli *cli = options->cli;
	int key, status = EXIT_OK;

	while (!status && (key = options_next(options)) != OPTIONS_END) {
		switch (key) {
		case 'd': status = live_parse_seconds(cli, "--delay", options->argument, 0.1, 3600, &top->interval); break;
		case 'n': status = live_parse_count(cli, "--iterations", options->argument, INT64_MAX, &top->iterations); break;
		case 't': status = option_add_type(cli, options->argument, &top->types); break;
		case 's': status = parse_sort(cli, options->argument, &top->sort); break;
		case 'r': top->reverse = true; break;
		case 'b': top->batch = true; break;
		case OPTION_SOURCE:
			if (procns_set_source(top->ctx, options->argument))
				status = fail(cli, "%s", procns_error(top->ctx));
			break;
		case OPTIONS_EXIT: return 1 + options->status;
		}
	}
	if (!status && options_operands(options)[0])
		status = fail(cli, "takes no operand, but got '%s'", options_operands(options)[0]);
	return status ? 1 + status : 0;
}

int top_refresh(struct top *top, char *why, size_t size)
{
	static const struct procns_query query = {
		.want = PROCNS_FACT_ID | PROCNS_FACT_OWNER | PROCNS_FACT_MEMBERS | PROCNS_FACT_NAMES | PROCNS_FACT_HOLDERS,
	};
	struct procns_snapshot *snapshot;

	if (procns_snapshot(top->ctx, &query, &snapshot)) {
		snprintf(why, size, "%s", procns_error(top->ctx));
		return EXIT_FAILED;
	}
	if (!strcmp(procns_snapshot_source(snapshot), "bpf"))
		capabilities_drop_after(top->cli, CAPABILITY_WITHOUT_BPF);
	procns_snapshot_free(top->snapshot);
	top->snapshot = snapshot;
	/* what processes are called changes, and their numbers are given again */
	cells_end(&top->cells);
	cells_begin(&top->cells, ',');
	if (top_rows_update(&top->rows, snapshot, top->types, live_now())) {
		snprintf(why, size, "out of memory");
		return EXIT_FAILED;
	}
	top_rows_sort(&top->rows, top->sort, top->reverse);
	return EXIT_OK;
}

static int print_rows(struct top *top)
{
	cleanup_free char *title = top_title(top);

	printf("%s\n%s\n", title ?: "", top_heading());
	for (size_t i = 0; i < top->rows.count; i++) {
		cleanup_free char *line = top_line(top, &top->rows.rows[i]);

		if (!line)
			return fail(top->cli, "out of memory");
		printf("%s\n", line);
	}
	return flush_output(top->cli);
}

/* Until it is time for the next; true: a signal came, or nobody reads any more. */
static bool wait_for_next(const struct top *top)
{
	struct pollfd fds[] = { { .fd = top->signals, .events = POLLIN }, { .fd = STDOUT_FILENO } };

	return poll(fds, ARRAY_SIZE(fds), (int)top->interval) > 0;
}

static int batch(struct top *top)
{
	char why[1024];

	for (;;) {
		if (top_refresh(top, why, sizeof(why)))
			return fail(top->cli, "%s", why);
		if (print_rows(top))
			return EXIT_FAILED;
		say_gaps(top->snapshot, false);
		if (top->iterations && !--top->iterations)
			return EXIT_OK;
		if (wait_for_next(top))
			return EXIT_OK;
		putchar('\n');
	}
}

static int show(struct top *top)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

	if (!top->batch && (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)))
		return fail(top->cli, "standard %s is no terminal; --batch needs none, and procns watch prints what changes",
			    isatty(STDOUT_FILENO) ? "input" : "output");
	top->signals = live_open_signals(top->cli, ends, ARRAY_SIZE(ends));
	if (top->signals < 0)
		return EXIT_FAILED;
	return top->batch ? batch(top) : top_screen(top);
}

static int run(const struct cli *cli, int argc, char **argv)
{
	struct top top = { .cli = cli, .interval = 2000, .signals = -1, .color = color_wanted(COLOR_AUTO) };
	struct options options;
	int status;

	if (procns_new(&top.ctx))
		return fail(cli, "out of memory");
	cells_begin(&top.cells, ',');
	options_begin(&options, cli, argc, argv);
	status = parse(&top, &options);
	status = status ? status - 1 : show(&top);
	cells_end(&top.cells);
	top_rows_free(&top.rows);
	procns_snapshot_free(top.snapshot);
	procns_free(top.ctx);
	if (top.signals >= 0)
		close(top.signals);
	return status;
}

static const struct option_row rows[] = {
	{ 'd', "delay", ARGUMENT_REQUIRED, "seconds", "between two looks (2)" },
	{ 's', "sort", ARGUMENT_REQUIRED, "order", "by members, age, holders or name",
	  "\\fBmembers\\fR: most processes first, which is the default; \\fBage\\fR: the newest first; \\fBholders\\fR: most first; "
	  "\\fBname\\fR: type and number." },
	{ 'r', "reverse", .help = "sort the other way round" },
	{ 't', "type", ARGUMENT_REQUIRED, "type", "namespaces of this type only (may be given several times)" },
	{ 'n', "iterations", ARGUMENT_REQUIRED, "number", "end after so many looks" },
	{ 'b', "batch", .help = "print the rows one look after the other; needs no terminal" },
	OPTION_ROW_SOURCE,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_top = {
	.name = "top",
	.help = "namespaces on a full screen, again and again",
	.options = rows,
	.run = run,
};
