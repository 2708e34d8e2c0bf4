// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reading every namespace: what is asked of each, and what is said of those that could not be read. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "context.h"
#include "link.h"
#include "topology_visit.h"
#include "util.h"

/* How often a namespace is read again whose dumps do not fit together: a link came or went between them. */
#define READ_TRIES 4

/* Names of namespaces in one message. */
#define MOST_NAMED 8

/* One dump after another. */
struct stage {
	const char *name;
	uint32_t want;			/* PROCNS_NET_* bit that asks for it; 0: always */
	int (*read)(struct netns_reader *reader);
};

static const struct stage stages[] = {
	{ "links", 0, read_links },
	{ "addresses", 0, read_addrs },
	{ "routes", PROCNS_NET_ROUTES, read_routes },
	{ "rules", PROCNS_NET_RULES, read_rules },
	{ "sockets", PROCNS_NET_SOCKETS, read_sockets },
};

/* -EAGAIN: there is an answer, which may be of two minds. */
static int run_stage(struct netns_reader *reader, const struct stage *stage)
{
	int err = stage->read(reader);

	if (err == -EAGAIN) {
		reader->netns->changing = stage->name;
		return 0;
	}
	if (err < 0)
		reader->netns->stage = stage->name;
	return err;
}

static int read_stages(struct netns_reader *reader)
{
	const uint32_t want = reader->netns->topology->want;

	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		int err = 0;

		if (!stages[i].want || stages[i].want & want)
			err = run_stage(reader, &stages[i]);
		if (err < 0)
			return err;
		/* What follows is shown beside the links: without them nothing is. */
		reader->netns->was_read = true;
	}
	return 0;
}

static int read_until_consistent(struct netns_reader *reader)
{
	for (int tries = 0; tries < READ_TRIES; tries++) {
		int err;

		reader->inconsistent = false;
		reader->netns->changing = NULL;
		err = read_stages(reader);
		if (err < 0 || !reader->inconsistent)
			return err;
	}
	reader->netns->changing = "links";
	return 0;
}

/* A link may be gone by now, and what only root may ask is not asked in vain. */
static bool can_be_without(int err)
{
	return err == -ENODEV || err == -ENOENT || err == -EOPNOTSUPP;
}

static int ask_drivers(struct netns_reader *reader)
{
	for (size_t i = 0; i < reader->netns->nlinks; i++) {
		struct topology_link *link = reader->netns->links[i].value;
		int err = link->driver->ask ? link->driver->ask(reader, link) : 0;

		if (err == -ENOMEM)
			return err;
		if (err == -EAGAIN)
			reader->netns->changing = link->link.kind;
		else if (err < 0 && !can_be_without(err)) {
			reader->netns->stage = link->link.kind;
			reader->netns->partial = err;
		}
	}
	return 0;
}

/* Without one, others find it in another way. */
static void add_landmark(struct netns_reader *reader)
{
	int fd = visitor_open(reader, reader->netns);

	if (fd >= 0)
		topology_add_landmark(reader->netns->topology, reader->netns, fd);
}

static int read_netns(struct netns_reader *reader)
{
	int err = read_until_consistent(reader);

	if (err == 0)
		err = ask_drivers(reader);
	if (err < 0)
		return err;
	if (is_landmark(reader->netns))
		add_landmark(reader);
	return find_landmarks(reader);
}

/* The namespace this thread is in, if /proc tells. */
static int find_own(struct procns *ctx, struct procns_topology *topology)
{
	const char *path = arena_printf(&topology->arena, "%s/thread-self/ns/net", ctx->proc_root);
	struct stat status;
	int fd;

	if (!path)
		return context_error(ctx, ENOMEM, "cannot read the topology: %s", strerror(ENOMEM));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (fstat(fd, &status) == 0)
		topology->own = index_find(&topology->by_inum, status.st_ino);
	if (!topology->own) {
		close(fd);
		return 0;
	}
	topology->own->netns.own = true;
	topology_add_landmark(topology, topology->own, fd);
	return 0;
}

static bool is_permission(int err)
{
	return err == -EPERM || err == -EACCES;
}

static bool is_vanished(int err)
{
	return err == -ESTALE;
}

/* "net:[4026532133], net:[4026532244] and 3 more" */
static const char *name_failed(struct procns_topology *topology, bool (*failed)(int err), size_t *count)
{
	const char *names = "";

	*count = 0;
	for (size_t i = 0; i < topology->count && names; i++) {
		const struct topology_netns *netns = &topology->all[i];

		if (!failed(netns->error) || (*count)++ >= MOST_NAMED)
			continue;
		names = arena_printf(&topology->arena, "%s%snet:[%u]", names, *names ? ", " : "", netns->netns.ns->inum);
	}
	if (names && *count > MOST_NAMED)
		names = arena_printf(&topology->arena, "%s and %zu more", names, *count - MOST_NAMED);
	return names;
}

static int say_not_permitted(struct procns_topology *topology)
{
	size_t count;
	const char *names = name_failed(topology, is_permission, &count);

	if (!count || !names)
		return names ? 0 : -ENOMEM;
	return topology_gap(topology, "%zu network namespace%s could not be entered (%s): that needs CAP_SYS_ADMIN over the user "
			    "namespace that owns it; run as root", count, count > 1 ? "s" : "", names);
}

