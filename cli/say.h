/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that is said beside a command's output. */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "procns.h"

struct cli;

/* One line on stderr: what was tried on what, and why it failed. Returns EXIT_FAILED. */
int fail(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Like fail(), where the command goes on. */
void note(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One line on stderr that begins with `incomplete:`: what could not be seen, and why. */
void say_gap(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Says on stderr what a snapshot could not see, one `incomplete:` line each. Returns the exit status this makes: EXIT_PARTIAL
 * if strict and there was anything, else EXIT_OK.
 */
int say_gaps(const struct procns_snapshot *snapshot, bool strict);

/* Writes out what was printed so far. Returns EXIT_OK, or EXIT_FAILED and said. */
int flush_output(const struct cli *cli);

/* At the end: flushes and closes stdout; where that fails says so. Returns the exit status: `status`, or EXIT_FAILED. */
int finish_output(const struct cli *cli, int status);

/* Before anything else: descriptors 0 to 2 are open from here on, or the program says why it can't run. */
int check_standard_streams(const struct cli *cli);

void print_version(const struct cli *cli, FILE *out);

/*
 * How many bytes at `text` form one UTF-8 character that may go to a terminal as it is: at least 1; 0: they must be escaped
 * (control characters, C1 included, and what is not UTF-8).
 */
size_t printable_length(const char *text, size_t size);

/* Names of processes and files are part of what is said; none may drive the terminal: what could is written as \xNN. */
void write_safely(const char *text, FILE *out);

#endif
