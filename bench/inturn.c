// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * inturn [-n RUNS] COMMAND [ARG...] [::: COMMAND [ARG...]]...
 *
 * Runs the commands in turn (A B C A B C …), so that a machine whose speed drifts drifts for all of them, once unmeasured
 * and then RUNS times, their output thrown away. Prints a line for each: median, least and most microseconds of the whole process.
 * A command that fails ends it with 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_COMMANDS 16

extern char **environ;

struct command {
	char **argv;
	int64_t *took;	/* ns, of each run */
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static int64_t run_once(char **argv, const posix_spawn_file_actions_t *quiet)
{
	int64_t started = now();
	int status, err;
	pid_t pid;

	err = posix_spawnp(&pid, argv[0], quiet, NULL, argv, environ);
	if (err) {
		fprintf(stderr, "inturn: cannot run %s: %s\n", argv[0], strerror(err));
		exit(1);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status) {
		fprintf(stderr, "inturn: %s failed (status %#x)\n", argv[0], status);
		exit(1);
	}
	return now() - started;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static size_t split(char **argv, struct command *commands)
{
	size_t n = 0;

	commands[n++].argv = argv;
	for (; *argv; argv++) {
		if (strcmp(*argv, ":::"))
			continue;
		if (n == MOST_COMMANDS)
			break;
		*argv = NULL;
		commands[n++].argv = argv + 1;
	}
	return n;
}

int main(int argc, char **argv)
{
	struct command commands[MOST_COMMANDS] = { 0 };
	posix_spawn_file_actions_t quiet;
	int runs = 21, option;
	size_t n;

	while ((option = getopt(argc, argv, "+n:")) != -1) {
		if (option != 'n')
			return 2;
		runs = atoi(optarg);
	}
	if (optind >= argc || runs < 1) {
		fprintf(stderr, "usage: inturn [-n RUNS] COMMAND [ARG...] [::: COMMAND [ARG...]]...\n");
		return 2;
	}
	n = split(argv + optind, commands);
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);

	for (size_t i = 0; i < n; i++) {
		commands[i].took = calloc(runs, sizeof(*commands[i].took));
		if (!commands[i].took || !commands[i].argv[0])
			return 2;
		run_once(commands[i].argv, &quiet);
	}
	for (int run = 0; run < runs; run++)
		for (size_t i = 0; i < n; i++)
			commands[i].took[run] = run_once(commands[i].argv, &quiet);
	for (size_t i = 0; i < n; i++) {
		int64_t *took = commands[i].took;

		qsort(took, runs, sizeof(*took), compare);
		printf("%lld %lld %lld\n", (long long)took[runs / 2] / 1000, (long long)took[0] / 1000,
		       (long long)took[runs - 1] / 1000);
		free(took);
	}
	posix_spawn_file_actions_destroy(&quiet);
	return 0;
}
