/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command of procns: what it is called, what it accepts, and the function that does it. Each is defined in a cmd_NAME.c of
 * its own and listed in commands[] (commands.c); the help text, the parser, the manual pages and the completions read the same
 * tables.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "options.h"

struct command;

/* How a command was called. */
struct cli {
	const char *called;		/* "procns ls", "lsns": what messages begin with */
	bool as_lsns;
	const struct command *command;
};

struct command {
	const char *name;
	const char *operands;		/* for the usage line; NULL: takes none */
	const char *help;		/* one line */
	const struct option_row *options;
	const char *const *exclusive;	/* strings of option letters of which only one may be given; NULL: none */
	bool operands_end_options;	/* what follows the first operand belongs to another program */
	void (*help_columns)(const struct cli *cli, FILE *out); /* the columns of -o, NULL: none */
	int (*run)(const struct cli *cli, int argc, char **argv); /* returns an exit status */
};

extern const struct command *const commands[];	/* ends with NULL */

extern const struct command command_diff, command_dump, command_restore, command_ls, command_net, command_tree, command_why, command_enter, command_open, command_pin,
	command_unpin, command_source;
extern const struct command command_check, command_metrics;
extern const struct command command_watch, command_top;

const struct command *command_find(const char *name);

enum exit_status {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_TROUBLE = 2,		/* failure, of commands whose 1 is an answer (diff, check) */
	EXIT_PARTIAL = 3,		/* --strict, and something could not be seen */
};

#endif
