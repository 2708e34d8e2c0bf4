// SPDX-License-Identifier: GPL-2.0-or-later
/* The namespaces and sockets of a random graph. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/sched.h>
#include "graph.h"

static struct thing *new_thing(struct graph *g, int what)
{
	struct thing *thing = &g->things[g->nthings++];

	*thing = (struct thing){ .what = what, .fd = -1, .sender = -1 };
	return thing;
}

/* A namespace made before, of that type and fit to be a parent or owner; NULL for the host's, which comes as often as each. */
static struct thing *earlier(struct graph *g, int flag)
{
	struct thing *found[GRAPH_ITEMS + 1] = { NULL };
	size_t count = 1;

	for (size_t i = 0; i < g->nthings; i++)
		if (g->things[i].what == NAMESPACE && g->things[i].flag == flag && g->things[i].fd >= 0)
			found[count++] = &g->things[i];
	return found[graph_random(g, count)];
}

static int write_own(const char *file, const char *text)
{
	cleanup_fd fd = open(file, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, text, strlen(text)) < 0 ? -1 : 0;
}

/* In the new namespace: tells that it is there and stays. Maps of a user namespace whose parent is not the builder's it alone may write. */
static void __attribute__((noreturn)) first_process(const struct thing *thing, int channel)
{
	char ok = 'y';

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (thing->flag == CLONE_NEWUSER && (write_own("/proc/self/setgroups", "deny") ||
	    write_own("/proc/self/uid_map", "0 0 1") || write_own("/proc/self/gid_map", "0 0 1")))
		ok = 'n';
	if (send(channel, &ok, 1, MSG_NOSIGNAL) != 1)
		_exit(1);
	close_all_but(NULL, 0);
	pause_forever();
}

/* In a process for this alone: as a sibling of it, the first process is the builder's child. */
static void __attribute__((noreturn)) fork_first(const struct thing *thing, int channel)
{
	struct clone_args args = { .flags = thing->flag | CLONE_PARENT };	/* which takes the exit signal too */
	pid_t pid;

	if (thing->owner && setns(thing->owner->fd, CLONE_NEWUSER))
		_exit(errno);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		first_process(thing, channel);
	_exit(pid < 0 ? errno : 0);
}

/* The pid of who sent the byte as we see it, whatever it is called in its own namespace. */
static pid_t hear_first(int channel)
{
	union { char space[CMSG_SPACE(sizeof(struct ucred))]; struct cmsghdr align; } control;
	struct ucred who = { 0 };
	char ok = 'n';
	struct iovec io = { &ok, 1 };
	struct msghdr message = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };

	if (recvmsg(channel, &message, 0) != 1 || ok != 'y' || !CMSG_FIRSTHDR(&message))
		return -1;
	memcpy(&who, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(who));
	return who.pid;
}

/* A pid namespace's parent is that of the process which forks: the builder steps in and out. */
static pid_t fork_helper(struct graph *g, const struct thing *thing, int channel)
{
	cleanup_fd home = ns_open_of(g->m, getpid(), "pid");
	pid_t pid;

	if (thing->parent && thing->flag == CLONE_NEWPID && setns(thing->parent->fd, CLONE_NEWPID))
		return -1;
	pid = fork_into(0);
	if (pid == 0)
		fork_first(thing, channel);
	if (setns(home, CLONE_NEWPID))
		abort();
	return pid;
}

static pid_t start_first(struct graph *g, const struct thing *thing)
{
	int pair[2], one = 1, status = 0;
	pid_t helper, first;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return fail(g->m, "making a socket pair");
	setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one));
	helper = fork_helper(g, thing, pair[1]);
	close(pair[1]);
	first = helper < 0 ? -1 : hear_first(pair[0]);
	close(pair[0]);
	if (helper > 0)
		waitpid(helper, &status, 0);
	if (first > 0)
		return first;
	errno = WEXITSTATUS(status);
	return fail(g->m, "making a %s namespace", ns_type(thing->flag)->name);
}

static int make_namespace(struct graph *g, int flag)
{
	struct thing *thing = new_thing(g, NAMESPACE);
	pid_t first;

	thing->flag = flag;
	thing->owner = earlier(g, CLONE_NEWUSER);
	if (flag == CLONE_NEWUSER)
		thing->parent = thing->owner;
	if (flag == CLONE_NEWPID)
		thing->parent = earlier(g, flag);
	/* the owner of a parent must be the owner of the child, or above it */
	if (flag == CLONE_NEWPID && thing->parent && thing->parent->owner)
		thing->owner = thing->parent->owner;
	if (thing->owner)
		thing->owner->needed = true;
	if (thing->parent)
		thing->parent->needed = true;
	first = start_first(g, thing);
	if (first < 0)
		return first;
	thing->init = first;
	thing->fd = ns_open_of(g->m, first, ns_type(flag)->link);
	if (thing->fd < 0 || ns_name(thing->fd, thing->name, sizeof(thing->name)))
		return fail(g->m, "naming a new namespace");
	if (flag != CLONE_NEWPID) {
		kill(first, SIGKILL);
		waitpid(first, NULL, 0);
		thing->init = 0;
	} else {
		thing->lasting = graph_random(g, 2);
	}
	return 0;
}

