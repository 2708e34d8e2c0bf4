/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsmake graph SEED [sabotage]: a random graph of namespaces and of what holds them, up to GRAPH_ITEMS of both, nested. It prints a line
 * for each holder of each namespace in the words of whysay, then "end", and waits to release it all. With sabotage there is one
 * holder more than is said: a test that does not notice tests nothing.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include "nsmake.h"

#define GRAPH_ITEMS 60
#define GRAPH_MESSAGES 6	/* in one queue, and connections to one listener: below every kernel's limits */

/* What can be held. */
struct thing {
	enum { NAMESPACE, QUEUE, LISTENER, SOCKET } what;
	int flag;		/* NAMESPACE: CLONE_NEW* */
	int fd;			/* ours while we build */
	int sender;		/* QUEUE: its other end; -1 */
	uint64_t ino;		/* of a socket */
	char name[48];		/* of a namespace */
	struct thing *owner, *parent;	/* of a namespace; NULL: the host's */
	struct thing *net;	/* SOCKET: where it lives */
	pid_t init;		/* a pid namespace's first process; 0: ended */
	bool lasting;		/* the first process stays */
	bool needed;		/* kept by a child, one it owns, or a socket in it */
	unsigned int level;	/* a QUEUE or LISTENER is sent to higher levels only: the kernel allows a depth of four */
	unsigned int queued;
};

struct link {
	enum { FD, MEMBER, FOR_CHILDREN, BIND, DETACHED, IN_FLIGHT, LIVES_IN, CHILD, OWNED, SUPERBLOCK } how;
	const struct thing *of;
	const struct thing *in;	/* BIND: the mount namespace, NULL for ours; IN_FLIGHT: the socket; LIVES_IN, CHILD, OWNED: what does */
	pid_t pid, tid;
	int fd;
	bool o_path;
	char path[48];
};

struct graph {
	struct nsmake *m;
	uint64_t random;
	struct thing things[GRAPH_ITEMS];
	size_t nthings;
	struct link links[6 * GRAPH_ITEMS];
	size_t nlinks;
	char home[48];		/* our mount namespace */
};

unsigned int graph_random(struct graph *g, unsigned int below);
struct link *graph_link(struct graph *g, int how, const struct thing *of);

/* graph_things.c */
int graph_make_things(struct graph *g);
int graph_keep_first_processes(struct graph *g);	/* ends the others */

/* graph_links.c */
int graph_hold(struct graph *g, struct thing *thing);

/* graph_say.c */
int graph_say(const struct graph *g);

#endif
