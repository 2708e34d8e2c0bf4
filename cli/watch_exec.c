// SPDX-License-Identifier: GPL-2.0-or-later
/* --exec: a command of the shell for each event, one after the other, so that what it does comes in the order of the events. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "say.h"
#include "text.h"
#include "watch.h"

extern char **environ;

struct job {
	struct job *next;
	char **variables;		/* NULL-terminated; the strings are ours */
};

struct watch_exec {
	const struct cli *cli;
	const char *command;
	struct job *first, **last;
	size_t left;
	pid_t pid;			/* 0: none runs */
	int fd;				/* its pidfd */
};

int watch_exec_new(const struct cli *cli, const char *command, struct watch_exec **result)
{
	struct watch_exec *exec;

	*result = NULL;
	if (!command)
		return EXIT_OK;
	exec = calloc(1, sizeof(*exec));
	if (!exec)
		return fail(cli, "out of memory");
	*exec = (struct watch_exec){ .cli = cli, .command = command, .fd = -1 };
	exec->last = &exec->first;
	*result = exec;
	return EXIT_OK;
}

static void free_job(struct job *job)
{
	for (size_t i = 0; job->variables && job->variables[i]; i++)
		free(job->variables[i]);
	free(job->variables);
	free(job);
}

void watch_exec_free(struct watch_exec *exec)
{
	if (!exec)
		return;
	while (exec->first) {
		struct job *job = exec->first;

		exec->first = job->next;
		free_job(job);
	}
	if (exec->fd >= 0)
		close(exec->fd);
	free(exec);
}

/* What is not known is empty, so that no variable of an outer command is taken for it. */
static char **variables_of(const struct procns_event *event)
{
	char time[64], id[32] = "", owner[32] = "", pid[16] = "", uid[16] = "";
	char **variables = calloc(13, sizeof(*variables));
	size_t n = 0;

	if (!variables)
		return NULL;
	watch_format_time(&event->time, 9, time, sizeof(time));
	if (event->id)
		snprintf(id, sizeof(id), "%" PRIu64, event->id);
	if (event->owner)
		snprintf(owner, sizeof(owner), "user:[%" PRIu32 "]", event->owner);
	if (event->pid)
		snprintf(pid, sizeof(pid), "%d", event->pid);
	if (event->comm)
		snprintf(uid, sizeof(uid), "%u", event->uid);
	variables[n++] = text_format("PROCNS_EVENT=%s", watch_event_name(event->kind));
	variables[n++] = text_format("PROCNS_TIME=%s", time);
	variables[n++] = text_format("PROCNS_NAMESPACE=%s:[%" PRIu32 "]", procns_type_name(event->type), event->inum);
	variables[n++] = text_format("PROCNS_TYPE=%s", procns_type_name(event->type));
	variables[n++] = text_format("PROCNS_NS=%" PRIu32, event->inum);
	variables[n++] = text_format("PROCNS_ID=%s", id);
	variables[n++] = text_format("PROCNS_OWNER=%s", owner);
	variables[n++] = text_format("PROCNS_PID=%s", pid);
	variables[n++] = text_format("PROCNS_UID=%s", uid);
	variables[n++] = text_format("PROCNS_COMM=%s", event->comm ?: "");
	variables[n++] = text_format("PROCNS_CALL=%s", event->call ?: "");
	variables[n++] = text_format("PROCNS_CGROUP=%s", event->cgroup ?: "");
	return variables;
}

static bool is_whole(char *const *variables)
{
	size_t n = 0;

	while (variables && variables[n])
		n++;
	return n == 12;
}

int watch_exec_add(struct watch_exec *exec, const struct procns_event *event)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->variables = variables_of(event);
	if (!is_whole(job->variables)) {
		free_job(job);
		return -ENOMEM;
	}
	*exec->last = job;
	exec->last = &job->next;
	exec->left++;
	return 0;
}

/* Ours, then the event's; a variable that is in both is the event's. */
static char **environment_of(const struct job *job)
{
	size_t n = 0, have = 0;
	char **environment;

	while (environ[n])
		n++;
	environment = calloc(n + 13, sizeof(*environment));
	if (!environment)
		return NULL;
	for (size_t i = 0; job->variables[i]; i++)
		environment[have++] = job->variables[i];
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "PROCNS_", strlen("PROCNS_")))
			environment[have++] = environ[i];
	return environment;
}

/* Signals that we wait for by other means are the command's own again. */
static int spawn(struct watch_exec *exec, char **environment)
{
	char shell[] = "/bin/sh", dash_c[] = "-c";
	char *const argv[] = { shell, dash_c, (char *)exec->command, NULL };
	posix_spawnattr_t attributes;
	sigset_t none;
	int err;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	err = posix_spawn(&exec->pid, shell, NULL, &attributes, argv, environment);
	posix_spawnattr_destroy(&attributes);
	return err;
}

static int start(struct watch_exec *exec)
{
	struct job *job = exec->first;
	cleanup_free char **environment = environment_of(job);
	int err = environment ? spawn(exec, environment) : ENOMEM;

	exec->first = job->next;
	if (!exec->first)
		exec->last = &exec->first;
	free_job(job);
	if (err) {
		exec->pid = 0;
		return fail(exec->cli, "--exec: cannot start /bin/sh: %s", strerror(err));
	}
	exec->fd = (int)syscall(SYS_pidfd_open, exec->pid, 0);
	return EXIT_OK;
}

/* True if none runs (any more). What the command ended with is its own affair. */
static bool reap(struct watch_exec *exec)
{
	int status;

	if (!exec->pid)
		return true;
	if (waitpid(exec->pid, &status, exec->fd < 0 ? 0 : WNOHANG) == 0)
		return false;
	if (exec->fd >= 0)
		close(exec->fd);
	exec->fd = -1;
	exec->pid = 0;
	exec->left--;
	return true;
}

int watch_exec_go_on(struct watch_exec *exec)
{
	int status = EXIT_OK;

	while (exec && !status && reap(exec) && exec->first)
		status = start(exec);
	return status;
}

int watch_exec_fd(const struct watch_exec *exec)
{
	return exec ? exec->fd : -1;
}

size_t watch_exec_left(const struct watch_exec *exec)
{
	return exec ? exec->left : 0;
}