/* The kernel ends all processes of the namespaces below with the first process. */
static void lasting_upwards(struct graph *g)
{
	for (size_t i = g->nthings; i--; )
		if (g->things[i].lasting)
			for (struct thing *up = g->things[i].parent; up; up = up->parent)
				up->lasting = true;
}

/* Those below end first: the end of a namespace waits for them, and they for us to notice. */
int graph_keep_first_processes(struct graph *g)
{
	int err = 0;

	for (size_t i = g->nthings; i--; ) {
		struct thing *thing = &g->things[i];

		if (thing->init && !thing->lasting) {
			kill(thing->init, SIGKILL);
			waitpid(thing->init, NULL, 0);
		}
	}
	for (size_t i = 0; !err && i < g->nthings; i++)
		if (g->things[i].init && g->things[i].lasting)
			err = undo_kill(g->m, g->things[i].init);
	return err;
}

static int make_queue(struct graph *g, unsigned int level)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	struct thing *thing = new_thing(g, QUEUE);
	int pair[2];

	if (socketpair(AF_UNIX, types[graph_random(g, 3)] | SOCK_CLOEXEC, 0, pair))
		return fail(g->m, "making a socket pair");
	thing->sender = pair[0];
	thing->fd = pair[1];
	thing->ino = inode_of(pair[1]);
	thing->level = level;
	return 0;
}

static int make_listener(struct graph *g, unsigned int level)
{
	struct thing *thing = new_thing(g, LISTENER);
	sa_family_t family = AF_UNIX;

	thing->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (thing->fd < 0 || bind(thing->fd, (struct sockaddr *)&family, sizeof(family)) || listen(thing->fd, 2 * GRAPH_MESSAGES))
		return fail(g->m, "making a listening socket");
	thing->ino = inode_of(thing->fd);
	thing->level = level;
	return 0;
}

static int open_socket(struct job *job)
{
	static const int families[] = { AF_INET, AF_NETLINK, AF_UNIX };

	job->give = socket(families[job->arg], SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return job->give < 0 ? fail(job->m, "opening a socket") : 0;
}

static int make_socket(struct graph *g)
{
	struct thing *net = earlier(g, CLONE_NEWNET), *thing;
	struct ns ns = { .flag = CLONE_NEWNET, .fd = net ? net->fd : -1 };
	struct job job = { .m = g->m, .ns = &ns, .enter = true, .run = open_socket, .arg = graph_random(g, 3) };

	if (!net)
		return 0;
	thing = new_thing(g, SOCKET);
	thing->net = net;
	thing->fd = job_run(&job);
	if (thing->fd < 0)
		return thing->fd;
	thing->ino = inode_of(thing->fd);
	net->needed = true;
	graph_link(g, LIVES_IN, net)->in = thing;
	return 0;
}

static void link_relatives(struct graph *g)
{
	for (size_t i = 0; i < g->nthings; i++) {
		struct thing *thing = &g->things[i];

		if (thing->parent)
			graph_link(g, CHILD, thing->parent)->in = thing;
		if (thing->owner && thing->flag != CLONE_NEWUSER)
			graph_link(g, OWNED, thing->owner)->in = thing;
		/* the message queues of an ipc namespace are a filesystem */
		if (thing->owner && thing->flag == CLONE_NEWIPC)
			graph_link(g, SUPERBLOCK, thing->owner);
		if (thing->lasting) {
			graph_link(g, MEMBER, thing)->pid = thing->init;
			if (thing->owner)
				graph_link(g, MEMBER, thing->owner)->pid = thing->init;
		}
	}
}

/* Sockets come after the namespaces, in the order of their levels. */
int graph_make_things(struct graph *g)
{
	unsigned int items = 1 + graph_random(g, GRAPH_ITEMS / 2), queues = graph_random(g, 8), sockets = graph_random(g, 6);
	int err = 0;

	for (unsigned int i = 0; !err && i < items; i++)
		err = make_namespace(g, ns_types[graph_random(g, ARRAY_SIZE(ns_types))].flag);
	for (unsigned int i = 0; !err && i < sockets; i++)
		err = make_socket(g);
	for (unsigned int i = 0; !err && i < queues; i++)
		err = graph_random(g, 4) ? make_queue(g, 4 * i / queues) : make_listener(g, 4 * i / queues);
	lasting_upwards(g);
	link_relatives(g);
	return err;
}
