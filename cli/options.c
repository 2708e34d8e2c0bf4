// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "capabilities.h"
#include "command.h"
#include "say.h"

/*
 * Tells a missing argument from an unknown option (':' first), and for commands that start another program leaves that one's
 * options alone ('+' before it).
 */
static void fill_shorts(struct options *options, const struct command *command)
{
	char *at = options->shorts;

	if (command->operands_end_options)
		*at++ = '+';
	*at++ = ':';
	for (const struct option_row *row = command->options; row->key; row++) {
		if (row->key >= OPTION_LONG)
			continue;
		*at++ = (char)row->key;
		for (int colons = row->takes; colons; colons--)
			*at++ = ':';
	}
	*at = '\0';
}

static void fill_longs(struct options *options, const struct command *command)
{
	size_t n = 0;

	for (const struct option_row *row = command->options; row->key; row++, n++) {
		assert(n < OPTIONS_MAX);
		options->longs[n] = (struct option){ row->name, row->takes, NULL, row->key };
	}
	options->longs[n] = (struct option){ 0 };
}

void options_begin(struct options *options, const struct cli *cli, int argc, char **argv)
{
	options->cli = cli;
	options->argc = argc;
	options->argv = argv;
	options->argument = NULL;
	options->status = EXIT_OK;
	options->given[0] = '\0';
	fill_longs(options, cli->command);
	fill_shorts(options, cli->command);
	opterr = 0;
	optind = 0;	/* the GNU way to start over: main has its own look at the arguments */
}

static const struct option_row *find_row(const struct command *command, int key)
{
	for (const struct option_row *row = command->options; row->key; row++)
		if (row->key == key)
			return row;
	return NULL;
}

static int leave(struct options *options, int status)
{
	options->status = status;
	return OPTIONS_EXIT;
}

/* optopt is a letter, or for a long option 0 (unknown) or its key (argument missing, or given where none is taken). */
static int refuse(struct options *options, int why)
{
	const struct cli *cli = options->cli;
	const char *last = options->argv[optind - 1];
	const struct option_row *row = optopt ? find_row(cli->command, optopt) : NULL;

	if (why == ':' && row)
		fail(cli, "option --%s needs an argument; see '%s --help'", row->name, cli->called);
	else if (row && !row->takes && strchr(last, '='))
		fail(cli, "option --%s takes no argument, but got '%s'", row->name, last);
	else if (optopt && optopt < OPTION_LONG)
		fail(cli, "unknown option -%c; see '%s --help'", optopt, cli->called);
	else
		fail(cli, "unknown or ambiguous option %s; see '%s --help'", last, cli->called);
	return leave(options, EXIT_FAILED);
}

/* The other option of the same set that was given before, or 0. */
static int excluded_by(struct options *options, int key)
{
	size_t n = strlen(options->given);

	for (const char *const *set = options->cli->command->exclusive; set && *set; set++) {
		if (key >= OPTION_LONG || !strchr(*set, key))
			continue;
		for (size_t i = 0; i < n; i++)
			if (options->given[i] != key && strchr(*set, options->given[i]))
				return options->given[i];
		if (!strchr(options->given, key)) {
			options->given[n++] = (char)key;
			options->given[n] = '\0';
		}
	}
	return 0;
}

int options_next(struct options *options)
{
	const struct cli *cli = options->cli;
	int key = getopt_long(options->argc, options->argv, options->shorts, options->longs, NULL);
	int other;

	options->argument = optarg;
	if (key == OPTIONS_END)
		return key;
	if (key == '?' || key == ':')
		return refuse(options, key);

	other = excluded_by(options, key);
	if (other) {
		fail(cli, "mutually exclusive arguments: --%s --%s", find_row(cli->command, other)->name,
		     find_row(cli->command, key)->name);
		return leave(options, EXIT_FAILED);
	}
	if (key == 'h') {
		options_print_help(cli, stdout);
		return leave(options, EXIT_OK);
	}
	if (key == 'V') {
		print_version(cli, stdout);
		return leave(options, EXIT_OK);
	}
	return key;
}

char **options_operands(const struct options *options)
{
	return options->argv + optind;
}

static void print_option(const struct option_row *row, FILE *out)
{
	char left[64];
	int length = row->key < OPTION_LONG ? snprintf(left, sizeof(left), " -%c, --%s", row->key, row->name)
					    : snprintf(left, sizeof(left), "     --%s", row->name);

	if (row->takes)
		snprintf(left + length, sizeof(left) - (size_t)length, row->takes == ARGUMENT_OPTIONAL ? "[=<%s>]" : " <%s>",
			 row->argument);
	fprintf(out, "%-24s %s\n", left, row->help);
}

int option_add_type(const struct cli *cli, const char *name, uint32_t *types)
{
	enum procns_type type;

	if (procns_type_parse(name, &type))
		return fail(cli, "unknown namespace type: %s", name);
	*types |= 1u << type;
	return EXIT_OK;
}

void options_print_help(const struct cli *cli, FILE *out)
{
	const struct command *command = cli->command;

	fprintf(out, "\nUsage:\n %s [options]%s%s\n\n%c%s%s\n\nOptions:\n", cli->called, command->operands ? " " : "",
		command->operands ? command->operands : "", toupper((unsigned char)*command->help), command->help + 1,
		strchr(command->help, '.') ? "" : ".");
	for (const struct option_row *row = command->options; row->key; row++)
		print_option(row, out);
	if (command->help_columns)
		command->help_columns(cli, out);
	if (!cli->as_lsns)
		capabilities_print_help(command, out);
	fprintf(out, "\nFor more details see procns-%s(1).\n", command->name);
}
