// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * At build time: fills a manual page from the tables the program itself works by.
 *
 *	procns-manual COMMAND TEMPLATE >PAGE
 *
 * In the template @OPTIONS@ and @CAPABILITIES@ (of that command), @COLUMNS@ and @COMMANDS@ become those lists, @VERSION@ the version.
 */
#include <ctype.h>
#include <string.h>

#include "capabilities.h"
#include "columns.h"
#include "command.h"
#include "template.h"

/* Text of the tables as roff: hyphens are minus signs there, and a dot or an apostrophe in front would be a request. */
static void put_text(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text; text++) {
		if (*text == '-')
			putchar('\\');
		putchar(*text);
	}
}

/* One line of the tables as a sentence. */
static void put_sentence(const char *text)
{
	putchar(toupper((unsigned char)*text));
	put_text(text + 1);
	puts(text[strlen(text) - 1] == '.' ? "" : ".");
}

static void put_option(const struct option_row *row)
{
	fputs(".TP\n", stdout);
	if (row->key < OPTION_LONG)
		printf("\\fB\\-%c\\fR, ", row->key);
	fputs("\\fB\\-\\-", stdout);
	put_text(row->name);
	fputs("\\fR", stdout);
	if (row->takes)
		printf(row->takes == ARGUMENT_OPTIONAL ? "[=\\fI%s\\fR]" : " \\fI%s\\fR", row->argument);
	putchar('\n');
	put_sentence(row->help);
	if (row->more)
		puts(row->more);
}

static void put_options(const struct command *command)
{
	if (!command)
		return;
	for (const struct option_row *row = command->options; row->key; row++)
		put_option(row);
}

static void put_capabilities(const struct command *command)
{
	const struct command_needs *needs = command ? needs_of(command) : NULL;

	if (!needs)
		return;
	put_text(capability_drop_text(needs->drop));
	putchar('\n');
	puts("What it may need, and for what:");
	for (const struct capability_need *need = needs->list; need->what; need++) {
		printf(".TP\n.B %s\nTo ", need->name);
		put_text(need->what);
		put_text(capability_end_text(need->end));
		puts(".");
	}
}

static void put_columns(void)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		printf(".TP\n.B %s\n", columns[i].name);
		put_sentence(columns[i].help);
	}
}

static void put_commands(void)
{
	for (size_t i = 0; commands[i]; i++) {
		printf(".TP\n.BR procns\\-%s (1)\n", commands[i]->name);
		put_sentence(commands[i]->help);
	}
}

static void put_version(const struct command *command)
{
	(void)command;
	fputs(PROCNS_VERSION, stdout);
}

static void put_all_columns(const struct command *command)
{
	(void)command;
	put_columns();
}

static void put_all_commands(const struct command *command)
{
	(void)command;
	put_commands();
}

static const struct template_mark marks[] = {
	{ "@OPTIONS@", put_options },
	{ "@CAPABILITIES@", put_capabilities },
	{ "@COLUMNS@", put_all_columns },
	{ "@COMMANDS@", put_all_commands },
	{ "@VERSION@", put_version },
	{ NULL },
};

int main(int argc, char **argv)
{
	if (argc == 3)
		return template_fill(argv[2], marks, command_find(argv[1]));
	fprintf(stderr, "usage: procns-manual COMMAND TEMPLATE\n");
	return EXIT_FAILED;
}
