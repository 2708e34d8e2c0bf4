// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "run.h"
#include "say.h"

enum {
	EXIT_CANNOT_RUN = 126,
	EXIT_NOT_FOUND = 127,
	EXIT_BY_SIGNAL = 128,
};

char **run_split_command(char **argv, int *argc)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		*argc = i;
		argv[i] = NULL;
		return argv[i + 1] ? &argv[i + 1] : NULL;
	}
	return NULL;
}

/* The user's shell, if it is there too in the mount namespace we are in now; else the one that is everywhere. */
static char *usable_shell(char *fallback)
{
	char *shell = getenv("SHELL");
	const struct passwd *user;

	if (!shell || !*shell) {
		user = getpwuid(getuid());
		shell = user ? user->pw_shell : NULL;
	}
	return shell && *shell && !access(shell, X_OK) ? shell : fallback;
}

int run_here(const struct cli *cli, char **command)
{
	char fallback[] = "/bin/sh";
	char *shell[] = { NULL, NULL };
	int err;

	if (!command) {
		shell[0] = usable_shell(fallback);
		command = shell;
	}
	execvp(command[0], command);
	err = errno;
	fail(cli, "cannot run %s: %s", command[0], strerror(err));
	return err == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
}

int run_in_child(const struct cli *cli, char **command)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return fail(cli, "cannot start a process there: %s%s", strerror(errno),
			    errno == ENOMEM ? " (a pid namespace whose first process has ended takes no more)" : "");
	if (!pid)
		_exit(run_here(cli, command));

	/* the terminal's signals are for the child; this one only waits for its end */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail(cli, "cannot wait for process %d: %s", pid, strerror(errno));
	return WIFSIGNALED(status) ? EXIT_BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}
