/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running another program in this one's place, or in a child. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

struct cli;

/*
 * Cuts argv at `--`: what is behind it is returned, NULL where there is none; *argc is what is left. Options of the
 * program behind it are none of ours.
 */
char **run_split_command(char **argv, int *argc);

/* command NULL: the user's shell. Does not return if the program runs; else 127 (not found) or 126, already said. */
int run_here(const struct cli *cli, char **command);

/* The same in a child, whose exit status it returns, or 128 + the signal that ended it. */
int run_in_child(const struct cli *cli, char **command);

#endif
