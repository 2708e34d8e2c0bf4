// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * At build time: fills a manual page from the tables the program itself works by.
 *
 *	procns-manual COMMAND TEMPLATE >PAGE
 *
 * A line of the template that is @OPTIONS@, @COLUMNS@ or @COMMANDS@ becomes that list; @VERSION@ may stand anywhere.
 */
#include <string.h>

#include "cleanup.h"
#include "columns.h"
#include "command.h"

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
	put_text(row->help);
	puts(".");
	if (row->more)
		puts(row->more);
}

static void put_options(const struct command *command)
{
	for (const struct option_row *row = command->options; row->key; row++)
		put_option(row);
}

static void put_columns(void)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		printf(".TP\n.B %s\n", columns[i].name);
		put_text(columns[i].help);
		puts(".");
	}
}

static void put_commands(void)
{
	for (size_t i = 0; commands[i]; i++) {
		printf(".TP\n.BR procns\\-%s (1)\n", commands[i]->name);
		put_text(commands[i]->help);
		putchar('\n');
	}
}

static void put_line(const char *line)
{
	static const char mark[] = "@VERSION@";
	const char *at = strstr(line, mark);

	if (at)
		printf("%.*s%s%s", (int)(at - line), line, PROCNS_VERSION, at + strlen(mark));
	else
		fputs(line, stdout);
}

int main(int argc, char **argv)
{
	const struct command *command = argc == 3 ? command_find(argv[1]) : NULL;
	cleanup_file FILE *template = argc == 3 ? fopen(argv[2], "re") : NULL;
	cleanup_free char *line = NULL;
	size_t size = 0;

	if (!template) {
		fprintf(stderr, "usage: procns-manual COMMAND TEMPLATE\n");
		return EXIT_FAILED;
	}
	while (getline(&line, &size, template) > 0) {
		if (!strcmp(line, "@OPTIONS@\n") && command)
			put_options(command);
		else if (!strcmp(line, "@COLUMNS@\n"))
			put_columns();
		else if (!strcmp(line, "@COMMANDS@\n"))
			put_commands();
		else
			put_line(line);
	}
	return fflush(stdout) || ferror(template) ? EXIT_FAILED : EXIT_OK;
}
