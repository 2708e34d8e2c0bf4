// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "machine.h"
#include "module.h"
#include "ports.h"
#include "tasks.h"

#define STATUS_TIMED_OUT 124
#define STATUS_NOT_FOUND 127
#define STREAMS 2

static char *environment[] = {
	"HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/bash", "TERM=linux", "LANG=C.UTF-8",
	"PATH=/root:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL,
};

static char *read_file(const char *directory, const char *name, size_t *size)
{
	char path[256], *data = NULL;
	FILE *file;

	*size = 0;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "re");
	while (file && !feof(file)) {
		data = realloc(data, *size + 4096);
		if (!data)
			machine_fail("read", path);
		*size += fread(data + *size, 1, 4095, file);
		data[*size] = '\0';
	}
	if (file)
		fclose(file);
	return data;
}

static char **split_arguments(char *data, size_t size)
{
	size_t count = 0, i;
	char **argv;

	for (i = 0; i < size; i++)
		count += data[i] == '\0';
	argv = calloc(count + 1, sizeof(*argv));
	if (!argv)
		machine_fail("arguments", "command");
	for (i = 0; i < count; i++) {
		argv[i] = data;
		data += strlen(data) + 1;
	}
	return argv;
}

struct command command_read(const char *directory)
{
	size_t size, unused;
	char *arguments = read_file(directory, "command", &size);
	char *seconds = read_file(directory, "seconds", &unused);
	struct command command = {
		.argv = split_arguments(arguments, size),
		.seconds = seconds ? atoi(seconds) : 0,
		.wants_module = access("/vm/module", F_OK) == 0,
	};

	free(seconds);
	if (!command.argv[0])
		machine_fail("nothing to run", directory);
	return command;
}

static void become(char *const argv[], const int output[STREAMS])
{
	sigset_t none;
	int null = open("/dev/null", O_RDONLY);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	chdir("/root");
	dup2(null, STDIN_FILENO);
	dup2(output[0], STDOUT_FILENO);
	dup2(output[1], STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	environ = environment;
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "vm: cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(STATUS_NOT_FOUND);
}

struct stream {
	int from, to;
};

/* Pass on what is there; the end of the stream when every writer has gone. */
static void pump(struct stream *stream)
{
	static char buffer[64 * 1024];
	ssize_t size;

	while (stream->from >= 0 && (size = read(stream->from, buffer, sizeof(buffer))) != 0) {
		if (size > 0)
			write_all(stream->to, buffer, size);
		else if (errno != EINTR)
			return;
	}
	if (stream->from >= 0)
		close(stream->from);
	stream->from = -1;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reap whoever has ended, orphans included; true when it was the command. */
static int reap(pid_t command, int *status)
{
	int raw, ended = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &raw, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		ended = 1;
		*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
	}
	return ended;
}

static void show_blocked_tasks(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	write_all(fd, "w", 1);
	close(fd);
}

/* Until the command itself has ended: what it left running may keep its output open for ever. */
static int follow(pid_t pid, struct stream streams[STREAMS], int children, int seconds)
{
	long deadline = now_ms() + seconds * 1000L;
	int status = STATUS_TIMED_OUT;

	for (;;) {
		struct pollfd events[] = {
			{ .fd = streams[0].from, .events = POLLIN },
			{ .fd = streams[1].from, .events = POLLIN },
			{ .fd = children, .events = POLLIN },
		};
		long left = deadline - now_ms();
		struct signalfd_siginfo signal;
		int i;

		if (left <= 0)
			break;
		if (poll(events, STREAMS + 1, left) < 0 && errno != EINTR)
			machine_fail("poll", "output");
		for (i = 0; i < STREAMS; i++)
			pump(&streams[i]);
		if (read(children, &signal, sizeof(signal)) > 0 && reap(pid, &status))
			return status;
	}
	printf("vm: out of time after %d s\n", seconds);
	tasks_show();
	show_blocked_tasks();
	return status;
}

int command_run(const struct command *command)
{
	struct stream streams[STREAMS];
	int output[STREAMS], children, status, i;
	sigset_t child_ended;
	pid_t pid;

	for (i = 0; i < STREAMS; i++) {
		int ends[2];

		/* Pipes between, because a port opens once and /dev/stdout must open again, by any user. */
		if (pipe2(ends, O_CLOEXEC) < 0)
			machine_fail("pipe", "output");
		fchmod(ends[1], 0666);
		fcntl(ends[0], F_SETFL, O_NONBLOCK);
		streams[i] = (struct stream){ .from = ends[0], .to = port_open(i ? "stderr" : "stdout") };
		output[i] = ends[1];
	}
	sigemptyset(&child_ended);
	sigaddset(&child_ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child_ended, NULL);
	children = signalfd(-1, &child_ended, SFD_CLOEXEC | SFD_NONBLOCK);

	pid = fork();
	if (pid < 0)
		machine_fail("fork", command->argv[0]);
	if (pid == 0)
		become(command->argv, output);
	for (i = 0; i < STREAMS; i++)
		close(output[i]);

	status = follow(pid, streams, children, command->seconds);
	for (i = 0; i < STREAMS; i++)
		pump(&streams[i]);
	return status;
}

/* A serial line doesn't tell how large the terminal at its other end is. */
static void set_size(int terminal)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	FILE *file = fopen("/vm/shell", "re");

	if (file && fscanf(file, "%hu %hu", &size.ws_row, &size.ws_col) == 2)
		ioctl(terminal, TIOCSWINSZ, &size);
	if (file)
		fclose(file);
}

static void become_shell(const char *terminal)
{
	char *const argv[] = { "bash", "-l", NULL };
	int fd;

	setsid();
	fd = open(terminal, O_RDWR);
	ioctl(fd, TIOCSCTTY, 1);
	set_size(fd);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	chdir("/root");
	environ = environment;
	execvp(argv[0], argv);
	_exit(STATUS_NOT_FOUND);
}

void command_shell(const char *terminal)
{
	const int warnings_and_worse = 5;
	pid_t pid;

	if (access("/vm/module", F_OK) == 0)
		module_load();
	machine_console_level(warnings_and_worse);
	pid = fork();
	if (pid == 0)
		become_shell(terminal);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
