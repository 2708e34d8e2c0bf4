// SPDX-License-Identifier: GPL-2.0-or-later
/* Many namespaces, or many processes, for benchmarks. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "nsmake.h"

static int complain(const struct nsmake *m)
{
	fprintf(stderr, "nsmake: %s\n", m->why);
	return 1;
}

static void raise_open_files(rlim_t needed)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= needed)
		return;
	limit.rlim_cur = needed;
	if (limit.rlim_max < needed)
		limit.rlim_max = needed;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Those that a process can leave again are made in our own place: no fork each. */
static int make_in_place(struct nsmake *m, int flag)
{
	const struct ns_type *type = ns_type(flag);

	if (unshare(flag))
		return fail(m, "making a %s namespace", type->name);
	return ns_open_of(m, getpid(), type->link);
}

static int make_one(struct nsmake *m, int flag)
{
	struct ns ns = { .flag = flag, .fd = -1 };
	int fd, err;

	if (flag & (CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP))
		return make_in_place(m, flag);
	err = ns_create(m, &ns);
	if (err)
		return err;
	fd = fcntl(ns.fd, F_DUPFD_CLOEXEC, 3);
	ns_close(&ns);
	return fd < 0 ? fail(m, "duplicating a descriptor") : fd;
}

static int bind_and_close(struct nsmake *m, int fd)
{
	char path[64];
	int err = new_file(m, path, sizeof(path)) ?: bind_ns(m, fd, path);

	close(fd);
	return err;
}

static pid_t idle_in(struct nsmake *m, int fd, int flag)
{
	pid_t pid = fork_tied(0);

	if (pid < 0)
		return fail(m, "starting an idle process");
	if (pid == 0) {
		if (setns(fd, flag))
			_exit(1);
		close_all_but(NULL, 0);
		pause_forever();
	}
	close(fd);
	return 0;
}

static int hold_many(struct nsmake *m, long count, int flag, const char *how)
{
	bool bind = !strcmp(how, "bind"), idle = !strcmp(how, "idle");
	int err = bind ? own_mounts(m) : 0;

	for (long i = 0; !err && i < count; i++) {
		int fd = make_one(m, flag);

		if (fd < 0)
			return fd;
		if (bind)
			err = bind_and_close(m, fd);
		else if (idle)
			err = idle_in(m, fd, flag);
	}
	return err;
}

/* All of it goes with this process. */
static void say_and_wait(bool stdin_too)
{
	fflush(stdout);
	wait_for_release(stdin_too);
}

int cmd_many(int argc, char **argv, bool stdin_too)
{
	long count = argc > 0 ? strtol(argv[0], NULL, 10) : 0;
	const char *type = argc > 1 ? argv[1] : "uts";
	const char *how = argc > 2 ? argv[2] : "fd";
	int flag = ns_flag(type);
	struct nsmake m;
	int status = 0;

	if (count <= 0 || !flag || (strcmp(how, "fd") && strcmp(how, "bind") && strcmp(how, "idle"))) {
		fputs("nsmake: many N [TYPE] [fd|bind|idle]\n", stderr);
		return 2;
	}
	if (state_init(&m))
		return 1;
	raise_open_files(count + 64);
	if (hold_many(&m, count, flag, how) < 0) {
		status = complain(&m);
	} else {
		printf("{\"kind\":\"many\",\"count\":%ld,\"type\":\"%s\",\"how\":\"%s\",\"pid\":%d}\n",
		       count, type, how, getpid());
		say_and_wait(stdin_too);
	}
	state_free(&m);
	return status;
}

/* 0, or in the child never */
static int idle_with(struct nsmake *m, long fds, sigset_t *none, int *ready)
{
	pid_t pid = fork_tied(0);

	if (pid < 0)
		return fail(m, "starting a process");
	if (pid > 0)
		return 0;
	close_all_but(NULL, 0);
	for (long i = 3; i < fds; i++)
		if (open("/dev/null", O_RDONLY) < 0)
			_exit(1);
	__atomic_add_fetch(ready, 1, __ATOMIC_RELEASE);
	for (;;)
		sigsuspend(none);
}

static int wait_for_all(struct nsmake *m, const int *ready, long count)
{
	while (__atomic_load_n(ready, __ATOMIC_ACQUIRE) < count) {
		if (waitpid(-1, NULL, WNOHANG) > 0) {
			errno = EMFILE;
			return fail(m, "a process could not open its files");
		}
		usleep(2000);
	}
	return 0;
}

int cmd_procs(int argc, char **argv, bool stdin_too)
{
	long count = argc > 0 ? strtol(argv[0], NULL, 10) : 0, fds = argc > 1 ? strtol(argv[1], NULL, 10) : 3;
	struct nsmake m = { 0 };
	sigset_t none;
	int *ready;
	int err = 0;

	if (count <= 0) {
		fputs("nsmake: procs N FDS\n", stderr);
		return 2;
	}
	sigemptyset(&none);
	raise_open_files(fds + 16);
	ready = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (ready == MAP_FAILED)
		return 1;
	for (long i = 0; !err && i < count; i++)
		err = idle_with(&m, fds, &none, ready);
	err = err ?: wait_for_all(&m, ready, count);
	if (err)
		return complain(&m);
	printf("{\"kind\":\"procs\",\"count\":%ld,\"fds\":%ld,\"pid\":%d}\n", count, fds, getpid());
	say_and_wait(stdin_too);
	return 0;
}
