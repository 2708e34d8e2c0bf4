// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "context.h"
#include "nsfs.h"
#include "open_route.h"
#include "topology_visit.h"
#include "util.h"

/* Beyond that they only wait for each other: many dumps take the lock of all of rtnetlink. */
#define MOST_VISITORS 8

/* So many namespaces are worth a thread. */
#define NAMESPACES_PER_VISITOR 16

struct kept_open {
	struct topology_netns *netns;
	int fd;
};

/* The list is taken from by all visitors. */
struct round {
	struct procns_topology *topology;
	const struct visit *visit;
	struct topology_netns *const *list;
	size_t count;
	atomic_size_t next;
	atomic_int error;
};

struct visitor {
	struct netns_reader reader;	/* first, so that a visit can be led back to its visitor */
	struct round *round;
	struct procns *ctx;		/* a context of its own: several open namespaces at once */
	struct netlink route, other;
	struct kept_open kept[VISITOR_KEEPS];
	size_t next_kept;
	pthread_t thread;
};

static struct visitor *visitor_of(struct netns_reader *reader)
{
	return (struct visitor *)reader;	/* it is its first member */
}

/* Where there is neither an id (before 6.18) nor a member, a name is quicker than all that is tried otherwise. */
static int open_by_first_name(const struct procns_ns *ns)
{
	cleanup_fd int fd = -1;

	if (ns->id || ns->nthreads || !ns->nnames)
		return -ENOENT;
	fd = nsfs_open_path(AT_FDCWD, ns->names[0]);
	return fd >= 0 && namespace_is(fd, ns) ? steal_fd(&fd) : -ENOENT;
}

int visitor_open(struct netns_reader *reader, const struct topology_netns *netns)
{
	const struct procns_topology *topology = netns->topology;
	const bool by_holders = netns->opened_as != netns->netns.ns;
	int fd = open_by_first_name(netns->opened_as);

	if (fd >= 0)
		return fd;
	return open_quickly(visitor_of(reader)->ctx, by_holders ? topology->holders : topology->snapshot, netns->opened_as);
}

struct topology_netns *visitor_kept(struct netns_reader *reader, size_t i)
{
	return visitor_of(reader)->kept[i].netns;
}

int visitor_keep_open(struct netns_reader *reader, struct topology_netns *netns)
{
	struct visitor *visitor = visitor_of(reader);
	struct kept_open *kept;
	int fd;

	for (size_t i = 0; i < VISITOR_KEEPS; i++)
		if (visitor->kept[i].netns == netns)
			return visitor->kept[i].fd;
	fd = visitor_open(reader, netns);
	if (fd < 0)
		return fd;
	kept = &visitor->kept[visitor->next_kept++ % VISITOR_KEEPS];
	if (kept->netns)
		close(kept->fd);
	*kept = (struct kept_open){ .netns = netns, .fd = fd };
	return fd;
}

static int remember_failure(struct topology_netns *netns, const char *stage, int err)
{
	netns->stage = stage;
	netns->error = err;
	return err;
}

/* The visitor's thread is in that namespace from now on. */
static int enter(struct visitor *visitor, struct topology_netns *netns)
{
	cleanup_fd int fd = visitor_open(&visitor->reader, netns);

	if (fd < 0) {
		netns->message = arena_printf(visitor->reader.arena, "%s", procns_error(visitor->ctx));
		return remember_failure(netns, "open", fd);
	}
	if (setns(fd, CLONE_NEWNET) < 0)
		return remember_failure(netns, "enter", -errno);
	return 0;
}

static int visit_here(struct visitor *visitor, struct topology_netns *netns)
{
	int err;

	visitor->reader.netns = netns;
	err = netlink_open(&visitor->route, NETLINK_ROUTE);
	if (err < 0)
		return remember_failure(netns, "socket", err);
	err = visitor->round->visit->visit(&visitor->reader);
	if (err < 0)
		netns->error = err;
	netlink_close(&visitor->route);
	return err;
}

static bool is_needed(const struct round *round, const struct topology_netns *netns)
{
	return !netns->error && (!round->visit->needed || round->visit->needed(netns));
}

