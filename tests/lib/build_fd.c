// SPDX-License-Identifier: GPL-2.0-or-later
/* Namespaces kept by an open file, of nsfs or of something else that remembers the namespace it was opened in. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/io_uring.h>
#include "nsmake.h"

BUILDER(fd)
{
	int fd = fcntl(ns->fd, F_DUPFD_CLOEXEC, 3);

	return fd < 0 ? fail(m, "duplicating a descriptor") : json_holder_fd(m, fd);
}

static int reopen(struct nsmake *m, int fd, int flags)
{
	char path[32];
	int new;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	new = open(path, flags | O_CLOEXEC);
	return new < 0 ? fail(m, "opening %s again", path) : new;
}

BUILDER(fd_opath)
{
	int fd = reopen(m, ns->fd, O_PATH);

	return fd < 0 ? fd : json_holder_fd(m, fd);
}

struct private_table {
	int nsfd;
	int fd;			/* of the copy, once it is made */
	pid_t tid;
	atomic_int error;	/* -1 until then */
};

/* The thread's table starts as a copy of the process's: only the one descriptor may stay in it. */
static int make_private(struct private_table *table)
{
	if (unshare(CLONE_FILES))
		return errno;
	table->fd = fcntl(table->nsfd, F_DUPFD_CLOEXEC, 100);
	if (table->fd < 0)
		return errno;
	close_all_but(&table->fd, 1);
	return 0;
}

static void *private_main(void *data)
{
	struct private_table *table = data;

	table->tid = gettid();
	atomic_store(&table->error, make_private(table));
	pause_forever();
}

static int thread_with_table(struct job *job)
{
	struct private_table table = { .nsfd = job->ns->fd };
	pthread_t thread;
	int err;

	atomic_store(&table.error, -1);
	errno = pthread_create(&thread, NULL, private_main, &table);
	if (errno)
		return fail(job->m, "starting a thread");
	while ((err = atomic_load(&table.error)) < 0)
		sched_yield();
	job->tid = table.tid;
	job->number = table.fd;
	errno = err;
	return err ? fail(job->m, "giving a thread descriptors of its own") : 0;
}

BUILDER(fd_thread)
{
	struct job job = { .m = m, .ns = ns, .run = thread_with_table };
	pid_t pid = job_start(&job);

	if (pid < 0)
		return pid;
	json_num(m, "pid", pid);
	json_num(m, "tid", job.tid);
	json_num(m, "fd", job.number);
	return 0;
}

BUILDER(io_uring)
{
	struct io_uring_params params = { 0 };
	int ring = syscall(SYS_io_uring_setup, 4, &params);

	if (ring < 0)
		return skip(m, "io_uring_setup: %s", strerror(errno));
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &ns->fd, 1)) {
		close(ring);
		return fail(m, "registering a file with an io_uring");
	}
	json_num(m, "index", 0);
	return json_holder_fd(m, ring);
}

static int open_null(struct job *job)
{
	job->give = open("/dev/null", O_RDWR | O_CLOEXEC);
	return job->give < 0 ? fail(job->m, "opening /dev/null") : 0;
}

/* The file is of the initial namespaces in every way but for who opened it. */
BUILDER(file_cred)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = open_null };
	int fd = job_run(&job);

	return fd < 0 ? fd : json_holder_fd(m, fd);
}

/* The process it refers to was the first of its namespace, and is dead when the state stands. */
BUILDER(pidfd)
{
	int fd = syscall(SYS_pidfd_open, ns->init, 0);

	return fd < 0 ? fail(m, "opening a pidfd of %d", ns->init) : json_holder_fd(m, fd);
}

static int open_fscontext(struct job *job)
{
	job->give = syscall(SYS_fsopen, "tmpfs", 1 /* FSOPEN_CLOEXEC */);
	return job->give < 0 ? fail(job->m, "opening a tmpfs context") : 0;
}

/* A filesystem context remembers the network namespace it was opened in. */
BUILDER(fscontext)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = open_fscontext };
	int fd = job_run(&job);

	return fd < 0 ? fd : json_holder_fd(m, fd);
}

/* A watch keeps the inode it watches, and an nsfs inode keeps its namespace. */
BUILDER(inotify)
{
	int fd = inotify_init1(IN_CLOEXEC);
	char path[32];

	if (fd < 0)
		return fail(m, "making an inotify descriptor");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ns->fd);
	if (inotify_add_watch(fd, path, IN_ATTRIB) < 0) {
		close(fd);
		return fail(m, "watching %s", path);
	}
	return json_holder_fd(m, fd);
}
