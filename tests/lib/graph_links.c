// SPDX-License-Identifier: GPL-2.0-or-later
/* Holders of a random graph: each makes one more of a thing. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include "graph.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif

static int hold_by_fd(struct graph *g, struct thing *thing)
{
	bool o_path = thing->what == NAMESPACE && !graph_random(g, 3);
	char self[32];
	struct link *link;
	int fd;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", thing->fd);
	fd = o_path ? open(self, O_PATH | O_CLOEXEC) : fcntl(thing->fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return fail(g->m, "doubling a descriptor");
	link = graph_link(g, FD, thing);
	link->pid = getpid();
	link->fd = fd;
	link->o_path = o_path;
	return undo_close(g->m, fd);
}

/* The user namespace, if it is one, comes last: with it goes the right to enter those of others. */
static int enter_both(struct job *job)
{
	if (job->also > 0 && setns(job->also, 0))
		return fail(job->m, "entering a second namespace");
	return setns(job->ns->fd, job->ns->flag) ? fail(job->m, "entering a namespace") : 0;
}

/* A second one to be in at the same time, NULL for none. */
static const struct thing *company(struct graph *g, const struct thing *thing)
{
	const struct thing *other = &g->things[graph_random(g, g->nthings)];
	bool fits = other->what == NAMESPACE && !(other->flag & (CLONE_NEWPID | CLONE_NEWUSER));

	return fits && thing->flag != CLONE_NEWPID && other->flag != thing->flag ? other : NULL;
}

static int hold_by_member(struct graph *g, struct thing *thing)
{
	const struct thing *other = company(g, thing);
	struct ns ns = { .flag = thing->flag, .fd = thing->fd };
	struct job job = { .m = g->m, .ns = &ns, .run = enter_both, .also = other ? other->fd : 0 };
	pid_t pid = job_start(&job);

	if (pid < 0)
		return pid;
	graph_link(g, thing->flag == CLONE_NEWPID ? FOR_CHILDREN : MEMBER, thing)->pid = pid;
	if (other)
		graph_link(g, MEMBER, other)->pid = pid;
	return 0;
}

struct in_thread {
	const struct ns *into;
	pid_t tid;
	int err;
	pthread_barrier_t there;
};

static void *thread_main(void *arg)
{
	struct in_thread *thread = arg;

	if (thread->into->flag == CLONE_NEWNS && unshare(CLONE_FS))
		thread->err = errno;
	if (!thread->err && setns(thread->into->fd, thread->into->flag))
		thread->err = errno;
	thread->tid = gettid();
	pthread_barrier_wait(&thread->there);
	pause_forever();
}

static int run_thread(struct job *job)
{
	struct in_thread *thread = calloc(1, sizeof(*thread));
	pthread_t id;

	if (!thread)
		return fail(job->m, "out of memory");
	thread->into = job->ns;
	pthread_barrier_init(&thread->there, NULL, 2);
	if (pthread_create(&id, NULL, thread_main, thread))
		return fail(job->m, "starting a thread");
	pthread_barrier_wait(&thread->there);
	errno = thread->err;
	if (thread->err)
		return fail(job->m, "entering a namespace by a thread");
	job->tid = thread->tid;
	return 0;
}

static int hold_by_thread(struct graph *g, struct thing *thing)
{
	struct ns ns = { .flag = thing->flag, .fd = thing->fd };
	struct job job = { .m = g->m, .ns = &ns, .run = run_thread };
	struct link *link;
	pid_t pid = job_start(&job);

	if (pid < 0)
		return pid;
	link = graph_link(g, MEMBER, thing);
	link->pid = pid;
	link->tid = job.tid;
	return 0;
}

static int bind_there(struct job *job)
{
	return bind_ns(job->m, job->also, (const char *)job->arg);
}

/* One mount namespace can be bound in another that is older. */
static const struct thing *where_to_bind(struct graph *g, const struct thing *thing)
{
	const struct thing *where = &g->things[graph_random(g, g->nthings)];

	if (where->what != NAMESPACE || where->flag != CLONE_NEWNS || where == thing)
		return NULL;
	return thing->flag == CLONE_NEWNS && where > thing ? NULL : where;
}