/* One more of the list; the caller's own namespace is left to the caller's thread, which is in it. */
static int visit_next(struct visitor *visitor, struct topology_netns *netns)
{
	int err = 0;

	if (netns == netns->topology->own || !is_needed(visitor->round, netns))
		return 0;
	err = enter(visitor, netns);
	return err < 0 ? err : visit_here(visitor, netns);
}

/* What is wrong with one namespace is told of that one; without memory or descriptors none can be read. */
static bool ends_everything(int err)
{
	return err == -ENOMEM || err == -EMFILE || err == -ENFILE;
}

static void *visit_many(void *arg)
{
	struct visitor *visitor = arg;
	struct round *round = visitor->round;

	while (!atomic_load(&round->error)) {
		size_t i = atomic_fetch_add(&round->next, 1);
		int err;

		if (i >= round->count)
			break;
		err = visit_next(visitor, round->list[i]);
		if (ends_everything(err))
			atomic_store(&round->error, err);
	}
	return NULL;
}

static size_t processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) < 0 ? 1 : (size_t)CPU_COUNT(&set);
}

static size_t visitors_for(size_t count)
{
	size_t visitors = processors(), worth = count / NAMESPACES_PER_VISITOR + 1;

	if (visitors > MOST_VISITORS)
		visitors = MOST_VISITORS;
	return visitors < worth ? visitors : worth;
}

/* What a visitor reads outlives it: its memory is the topology's. */
static int start_visitor(struct visitor *visitor, struct round *round)
{
	struct topology_arena *memory = arena_alloc(&round->topology->arena, sizeof(*memory));

	if (!memory || procns_new(&visitor->ctx) < 0)
		return -ENOMEM;
	memory->next = round->topology->arenas;
	round->topology->arenas = memory;
	visitor->round = round;
	visitor->route.fd = visitor->other.fd = -1;
	visitor->reader = (struct netns_reader){
		.arena = &memory->arena, .route = &visitor->route, .other = &visitor->other,
	};
	return 0;
}

static void end_visitor(struct visitor *visitor)
{
	for (size_t i = 0; i < VISITOR_KEEPS; i++)
		if (visitor->kept[i].netns)
			close(visitor->kept[i].fd);
	if (!visitor->round)
		return;
	vector_free(&visitor->reader.scratch);
	netlink_free(&visitor->route);
	netlink_free(&visitor->other);
	procns_free(visitor->ctx);
}

/* By the caller's thread, with a visitor that has no thread of its own. */
static void visit_own(struct visitor *visitor)
{
	struct round *round = visitor->round;
	struct topology_netns *own = round->topology->own;
	int err = 0;

	for (size_t i = 0; i < round->count; i++)
		if (round->list[i] == own && is_needed(round, own))
			err = visit_here(visitor, own);
	if (ends_everything(err))
		atomic_store(&round->error, err);
}

/* Signals are for the threads of the program, not for ours. */
static int start_thread(struct visitor *visitor)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&visitor->thread, NULL, visit_many, visitor);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -err;
}

/* Fewer threads than wished for take longer; without any nothing but the own namespace can be visited. */
static int run(struct visitor *own, struct visitor *others, size_t threads, struct round *round)
{
	size_t started = 0;
	int err = 0;

	while (started < threads && !err) {
		err = start_thread(&others[started]);
		started += !err;
	}
	visit_own(own);
	for (size_t i = 0; i < started; i++)
		pthread_join(others[i].thread, NULL);
	return threads && !started ? err : atomic_load(&round->error);
}

static bool only_own(const struct round *round)
{
	return !round->count || (round->count == 1 && round->list[0] == round->topology->own);
}

int topology_visit(struct procns *ctx, struct procns_topology *topology, struct topology_netns *const *list, size_t count,
		   const struct visit *visit)
{
	struct round round = { .topology = topology, .visit = visit, .list = list, .count = count };
	size_t threads = only_own(&round) ? 0 : visitors_for(count);
	cleanup_free struct visitor *visitors = calloc(threads + 1, sizeof(*visitors));
	int err = visitors ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i <= threads; i++)
		err = start_visitor(&visitors[i], &round);
	if (!err)
		err = run(&visitors[0], &visitors[1], threads, &round);
	for (size_t i = 0; visitors && i <= threads; i++)
		end_visitor(&visitors[i]);
	if (err < 0)
		return context_error(ctx, -err, "cannot visit %zu network namespaces: %s", count, strerror(-err));
	return 0;
}