static int say_vanished(struct procns_topology *topology)
{
	size_t count;
	const char *names = name_failed(topology, is_vanished, &count);

	if (!count || !names)
		return names ? 0 : -ENOMEM;
	return topology_gap(topology, "%zu network namespace%s went away while the topology was read (%s)", count,
			    count > 1 ? "s" : "", names);
}

static int say_failed(struct procns_topology *topology, const struct topology_netns *netns)
{
	const uint32_t inum = netns->netns.ns->inum;
	int err = netns->error ? netns->error : netns->partial;

	if (netns->changing && topology_gap(topology, "net:[%u]: %s kept changing while they were read", inum, netns->changing) < 0)
		return -ENOMEM;
	if (!err || (netns->error && (is_permission(err) || is_vanished(err))))
		return 0;
	if (netns->message)
		return topology_gap(topology, "net:[%u]: %s", inum, netns->message);
	return topology_gap(topology, "net:[%u]: cannot read %s: %s", inum, netns->stage, strerror(-err));
}

static int say_gaps(struct procns_topology *topology)
{
	if (say_not_permitted(topology) < 0 || say_vanished(topology) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < topology->count; i++)
		if (say_failed(topology, &topology->all[i]) < 0)
			return -ENOMEM;
	return 0;
}

/* Of those that could not be opened: which might be, by what holds them. */
static bool needs_holders(const struct topology_netns *netns)
{
	return netns->error && !is_permission(netns->error) && !strcmp(netns->stage, "open");
}

static size_t list_needing_holders(struct procns_topology *topology, struct topology_netns **list)
{
	size_t count = 0;

	for (size_t i = 0; i < topology->count; i++)
		if (needs_holders(&topology->all[i]))
			list[count++] = &topology->all[i];
	return count;
}

/* Drops from the list what is no longer there. Returns how many are left, which `snapshot` has. */
static size_t drop_vanished(const struct procns_snapshot *snapshot, struct topology_netns **list, size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		const struct procns_ns *ns = procns_find(snapshot, PROCNS_NET, list[i]->netns.ns->inum);

		if (!ns || ns->id != list[i]->netns.ns->id)
			list[i]->error = -ESTALE;
		else
			list[left++] = list[i];
	}
	return left;
}

/* Looking whether they are there still is cheap: on a busy machine namespaces come and go all the time. */
static int drop_vanished_now(struct procns *ctx, struct topology_netns **list, size_t *count)
{
	const struct procns_query query = { .want = PROCNS_FACT_ID, .types = 1 << PROCNS_NET };
	struct procns_snapshot *now;
	int err = procns_snapshot(ctx, &query, &now);

	if (err < 0)
		return err == -ENOMEM ? err : 0;
	*count = drop_vanished(now, list, *count);
	procns_snapshot_free(now);
	return 0;
}

/* There may be a way to them now. */
static void open_by_holders(const struct procns_topology *topology, struct topology_netns **list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		list[i]->opened_as = procns_find(topology->holders, PROCNS_NET, list[i]->netns.ns->inum);
		list[i]->error = 0;
		list[i]->message = NULL;
	}
}

/*
 * Members, names and ids lead to most namespaces. To what is kept by a descriptor or in flight alone, before 6.18, only its holders do:
 * to find those costs far more, and is done when it is needed.
 */
static int visit_by_holders(struct procns *ctx, struct procns_topology *topology, const struct visit *visit)
{
	const struct procns_query query = {
		.want = PROCNS_FACT_ID | PROCNS_FACT_MEMBERS | PROCNS_FACT_NAMES | PROCNS_FACT_HOLDERS, .types = 1 << PROCNS_NET,
	};
	cleanup_free struct topology_netns **list = calloc(topology->count + 1, sizeof(*list));
	size_t count;
	int err;

	if (!list)
		return -ENOMEM;
	count = list_needing_holders(topology, list);
	err = count ? drop_vanished_now(ctx, list, &count) : 0;
	if (err < 0 || !count || topology->holders)
		return err;
	err = procns_snapshot(ctx, &query, &topology->holders);
	if (err < 0)
		return err == -ENOMEM ? err : 0;
	count = drop_vanished(topology->holders, list, count);
	open_by_holders(topology, list, count);
	return topology_visit(ctx, topology, list, count, visit);
}

static int visit_all(struct procns *ctx, struct procns_topology *topology, visit_function *visit)
{
	const struct visit how = { .visit = visit };
	cleanup_free struct topology_netns **list = calloc(topology->count + 1, sizeof(*list));
	int err;

	if (!list)
		return context_error(ctx, ENOMEM, "cannot read the topology: %s", strerror(ENOMEM));
	for (size_t i = 0; i < topology->count; i++)
		list[i] = &topology->all[i];
	err = topology_visit(ctx, topology, list, topology->count, &how);
	return err < 0 ? err : visit_by_holders(ctx, topology, &how);
}

int topology_read_all(struct procns *ctx, struct procns_topology *topology)
{
	int err = find_own(ctx, topology);

	if (err == 0)
		err = visit_all(ctx, topology, read_netns);
	return err < 0 ? err : say_gaps(topology);
}

int topology_read_udp(struct procns *ctx, struct procns_topology *topology)
{
	return visit_all(ctx, topology, read_udp);
}
