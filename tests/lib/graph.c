// SPDX-License-Identifier: GPL-2.0-or-later
/* A random graph of namespaces and holders, see graph.h. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "graph.h"

/* splitmix64: the same graph for the same seed everywhere. */
unsigned int graph_random(struct graph *g, unsigned int below)
{
	uint64_t z = g->random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}

struct link *graph_link(struct graph *g, int how, const struct thing *of)
{
	struct link *link = &g->links[g->nlinks++];

	if (g->nlinks > ARRAY_SIZE(g->links))
		abort();
	*link = (struct link){ .how = how, .of = of, .fd = -1 };
	return link;
}

static int name_home(struct graph *g)
{
	cleanup_fd home = ns_open_of(g->m, getpid(), "mnt");

	if (home < 0)
		return home;
	return ns_name(home, g->home, sizeof(g->home)) ? fail(g->m, "naming our mount namespace") : 0;
}

/* Sockets first: what is sent must be before what it is sent in, and nothing is held by what we build with. */
static int hold_all(struct graph *g)
{
	for (size_t i = 0; i < g->nthings; i++) {
		int err = graph_hold(g, &g->things[i]);

		if (err)
			return err;
	}
	return 0;
}

static void let_go_of_ours(struct graph *g)
{
	for (size_t i = 0; i < g->nthings; i++) {
		close_fd(&g->things[i].sender);
		close_fd(&g->things[i].fd);
	}
}

static int sabotage(struct graph *g)
{
	struct thing *thing;
	int fd;

	do
		thing = &g->things[graph_random(g, g->nthings)];
	while (thing->what != NAMESPACE);
	fd = fcntl(thing->fd, F_DUPFD_CLOEXEC, 3);
	return fd < 0 ? fail(g->m, "doubling a descriptor") : undo_close(g->m, fd);
}

static int build(struct graph *g, bool sabotaged)
{
	int err = own_mounts(g->m) ?: name_home(g) ?: graph_make_things(g) ?: hold_all(g) ?: graph_keep_first_processes(g);

	if (!err && sabotaged)
		err = sabotage(g);
	let_go_of_ours(g);
	return err;
}

int cmd_graph(int argc, char **argv, bool stdin_too)
{
	static struct graph g;
	struct nsmake m;
	int err;

	if (argc < 1 || state_init(&m))
		return 2;
	g.m = &m;
	g.random = strtoull(argv[0], NULL, 0);
	err = build(&g, argc > 1 && !strcmp(argv[1], "sabotage"));
	if (!err) {
		state_settle();
		err = graph_say(&g);
		wait_for_release(stdin_too);
	}
	if (err)
		fprintf(stderr, "nsmake: graph %s: %s\n", argv[0], m.why);
	state_release(&m);
	state_free(&m);
	return err == SKIPPED ? NSMAKE_SKIP : !!err;
}
