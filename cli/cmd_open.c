// SPDX-License-Identifier: GPL-2.0-or-later
/* procns open: runs a command that gets a namespace as descriptor 3. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "run.h"
#include "say.h"
#include "target.h"

#define GIVEN_FD 3

static int run(const struct cli *cli, int argc, char **argv)
{
	char **command = run_split_command(argv, &argc);
	struct options options;
	struct target target;
	char **operands;
	int key, status;

	options_begin(&options, cli, argc, argv);
	while ((key = options_next(&options)) != OPTIONS_END)
		if (key == OPTIONS_EXIT)
			return options.status;
	operands = options_operands(&options);
	if (!operands[0])
		return fail(cli, "which namespace? Name one (net:[4026532544], id:17, a path, pid:1234/net)");
	if (operands[1])
		return fail(cli, "%s: one namespace only; the command goes behind --", operands[1]);
	if (!command)
		return fail(cli, "what to run? Give a command behind --");

	status = target_open(cli, operands[0], &target);
	if (status)
		return status;
	/* dup2 of a descriptor onto itself would leave it close-on-exec */
	if (target.fd == GIVEN_FD ? fcntl(GIVEN_FD, F_SETFD, 0) : dup2(target.fd, GIVEN_FD) < 0)
		return fail(cli, "cannot make %s descriptor %d: %s", operands[0], GIVEN_FD, strerror(errno));
	if (setenv("PROCNS_FD", "3", 1))
		return fail(cli, "out of memory");
	return run_here(cli, command);
}

static const struct option_row rows[] = {
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_open = {
	.name = "open",
	.operands = "NS -- COMMAND [ARG...]",
	.help = "run a command with a namespace as descriptor 3",
	.options = rows,
	.run = run,
};
