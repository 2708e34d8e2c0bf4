/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table of options gives the parser, the help text and the manual page. A command walks what it was given:
 *
 *	options_begin(&options, cli, argc, argv);
 *	while ((key = options_next(&options)) != OPTIONS_END)
 *		switch (key) {
 *		case 'J': ...
 *		case OPTIONS_EXIT: return options.status;
 *		}
 *
 * OPTIONS_EXIT comes where nothing is left to do: a usage error (already said), --help, --version.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>

struct cli;
struct command;

enum option_argument {
	ARGUMENT_NONE,
	ARGUMENT_REQUIRED,
	ARGUMENT_OPTIONAL,	/* only as --name=ARG or -xARG */
};

struct option_row {
	int key;		/* its letter; from OPTION_LONG on: it has none */
	const char *name;
	enum option_argument takes;
	const char *argument;	/* what it is called in the help */
	const char *help;	/* one line */
	const char *more;	/* what the manual page adds, roff; NULL: nothing */
};

enum option_key {
	OPTIONS_END = -1,
	OPTIONS_EXIT = 0,
	OPTION_LONG = 256,
	OPTION_OUTPUT_ALL,
	OPTION_STRICT,
	OPTION_SOURCE,
	OPTION_COLOR,
};

/* Rows that several commands share. */
#define OPTION_ROW_JSON { 'J', "json", .help = "use JSON output format" }
#define OPTION_ROW_NOHEADINGS { 'n', "noheadings", .help = "don't print headings" }
#define OPTION_ROW_OUTPUT \
	{ 'o', "output", ARGUMENT_REQUIRED, "columns", "define which output columns to use", \
	  "\\fB+\\fIcolumns\\fR adds to the default columns. Names may be written in any case; \\fB\\-H\\fR lists them." }
#define OPTION_ROW_RAW { 'r', "raw", .help = "use the raw output format" }
#define OPTION_ROW_NOTRUNCATE { 'u', "notruncate", .help = "don't truncate text in columns" }
#define OPTION_ROW_COLUMNS { 'H', "list-columns", .help = "list the columns" }
#define OPTION_ROW_SOURCE \
	{ OPTION_SOURCE, "source", ARGUMENT_REQUIRED, "source", "use one source only (dir, bpf, listns, proc)", \
	  "By default the cheapest that can answer is taken; see \\fBprocns\\-source\\fR(1)." }
#define OPTION_ROW_STRICT \
	{ OPTION_STRICT, "strict", .help = "exit with 3 if anything could not be seen" }
#define OPTION_ROW_COLOR \
	{ OPTION_COLOR, "color", ARGUMENT_OPTIONAL, "when", "colorize the output (auto, always or never)", \
	  "The default is \\fBauto\\fR: on a terminal, unless the environment has \\fBNO_COLOR\\fR." }
#define OPTION_ROW_HELP { 'h', "help", .help = "display this help" }
#define OPTION_ROW_VERSION { 'V', "version", .help = "display version" }
#define OPTION_ROWS_END { 0 }

#define OPTIONS_MAX 40

struct options {
	const struct cli *cli;
	int argc;
	char **argv;
	const char *argument;	/* of the option options_next() returned; NULL where none was given */
	int status;		/* with OPTIONS_EXIT */
	struct option longs[OPTIONS_MAX + 1];
	char shorts[3 * OPTIONS_MAX + 2];
	char given[OPTIONS_MAX + 1]; /* letters of exclusive options seen so far */
};

void options_begin(struct options *options, const struct cli *cli, int argc, char **argv);
int options_next(struct options *options);

/* After OPTIONS_END: the operands; the list ends with NULL. */
char **options_operands(const struct options *options);

/* The argument of --type: adds its bit, 1 << type. Returns EXIT_OK, or EXIT_FAILED and has said why. */
int option_add_type(const struct cli *cli, const char *name, uint32_t *types);

void options_print_help(const struct cli *cli, FILE *out);

#endif
