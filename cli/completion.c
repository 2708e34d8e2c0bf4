// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * At build time: fills a shell's completion (completions/) from the tables of commands and options.
 *
 *	procns-completion TEMPLATE >FILE
 *
 * What an option's argument can be is told by what it is called in the table: `type`, `columns`, `file`, …; the templates know
 * the words of each.
 */
#include <string.h>

#include "columns.h"
#include "command.h"
#include "procns.h"
#include "template.h"

/* Help lines stand between single quotes, in zsh between brackets too. */
static void put_help(const char *text, const char *escaped)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else if (strchr(escaped, *text))
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

static void put_command_names(const struct command *none)
{
	(void)none;
	for (size_t i = 0; commands[i]; i++)
		printf("%s%s", i ? " " : "", commands[i]->name);
}

static void put_types(const struct command *none)
{
	const char *name;

	(void)none;
	for (int type = 0; (name = procns_type_name((enum procns_type)type)); type++)
		printf("%s%s", type ? " " : "", name);
}

static void put_column_names(const struct command *none)
{
	(void)none;
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		printf("%s%s", i ? " " : "", columns[i].name);
}

/* bash: a case for each command, with its options as words. */
static void put_bash_options(const struct command *none)
{
	(void)none;
	for (size_t i = 0; commands[i]; i++) {
		printf("\t%s) echo '", commands[i]->name);
		for (const struct option_row *row = commands[i]->options; row->key; row++) {
			if (row->key < OPTION_LONG)
				printf("-%c ", row->key);
			printf("--%s%s ", row->name, row->takes == ARGUMENT_REQUIRED ? "=" : "");
		}
		puts("' ;;");
	}
}

/* bash: a case for each option that takes an argument, with what that is called. */
static void put_bash_arguments(const struct command *none)
{
	(void)none;
	for (size_t i = 0; commands[i]; i++)
		for (const struct option_row *row = commands[i]->options; row->key; row++) {
			if (!row->takes)
				continue;
			printf("\t%s:--%s", commands[i]->name, row->name);
			if (row->key < OPTION_LONG)
				printf(" | %s:-%c", commands[i]->name, row->key);
			printf(") echo %s ;;\n", row->argument);
		}
}

static void put_zsh_option(const struct option_row *row)
{
	if (row->key < OPTION_LONG)
		printf("\t\t'(-%c --%s)'{-%c,--%s%s}'[", row->key, row->name, row->key, row->name,
		       row->takes ? "=" : "");
	else
		printf("\t\t'--%s%s[", row->name, row->takes ? "=" : "");
	put_help(row->help, "[]:\\");
	putchar(']');
	if (row->takes)
		printf("%s:%s:_procns_words %s", row->takes == ARGUMENT_OPTIONAL ? ":" : "", row->argument, row->argument);
	puts("'");
}

/* zsh: a case for each command, with the specifications of its options. */
static void put_zsh_options(const struct command *none)
{
	(void)none;
	for (size_t i = 0; commands[i]; i++) {
		printf("\t%s) options=(\n", commands[i]->name);
		for (const struct option_row *row = commands[i]->options; row->key; row++)
			put_zsh_option(row);
		puts("\t) ;;");
	}
}

static void put_zsh_commands(const struct command *none)
{
	(void)none;
	for (size_t i = 0; commands[i]; i++) {
		printf("\t\t'%s:", commands[i]->name);
		put_help(commands[i]->help, ":\\");
		puts("'");
	}
}

static void put_fish(const struct command *none)
{
	(void)none;
	for (size_t i = 0; commands[i]; i++) {
		printf("complete -c procns -n __procns_has_no_command -a %s -d '", commands[i]->name);
		put_help(commands[i]->help, "");
		puts("'");
	}
	for (size_t i = 0; commands[i]; i++)
		for (const struct option_row *row = commands[i]->options; row->key; row++) {
			printf("complete -c procns -n '__procns_command_is %s' -l %s", commands[i]->name, row->name);
			if (row->key < OPTION_LONG)
				printf(" -s %c", row->key);
			if (row->takes == ARGUMENT_REQUIRED)
				printf(" -r");
			if (row->takes)
				printf(" -a '(__procns_words %s)'", row->argument);
			printf(" -d '");
			put_help(row->help, "");
			puts("'");
		}
}

static const struct template_mark marks[] = {
	{ "@COMMAND_NAMES@", put_command_names },
	{ "@TYPES@", put_types },
	{ "@COLUMN_NAMES@", put_column_names },
	{ "@BASH_OPTIONS@", put_bash_options },
	{ "@BASH_ARGUMENTS@", put_bash_arguments },
	{ "@ZSH_OPTIONS@", put_zsh_options },
	{ "@ZSH_COMMANDS@", put_zsh_commands },
	{ "@FISH@", put_fish },
	{ NULL },
};

int main(int argc, char **argv)
{
	if (argc == 2)
		return template_fill(argv[1], marks, NULL);
	fprintf(stderr, "usage: procns-completion TEMPLATE\n");
	return EXIT_FAILED;
}
