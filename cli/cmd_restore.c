// SPDX-License-Identifier: GPL-2.0-or-later
/* procns restore: makes the namespaces of a dump again. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "json_writer.h"
#include "restore.h"
#include "say.h"

#define RESTORE_FORMAT "procns-restore"
#define RESTORE_VERSION 1

enum {
	OPTION_PINS = OPTION_COLOR + 1,
	OPTION_HOLD,
	OPTION_UNDO,
	OPTION_DRY_RUN,
};

struct request {
	const char *path, *pins, *undo;
	bool hold, json, strict, dry_run;
};

static int check(const struct request *request, const struct cli *cli, char **operands)
{
	if (request->undo)
		return request->pins || request->hold || request->dry_run || operands[0] ?
		       fail(cli, "--undo goes with nothing else") : EXIT_OK;
	if (!operands[0])
		return fail(cli, "which dump? Give the file that 'procns dump' wrote");
	if (operands[1])
		return fail(cli, "unexpected operand: %s; see '%s --help'", operands[1], cli->called);
	if (!request->pins && !request->hold && !request->dry_run)
		return fail(cli, "who is to keep them? Give --pins DIR, or --hold to hold them until this program is ended");
	return EXIT_OK;
}

/* Returns 0, or an exit status + 1 where nothing is left to do. */
static int parse(struct request *request, struct options *options)
{
	int key, status;

	while ((key = options_next(options)) != OPTIONS_END) {
		switch (key) {
		case OPTION_PINS:
			request->pins = options->argument;
			break;
		case OPTION_HOLD:
			request->hold = true;
			break;
		case OPTION_UNDO:
			request->undo = options->argument;
			break;
		case OPTION_DRY_RUN:
			request->dry_run = true;
			break;
		case 'J':
			request->json = true;
			break;
		case OPTION_STRICT:
			request->strict = true;
			break;
		case OPTIONS_EXIT:
			return 1 + options->status;
		}
	}
	request->path = options_operands(options)[0];
	status = check(request, options->cli, options_operands(options));
	return status ? 1 + status : 0;
}

static void print_text(const struct restore *restore, const struct restored *one)
{
	char path[PATH_MAX];

	printf("%s %s:[%lu]", one->ns->id, procns_type_name(one->ns->type), (unsigned long)one->inum);
	if (one->pinned) {
		restore_pin_path(restore, one, path);
		putchar(' ');
		write_safely(path, stdout);
	}
	if (one->init)
		printf(" kept by process %d", one->init);
	putchar('\n');
}

static void write_json(struct json_writer *json, const struct restore *restore, const struct restored *one)
{
	char path[PATH_MAX];

	json_begin(json, NULL, '{');
	json_text(json, "id", one->ns->id);
	json_text(json, "type", procns_type_name(one->ns->type));
	json_number(json, "inum", (int64_t)one->inum);
	if (one->pinned)
		restore_pin_path(restore, one, path);
	json_text(json, "path", one->pinned ? path : NULL);
	if (one->init)
		json_number(json, "pid", one->init);
	else
		json_null(json, "pid");
	json_end(json, '}');
}

static void print(const struct restore *restore, bool as_json)
{
	struct json_writer json = { .out = stdout };

	if (as_json) {
		json_begin(&json, NULL, '{');
		json_text(&json, "format", RESTORE_FORMAT);
		json_number(&json, "version", RESTORE_VERSION);
		json_begin(&json, "restored", '[');
	}
	for (size_t i = 0; i < restore->dump->count; i++) {
		if (restore->list[i].fd < 0)
			continue;
		if (as_json)
			write_json(&json, restore, &restore->list[i]);
		else
			print_text(restore, &restore->list[i]);
	}
	if (as_json) {
		json_end(&json, ']');
		json_end(&json, '}');
	}
}

static void ending_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
}

static void wait_for_end(void)
{
	sigset_t set;

	ending_signals(&set);
	while (sigwaitinfo(&set, NULL) < 0 && errno == EINTR)
		;
}

/* Whatever goes wrong, nothing stays. */
static int make_and_keep(struct restore *restore, const struct request *request)
{
	int status = restore_make_all(restore);

	if (status == EXIT_OK && restore->pins)
		status = restore_pin_all(restore);
	if (status == EXIT_OK) {
		print(restore, request->json);
		status = flush_output(restore->cli);
	}
	if (status == EXIT_OK && !request->hold)
		status = restore_let_go(restore);
	if (status == EXIT_OK && request->hold)
		wait_for_end();
	if (status != EXIT_OK || request->hold)
		restore_undo(restore);
	return status;
}

static int restore_dump(const struct cli *cli, const struct request *request)
{
	cleanup_dump struct dump dump = { 0 };
	struct restore restore = { .cli = cli, .dump = &dump, .pins = request->pins, .cgroup = -1 };
	sigset_t set;
	int status;

	if (dump_load(cli, request->path, &dump) != EXIT_OK)
		return EXIT_FAILED;
	/* they come when nothing is half-made */
	ending_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	status = restore_plan(&restore);
	if (status == EXIT_OK && !request->dry_run)
		status = make_and_keep(&restore, request);
	if (status == EXIT_OK && restore.unknown && request->strict)
		status = EXIT_PARTIAL;
	restore_end(&restore);
	return status;
}

static int run(const struct cli *cli, int argc, char **argv)
{
	struct request request = { 0 };
	struct options options;
	int status;

	options_begin(&options, cli, argc, argv);
	status = parse(&request, &options);
	if (status)
		return status - 1;
	return request.undo ? restore_remove(cli, request.undo) : restore_dump(cli, &request);
}

static const struct option_row rows[] = {
	{ OPTION_PINS, "pins", ARGUMENT_REQUIRED, "directory", "keep each namespace by a bind mount there, TYPE-ID",
	  "The directory is made where there is none. In each pid namespace a process \\fBprocns\\-pause\\fR stays, as its first: "
	  "without one nobody could enter. \\fB\\-\\-undo\\fR ends it all." },
	{ OPTION_HOLD, "hold", .help = "stay, and end and remove everything at SIGTERM or SIGINT" },
	{ OPTION_UNDO, "undo", ARGUMENT_REQUIRED, "directory", "remove the pins there, and end the first processes" },
	{ OPTION_DRY_RUN, "dry-run", .help = "check everything, make nothing" },
	OPTION_ROW_JSON,
	OPTION_ROW_STRICT,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_restore = {
	.name = "restore",
	.operands = "DUMP",
	.help = "make the namespaces of a dump again",
	.options = rows,
	.run = run,
};