static int hold_by_bind(struct graph *g, struct thing *thing)
{
	const struct thing *where = where_to_bind(g, thing);
	char path[48];
	struct link *link;
	int err = new_file(g->m, path, sizeof(path));

	if (!err && where) {
		struct ns ns = { .flag = CLONE_NEWNS, .fd = where->fd };
		struct job job = { .m = g->m, .ns = &ns, .enter = true, .run = bind_there, .arg = (long)path, .also = thing->fd };

		err = job_run(&job);
	} else if (!err) {
		err = bind_ns(g->m, thing->fd, path) ?: undo_umount(g->m, path);
	}
	/* since 6.18 older means of a lower id, and ids are given out by each processor from a stock of its own */
	if (err == -EINVAL && thing->flag == CLONE_NEWNS)
		return hold_by_fd(g, thing);
	if (err < 0)
		return err;
	link = graph_link(g, BIND, thing);
	link->in = where;
	strcpy(link->path, path);
	return 0;
}

static int hold_by_detached(struct graph *g, struct thing *thing)
{
	int fd = syscall(SYS_open_tree, thing->fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	struct link *link;

	if (fd < 0)
		return fail(g->m, "cloning the mount of a namespace");
	for (int i = 0; i < 2; i++) {
		link = graph_link(g, i ? DETACHED : FD, thing);
		link->pid = getpid();
		link->fd = fd;
		link->o_path = true;
	}
	return undo_close(g->m, fd);
}

static int connect_and_send(struct graph *g, const struct thing *listener, int fd)
{
	cleanup_fd client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	socklen_t length = sizeof(address);

	if (client < 0 || getsockname(listener->fd, (struct sockaddr *)&address, &length) ||
	    connect(client, (struct sockaddr *)&address, length) || send_fd(client, fd, 0))
		return fail(g->m, "sending a descriptor on a connection that is not accepted");
	return 0;
}

static bool takes(const struct thing *queue, const struct thing *thing)
{
	bool sent_unix = thing->what == QUEUE || thing->what == LISTENER;

	return (queue->what == QUEUE || queue->what == LISTENER) && queue->queued < GRAPH_MESSAGES &&
	       (!sent_unix || queue->level > thing->level);
}

/* A queue is one holder, however often it has the same. */
static bool is_in(const struct graph *g, const struct thing *thing, const struct thing *queue)
{
	for (size_t i = 0; i < g->nlinks; i++)
		if (g->links[i].how == IN_FLIGHT && g->links[i].of == thing && g->links[i].in == queue)
			return true;
	return false;
}

static int hold_in_flight(struct graph *g, struct thing *thing)
{
	struct thing *found[GRAPH_ITEMS], *queue;
	size_t count = 0;
	int err;

	for (size_t i = 0; i < g->nthings; i++)
		if (takes(&g->things[i], thing))
			found[count++] = &g->things[i];
	if (!count)
		return hold_by_fd(g, thing);
	queue = found[graph_random(g, count)];
	queue->queued++;
	if (queue->what == LISTENER)
		err = connect_and_send(g, queue, thing->fd);
	else
		err = send_fd(queue->sender, thing->fd, 0) ? fail(g->m, "sending a descriptor") : 0;
	if (!err && (queue->what == LISTENER || !is_in(g, thing, queue)))
		graph_link(g, IN_FLIGHT, thing)->in = queue;
	return err;
}

static int hold_once(struct graph *g, struct thing *thing)
{
	bool threads = thing->flag & (CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS);

	switch (thing->what == NAMESPACE ? graph_random(g, 8) : graph_random(g, 4)) {
	case 0:
		return hold_by_fd(g, thing);
	case 1 ... 3:
		return hold_in_flight(g, thing);
	case 4:
		return hold_by_member(g, thing);
	case 5:
		return threads ? hold_by_thread(g, thing) : hold_by_member(g, thing);
	case 6:
		return thing->flag == CLONE_NEWNS ? hold_by_bind(g, thing) : hold_by_detached(g, thing);
	default:
		return hold_by_bind(g, thing);
	}
}

int graph_hold(struct graph *g, struct thing *thing)
{
	unsigned int times = thing->needed ? graph_random(g, 3) : 1 + graph_random(g, 3);
	int err = 0;

	for (; !err && times; times--)
		err = hold_once(g, thing);
	return err;
}
