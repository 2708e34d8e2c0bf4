// SPDX-License-Identifier: GPL-2.0-or-later
/* What should be said of a random graph, in the words of whysay. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "graph.h"

#define TEXT 16384

static void say_link(const struct graph *g, const struct link *link, char *text);

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* " (…; …)": what keeps a socket, in the order of the text. */
static void say_causes(const struct graph *g, const struct thing *thing, char *text)
{
	char *causes[64];
	size_t count = 0;

	for (size_t i = 0; i < g->nlinks; i++) {
		if (g->links[i].of != thing || count == ARRAY_SIZE(causes))
			continue;
		causes[count] = malloc(TEXT);
		say_link(g, &g->links[i], causes[count++]);
	}
	qsort(causes, count, sizeof(*causes), by_text);
	*text = 0;
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(text);

		snprintf(text + length, TEXT - length, "%s%s%s", i ? "; " : " (", causes[i], i + 1 == count ? ")" : "");
		free(causes[i]);
	}
}

static void say_socket(const struct graph *g, const struct link *link, char *text)
{
	char causes[TEXT];

	say_causes(g, link->in, causes);
	if (link->how == LIVES_IN)
		snprintf(text, TEXT, "socket %" PRIu64 "%s", link->in->ino, causes);
	else if (link->in->what == LISTENER)
		snprintf(text, TEXT, "in_flight unaccepted (socket listening %" PRIu64 "%s)", link->in->ino, causes);
	else
		snprintf(text, TEXT, "in_flight %" PRIu64 "%s", link->in->ino, causes);
}

static void say_link(const struct graph *g, const struct link *link, char *text)
{
	char thread[16] = "";

	switch (link->how) {
	case FD:
		snprintf(text, TEXT, "fd%s %d %d", link->o_path ? " o_path" : "", link->pid, link->fd);
		break;
	case MEMBER:
		if (link->tid)
			snprintf(thread, sizeof(thread), ".%d", link->tid);
		snprintf(text, TEXT, "member %d%s", link->pid, thread);
		break;
	case FOR_CHILDREN:
		snprintf(text, TEXT, "for_children %d", link->pid);
		break;
	case BIND:
		snprintf(text, TEXT, "mount %s %s", link->in ? link->in->name : g->home, link->path);
		break;
	case DETACHED:
		snprintf(text, TEXT, "mount detached (fd o_path %d %d)", link->pid, link->fd);
		break;
	case CHILD:
	case OWNED:
		snprintf(text, TEXT, "%s %s", link->how == CHILD ? "child" : "owned", link->in->name);
		break;
	case SUPERBLOCK:
		strcpy(text, "superblock detached mqueue");
		break;
	case IN_FLIGHT:
	case LIVES_IN:
		say_socket(g, link, text);
		break;
	}
}

int graph_say(const struct graph *g)
{
	char text[TEXT];

	for (size_t i = 0; i < g->nthings; i++)
		if (g->things[i].what == NAMESPACE)
			printf("ns %s\n", g->things[i].name);
	for (size_t i = 0; i < g->nlinks; i++) {
		const struct link *link = &g->links[i];

		if (link->of->what != NAMESPACE)
			continue;
		say_link(g, link, text);
		printf("%s %s\n", link->of->name, text);
	}
	puts("end");
	return fflush(stdout) ? fail(g->m, "writing") : 0;
}
