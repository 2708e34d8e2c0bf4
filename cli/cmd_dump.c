// SPDX-License-Identifier: GPL-2.0-or-later
/* procns dump: every namespace, with all that is known of it, as JSON that diff, restore and check read. */
#include <errno.h>
#include <string.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "dump_collect.h"
#include "net_file.h"
#include "say.h"

enum {
	OPTION_ROOT = OPTION_COLOR + 1,
};

struct request {
	struct dump_request what;
	const char *path;	/* -o; NULL: standard output */
	bool strict;
};

/* Returns 0, or an exit status + 1 where nothing is left to do. */
static int parse(struct request *request, struct options *options)
{
	int key;

	while ((key = options_next(options)) != OPTIONS_END) {
		switch (key) {
		case OPTION_ROOT:
			request->what.root = options->argument;
			break;
		case 'o':
			request->path = options->argument;
			break;
		case OPTION_SOURCE:
			request->what.source = options->argument;
			break;
		case OPTION_STRICT:
			request->strict = true;
			break;
		case OPTIONS_EXIT:
			return 1 + options->status;
		}
	}
	if (*options_operands(options))
		return 1 + fail(options->cli, "unexpected operand: %s; see '%s --help'", *options_operands(options), options->cli->called);
	return 0;
}

static int write_to_file(struct dump_live *live, const char *path)
{
	struct whole_file file;
	FILE *out;
	int err = 0;

	if (whole_file_begin_private(&file, live->cli, path) != EXIT_OK)
		return EXIT_FAILED;
	out = fdopen(dup(file.fd), "w");
	err = out ? dump_write(live, out) : -errno;
	if (out && fclose(out) && !err)
		err = -errno;
	return whole_file_end(&file, live->cli, err ? fail(live->cli, "cannot write %s: %s", path, strerror(-err)) : EXIT_OK);
}

static int run(const struct cli *cli, int argc, char **argv)
{
	struct request request = { 0 };
	struct options options;
	struct dump_live live;
	int status, partial;

	options_begin(&options, cli, argc, argv);
	status = parse(&request, &options);
	if (status)
		return status - 1;
	status = dump_collect(&live, cli, &request.what);
	capabilities_drop_after(cli, CAPABILITY_LISTS);
	if (status == EXIT_OK)
		status = request.path ? write_to_file(&live, request.path) : dump_write(&live, stdout) ? EXIT_FAILED : EXIT_OK;
	if (status == EXIT_OK) {
		partial = dump_say_gaps(&live, request.strict);
		status = partial;
	}
	dump_live_end(&live);
	return status;
}

static const struct option_row rows[] = {
	{ OPTION_ROOT, "root", ARGUMENT_REQUIRED, "what", "dump a part: pid:NUMBER or user:[NUMBER], and what is below",
	  "Of a user namespace: itself, what it owns, the user namespaces below it and what they own. Of a process: those of its "
	  "namespaces that the system did not begin with, what is below them, and the namespaces of the processes in its pid namespace. "
	  "What leads out of it is named in \\fBoutside\\fR." },
	{ 'o', "output", ARGUMENT_REQUIRED, "file", "write to a file, which appears whole or not at all",
	  "A new file can be read by its owner alone (mode 0600), whatever the umask allows to others: a dump has host names, paths and "
	  "processes of every user its writer could see. A file that is there already keeps its mode, but for what it "
	  "allows to a group you are not in; a redirection of the shell has the shell's." },
	OPTION_ROW_SOURCE,
	OPTION_ROW_STRICT,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_dump = {
	.name = "dump",
	.help = "write down every namespace, for restore, diff and check",
	.options = rows,
	.run = run,
};
