// SPDX-License-Identifier: GPL-2.0-or-later
/* procns(1): finds the command that was meant and runs it. */
#include <ctype.h>
#include <locale.h>
#include <string.h>

#include "capabilities.h"
#include "command.h"
#include "heap.h"
#include "say.h"

static void print_help(FILE *out)
{
	fputs("\nUsage:\n procns [<command>] [options]\n\n"
	      "Every namespace of this system: who may see it, why it is alive, and a way in.\n\nCommands:\n", out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, " %-10s %s\n", commands[i]->name, commands[i]->help);
	fputs("\nWithout a command it is 'ls'; 'procns <command> --help' has its options."
	      "\nA namespace is named net:[4026532133], 4026532133, id:17, pid:1234/net, or by the path of its file."
	      "\n\nEach drops the capabilities it does not need; its --help has those it may need, and for what."
	      "\n\nFor more details see procns(1).\n", out);
}

/* `procns -J` and `procns net:[4026532133]` are about ls. */
static bool is_for_ls(const char *argument)
{
	return !argument || *argument == '-' || isdigit((unsigned char)*argument) || strpbrk(argument, ":/");
}

static int run_command(const struct command *command, const char *called, bool as_lsns, int argc, char **argv)
{
	const struct cli cli = { called, as_lsns, command };
	int status = check_standard_streams(&cli);

	if (status != EXIT_OK)
		return status;
	if (needs_of(command)->drop == DROPS_AT_START)
		capabilities_drop(&cli);
	return finish_output(&cli, command->run(&cli, argc, argv));
}

static int run_procns(int argc, char **argv)
{
	const struct cli bare = { .called = "procns" };
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct command *command;
	char called[64];

	if (word && (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))) {
		print_help(stdout);
		return finish_output(&bare, EXIT_OK);
	}
	if (word && (!strcmp(word, "--version") || !strcmp(word, "-V"))) {
		print_version(&bare, stdout);
		return finish_output(&bare, EXIT_OK);
	}
	if (is_for_ls(word))
		return run_command(&command_ls, "procns", false, argc, argv);

	command = command_find(word);
	if (!command)
		return fail(&bare, "unknown command: %s; 'procns --help' lists them", word);
	snprintf(called, sizeof(called), "procns %s", command->name);
	return run_command(command, called, false, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc ? argv[0] : "procns";

	heap_use_large_pages();
	/* of the locale only how bytes make characters: the table's width and its lines depend on it */
	setlocale(LC_CTYPE, "");
	if (!strcmp(name, "lsns"))
		return run_command(&command_ls, "lsns", true, argc, argv);
	return run_procns(argc, argv);
}
