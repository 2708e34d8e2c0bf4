// SPDX-License-Identifier: GPL-2.0-or-later
/* nsmake(1) of the tests: see nsmake.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "nsmake.h"

enum { USAGE = 2 };

static int usage(FILE *out)
{
	fputs("usage: nsmake [-s] KIND [TYPE]       make it, say it in JSON, wait for the end of stdin or SIGTERM\n"
	      "       nsmake --skip-reason KIND [TYPE]   77 and why, where this kernel cannot\n"
	      "       nsmake list                  the kinds, what types each can hold, what it is\n"
	      "       nsmake alive NS ID           0 alive, 1 gone, 77 cannot tell\n"
	      "       nsmake [-s] many N [TYPE] [fd|bind|idle]   N namespaces at once (uts)\n"
	      "       nsmake [-s] procs N FDS      N idle processes of FDS descriptors each\n"
	      "       nsmake burst N [TYPE]        N namespaces, each gone at once\n"
	      "       nsmake churn SECONDS [WORKERS [SEED]]   every kind at random\n"
	      "       nsmake [-s] graph SEED [sabotage]   a random graph of namespaces and holders, see graph.h\n"
	      "-s: wait for SIGTERM alone. The fields of the line are described in nsmake.h.\n", out);
	return out == stdout ? 0 : USAGE;
}

static void types_of(const struct kind *kind, char *text)
{
	*text = 0;
	for (size_t i = 0; i < ARRAY_SIZE(ns_types); i++) {
		if (!(kind->types & ns_types[i].flag))
			continue;
		if (*text)
			strcat(text, ",");
		strcat(text, ns_types[i].name);
	}
}

static int cmd_list(void)
{
	char types[64];

	for (size_t i = 0; i < kinds_count; i++) {
		types_of(&kinds[i], types);
		printf("%-27s %-39s %s\n", kinds[i].name, types, kinds[i].about);
	}
	return 0;
}

static sigset_t release_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	return set;
}

/* Blocked from the start, so that a signal that comes while the state is built is not lost. */
void block_signals(void)
{
	sigset_t set = release_signals();

	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void wait_for_release(bool stdin_too)
{
	sigset_t set = release_signals();
	cleanup_fd signals = signalfd(-1, &set, SFD_CLOEXEC);
	struct pollfd fds[] = { { .fd = signals, .events = POLLIN }, { .fd = stdin_too ? 0 : -1, .events = POLLIN } };
	char buffer[256];

	for (;;) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return;
		if (fds[0].revents)
			return;
		if (fds[1].revents && read(0, buffer, sizeof(buffer)) <= 0)
			return;
	}
}

static int report(const struct nsmake *m, const char *what, int err)
{
	fprintf(stderr, "nsmake: %s: %s\n", what, m->why);
	return err == SKIPPED ? NSMAKE_SKIP : 1;
}

static int run_kind(const struct kind *kind, int flag, bool wait, bool stdin_too)
{
	struct nsmake m;
	int err, released;

	if (state_init(&m))
		return 1;
	err = state_build(&m, kind, flag);
	if (err) {
		err = report(&m, kind->name, err);
	} else if (wait) {
		state_settle();
		fputs(m.text, stdout);
		fflush(stdout);
		wait_for_release(stdin_too);
	}
	released = state_release(&m);
	if (released)
		err = report(&m, "release", released);
	state_free(&m);
	return err;
}

static int first_flag(const struct kind *kind)
{
	if (kind->types & CLONE_NEWNET)
		return CLONE_NEWNET;
	for (size_t i = 0; i < ARRAY_SIZE(ns_types); i++)
		if (kind->types & ns_types[i].flag)
			return ns_types[i].flag;
	return 0;
}

static int cmd_kind(int argc, char **argv, bool wait, bool stdin_too)
{
	const struct kind *kind = argc > 0 ? kind_find(argv[0]) : NULL;
	int flag;

	if (!kind) {
		fprintf(stderr, "nsmake: no kind \"%s\": see nsmake list\n", argc > 0 ? argv[0] : "");
		return USAGE;
	}
	flag = argc > 1 ? ns_flag(argv[1]) : first_flag(kind);
	if (!(kind->types & flag)) {
		fprintf(stderr, "nsmake: %s does not hold a namespace of type \"%s\"\n", argv[0], argv[1]);
		return USAGE;
	}
	return run_kind(kind, flag, wait, stdin_too);
}

static int cmd_alive(int argc, char **argv)
{
	return argc == 2 ? ns_alive(argv[0], strtoull(argv[1], NULL, 10)) : usage(stderr);
}

int main(int argc, char **argv)
{
	bool stdin_too = true;
	const char *command;

	block_signals();
	if (argc > 1 && !strcmp(argv[1], "-s")) {
		stdin_too = false;
		argc--;
		argv++;
	}
	if (argc < 2)
		return usage(stderr);
	command = argv[1];
	argc -= 2;
	argv += 2;
	if (!strcmp(command, "--help") || !strcmp(command, "-h"))
		return usage(stdout);
	if (!strcmp(command, "list"))
		return cmd_list();
	if (!strcmp(command, "alive"))
		return cmd_alive(argc, argv);
	if (!strcmp(command, "many"))
		return cmd_many(argc, argv, stdin_too);
	if (!strcmp(command, "procs"))
		return cmd_procs(argc, argv, stdin_too);
	if (!strcmp(command, "graph"))
		return argc > 0 ? cmd_graph(argc, argv, stdin_too) : usage(stderr);
	if (!strcmp(command, "churn"))
		return cmd_churn(argc, argv);
	if (!strcmp(command, "burst"))
		return cmd_burst(argc, argv);
	if (!strcmp(command, "--skip-reason"))
		return cmd_kind(argc, argv, false, false);
	return cmd_kind(argc + 1, argv - 1, true, stdin_too);
}
