/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROCNS_VM_COMMAND_H
#define PROCNS_VM_COMMAND_H

struct command {
	char **argv;
	int seconds;
	int wants_module;
};

/* What tests/vm/run asks for in the files of @directory. */
struct command command_read(const char *directory);

/* Run it in /root with its output going to the ports; returns a shell's status: 128+N for signal N, 124 when out of time. */
int command_run(const struct command *command);

/* A login shell on a terminal, until it ends. */
void command_shell(const char *terminal);

#endif
