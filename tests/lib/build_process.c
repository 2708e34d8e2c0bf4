// SPDX-License-Identifier: GPL-2.0-or-later
/* Namespaces kept by a task: a process, one thread, what its children will be in, what a dead one left. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "nsmake.h"

static int nothing(struct job *job)
{
	(void)job;
	return 0;
}

static int say_pid(struct nsmake *m, pid_t pid)
{
	if (pid < 0)
		return pid;
	json_num(m, "pid", pid);
	return 0;
}

static int say_thread(struct nsmake *m, pid_t pid, pid_t tid)
{
	if (pid >= 0)
		json_num(m, "tid", tid);
	return say_pid(m, pid);
}

BUILDER(process)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = nothing };
	pid_t init = ns->init;

	if (!init)
		return say_pid(m, job_start(&job));
	ns->init = 0;
	return undo_kill(m, init) ?: say_pid(m, init);
}

/* What a thread does, and how it went. */
struct thread_order {
	int nsfd;		/* the namespace to enter; -1: none */
	int new;		/* CLONE_NEW* to unshare */
	int channel;		/* wait there for the end of the process; -1: wait for ever */
	pid_t tid;
	atomic_int error;	/* -1 until it is done */
};

static int thread_work(const struct thread_order *order)
{
	if (order->nsfd >= 0 && (unshare(CLONE_FS) || setns(order->nsfd, 0)))
		return errno;
	if (order->new && unshare(order->new))
		return errno;
	return 0;
}

static void *thread_main(void *data)
{
	struct thread_order *order = data;
	int channel = order->channel;

	order->tid = gettid();
	atomic_store(&order->error, thread_work(order));
	while (channel < 0)
		pause();
	keeper_wait(channel);
	_exit(0);
}

static int run_thread(struct job *job, struct thread_order order)
{
	pthread_t thread;
	int err;

	atomic_store(&order.error, -1);
	errno = pthread_create(&thread, NULL, thread_main, &order);
	if (errno)
		return fail(job->m, "starting a thread");
	while ((err = atomic_load(&order.error)) < 0)
		sched_yield();
	job->tid = order.tid;
	errno = err;
	return err ? fail(job->m, "changing namespaces in a thread") : 0;
}

static int thread_enters(struct job *job)
{
	return run_thread(job, (struct thread_order){ .nsfd = job->ns->fd, .channel = -1 });
}

BUILDER(thread)
{
	struct job job = { .m = m, .ns = ns, .run = thread_enters };
	pid_t pid = job_start(&job);

	return say_thread(m, pid, job.tid);
}

/* The process enters and starts a thread, then its leader ends: only /proc/PID/task/TID/ns shows the namespace. */
static int thread_outlives(struct job *job)
{
	return run_thread(job, (struct thread_order){ .nsfd = -1, .channel = job->channel });
}

static int wait_for_zombie(struct nsmake *m, pid_t pid)
{
	char path[64], line[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, pid);
	for (int i = 0; i < 1000; i++) {
		cleanup_fd fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
		const char *state = NULL;

		if (n > 0) {
			line[n] = 0;
			state = strstr(line, ") ");
		}
		if (state && state[2] == 'Z')
			return 0;
		usleep(5000);
	}
	errno = ETIMEDOUT;
	return fail(m, "waiting for %d to end", pid);
}

BUILDER(thread_dead_leader)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = thread_outlives, .leave = true };
	pid_t pid = job_start(&job);
	int err = say_thread(m, pid, job.tid);

	return err ?: wait_for_zombie(m, pid);
}

/* What is left of a process nobody waited for: its credentials, and its number in its pid namespace. */
BUILDER(zombie)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = nothing, .leave = true };
	pid_t pid = ns->init;
	int err;

	if (pid) {
		kill(pid, SIGKILL);
		ns->init = 0;
		err = undo_kill(m, pid);
	} else {
		pid = job_start(&job);
		err = pid < 0 ? pid : 0;
	}
	return err ?: say_pid(m, pid) ?: wait_for_zombie(m, pid);
}

static int unshare_time(struct job *job)
{
	return unshare(CLONE_NEWTIME) ? fail(job->m, "unsharing a time namespace") : 0;
}

static int setns_pid(struct job *job)
{
	return setns(job->ns->fd, CLONE_NEWPID) ? fail(job->m, "entering a pid namespace") : 0;
}

static int unshare_pid(struct job *job)
{
	return unshare(CLONE_NEWPID) ? fail(job->m, "unsharing a pid namespace") : 0;
}

/* A time namespace cannot be entered for children only: the keeper has to make it. */
BUILDER(for_children)
{
	struct job job = { .m = m, .ns = ns };
	pid_t pid;

	if (ns->flag == CLONE_NEWPID) {
		job.run = setns_pid;
		return ns_create(m, ns) ?: say_pid(m, job_start(&job));
	}
	job.run = unshare_time;
	pid = job_start(&job);
	if (pid < 0)
		return pid;
	ns->fd = ns_open_of(m, pid, "time_for_children");
	return ns->fd < 0 ? ns->fd : say_pid(m, pid);
}

static int thread_unshares_time(struct job *job)
{
	return run_thread(job, (struct thread_order){ .nsfd = -1, .new = CLONE_NEWTIME, .channel = -1 });
}

BUILDER(for_children_thread)
{
	struct job job = { .m = m, .ns = ns };
	char link[64];
	pid_t pid;

	if (ns->flag == CLONE_NEWPID) {
		int err = ns_create(m, ns);

		job.run = thread_enters;
		pid = err ?: job_start(&job);
		return say_thread(m, pid, job.tid);
	}
	job.run = thread_unshares_time;
	pid = job_start(&job);
	if (pid < 0)
		return pid;
	snprintf(link, sizeof(link), "../task/%d/ns/time_for_children", job.tid);
	ns->fd = ns_open_of(m, pid, link);
	return ns->fd < 0 ? ns->fd : say_thread(m, pid, job.tid);
}

/* No first process yet: the kernel itself shows no link to it, and neither may procns. */
BUILDER(for_children_empty)
{
	struct job job = { .m = m, .ns = ns, .run = unshare_pid };

	json_num(m, "listed", 0);
	return say_pid(m, job_start(&job));
}
