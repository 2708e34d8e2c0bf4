// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses; how links find each other; and reading this machine: by several threads at once, out of memory, leaving nothing behind. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_memory.h"
#include "link.h"
#include "net_addr.h"
#include "path.h"

static struct procns_net_addr addr(const char *text)
{
	struct procns_net_addr parsed;

	assert_int_equal(net_addr_parse(text, &parsed), 0);
	return parsed;
}

static struct procns_net_addr block(const char *text, uint8_t prefix)
{
	struct procns_net_addr parsed = addr(text);

	parsed.prefix = prefix;
	return parsed;
}

static void addresses_are_what_they_say(void **state)
{
	const struct procns_net_addr wide = block("10.128.0.0", 9), odd = block("192.0.2.96", 27), six = block("2001:db8::", 33);
	const struct procns_net_addr in = addr("10.200.1.1"), out = addr("10.127.255.255"), near = addr("192.0.2.127");
	const struct procns_net_addr beyond = addr("192.0.2.128"), six_in = addr("2001:db8:7fff::1"), six_out = addr("2001:db8:8000::1");
	char text[NET_ADDR_TEXT];

	(void)state;
	assert_true(net_block_contains(&wide, &in));
	assert_false(net_block_contains(&wide, &out));
	assert_true(net_block_contains(&odd, &near));
	assert_false(net_block_contains(&odd, &beyond));
	assert_true(net_block_contains(&six, &six_in));
	assert_false(net_block_contains(&six, &six_out));
	assert_false(net_block_contains(&wide, &six_in));
	assert_true(net_block_contains(&(struct procns_net_addr){ .family = AF_INET }, &in));
	assert_string_equal(net_block_text(&odd, text), "192.0.2.96/27");
	assert_string_equal(net_addr_text(&six_in, text), "2001:db8:7fff::1");
	assert_int_equal(net_addr(&in, 3).family, 0);
	for (const char *const *bad = (const char *const[]){ "", "10.1", "10.0.0.1/8", " 10.0.0.1", "fe80::1%eth0", "x", NULL }; *bad; bad++)
		assert_int_equal(net_addr_parse(*bad, &(struct procns_net_addr){ 0 }), -EINVAL);
	assert_true(net_addr_hash(&in) != net_addr_hash(&out));
}

/* Namespaces made by hand, as if they had been read. */
struct hand_made {
	struct procns_topology topology;
	struct topology_netns netns[3];
	struct procns_ns ns[3];
	struct topology_link links[3][4];
	struct vector_item items[3][4];
	struct netnsid ids[3][4];
};

static struct hand_made *make_by_hand(void)
{
	struct hand_made *made = calloc(1, sizeof(*made));

	made->topology.all = made->netns;
	made->topology.count = 3;
	for (size_t i = 0; i < 3; i++) {
		made->ns[i] = (struct procns_ns){ .type = PROCNS_NET, .inum = (uint32_t)(100 + i) };
		made->netns[i].netns.ns = &made->ns[i];
		made->netns[i].topology = &made->topology;
		made->netns[i].links = made->items[i];
		made->netns[i].netnsids = made->ids[i];
		made->netns[i].was_read = true;
	}
	return made;
}

static struct topology_link *add_link(struct hand_made *made, size_t netns, uint32_t ifindex, const char *kind)
{
	size_t i = made->netns[netns].nlinks++;
	struct topology_link *link = &made->links[netns][i];

	link->link = (struct procns_link){
		.netns = &made->netns[netns].netns, .ifindex = ifindex, .name = kind, .kind = kind, .far_ifindex = -1,
	};
	link->driver = link_driver(kind);
	link->link.role = link->driver->role;
	made->items[netns][i] = (struct vector_item){ ifindex, link };
	return link;
}

static void leads_to(struct hand_made *made, struct topology_link *link, uint32_t ifindex, int32_t id, struct topology_netns *netns)
{
	struct topology_netns *own = topology_netns(link->link.netns);

	link->has_iflink = ifindex != 0;
	link->iflink = ifindex;
	link->has_netnsid = true;
	link->netnsid = id;
	own->netnsids[own->nnetnsids++] = (struct netnsid){ .id = id, .netns = netns, .sample = link };
	(void)made;
}

static void free_hand_made(struct hand_made *made)
{
	arena_free(&made->topology.arena);
	free(made);
}

/* Before 5.10 the kernel leaves IFLA_LINK out where it equals the link's own number, though the other end is elsewhere. */
static void pairs_with_equal_numbers_find_each_other(void **state)
{
	struct hand_made *made = make_by_hand();
	struct topology_link *one = add_link(made, 0, 7, "veth"), *other = add_link(made, 1, 7, "veth");

	(void)state;
	leads_to(made, one, 0, 3, &made->netns[1]);
	leads_to(made, other, 0, 5, &made->netns[0]);
	assert_int_equal(topology_join(&made->topology), 0);
	assert_ptr_equal(one->link.peer, &other->link);
	assert_ptr_equal(other->link.peer, &one->link);
	free_hand_made(made);
}

/* Within one namespace a link whose IFLA_LINK is missing has no other end. */
static void a_link_is_not_its_own_other_end(void **state)
{
	struct hand_made *made = make_by_hand();
	struct topology_link *alone = add_link(made, 0, 7, "veth"), *unknown = add_link(made, 0, 8, "nonesuch");

	(void)state;
	unknown->has_iflink = true;
	unknown->iflink = 8;
	assert_int_equal(topology_join(&made->topology), 0);
	assert_null(alone->link.peer);
	assert_null(unknown->link.lower);
	free_hand_made(made);
}

static void what_is_not_known_is_said(void **state)
{
	struct hand_made *made = make_by_hand();
	struct topology_link *nowhere = add_link(made, 0, 2, "veth"), *unread = add_link(made, 0, 3, "veth");
	struct topology_link *gone = add_link(made, 0, 4, "macvlan");

	(void)state;
	made->netns[2].was_read = false;
	leads_to(made, nowhere, 9, 1, NULL);
	leads_to(made, unread, 9, 2, &made->netns[2]);
	leads_to(made, gone, 9, 3, &made->netns[1]);
	assert_int_equal(topology_join(&made->topology), 0);
	assert_null(nowhere->link.peer);
	assert_string_equal(nowhere->link.far_reason, "its namespace is not known");
	assert_string_equal(unread->link.far_reason, "its namespace was not read");
	assert_string_equal(gone->link.far_reason, "it went away while it was read");
	assert_int_equal(gone->link.far_ifindex, 9);
	free_hand_made(made);
}

static void give_addr(struct hand_made *made, struct topology_link *link, const char *text)
{
	struct procns_link_addr *kept = arena_alloc(&made->topology.arena, sizeof(*kept));

	kept->addr = addr(text);
	chain_add(&made->topology.arena, &link->addrs, kept);
}

static struct topology_link *add_tunnel(struct hand_made *made, size_t netns, uint32_t ifindex, const char *local, const char *remote)
{
	struct topology_link *tunnel = add_link(made, netns, ifindex, "gre");

	if (local)
		link_add_text(&made->topology.arena, tunnel, "local", local);
	link_add_text(&made->topology.arena, tunnel, "remote", remote);
	return tunnel;
}

static void tunnels_find_their_ends(void **state)
{
	struct hand_made *made = make_by_hand();
	struct topology_link *one, *other, *deaf;

	(void)state;
	give_addr(made, add_link(made, 0, 2, "dummy"), "10.0.0.1");
	give_addr(made, add_link(made, 1, 2, "dummy"), "10.0.0.2");
	one = add_tunnel(made, 0, 3, "10.0.0.1", "10.0.0.2");
	other = add_tunnel(made, 1, 3, NULL, "10.0.0.1");
	deaf = add_tunnel(made, 2, 3, "10.0.0.2", "10.0.0.1");	/* where nobody has 10.0.0.2 */
	assert_int_equal(topology_join(&made->topology), 0);
	assert_ptr_equal(one->link.peer, &other->link);
	assert_ptr_equal(other->link.peer, &one->link);
	assert_null(deaf->link.peer);
	free_hand_made(made);
}

static void tunnels_that_may_be_either_have_no_end(void **state)
{
	struct hand_made *made = make_by_hand();
	struct topology_link *one;

	(void)state;
	give_addr(made, add_link(made, 0, 2, "dummy"), "10.0.0.1");
	give_addr(made, add_link(made, 1, 2, "dummy"), "10.0.0.2");
	give_addr(made, add_link(made, 2, 2, "dummy"), "10.0.0.2");
	one = add_tunnel(made, 0, 3, "10.0.0.1", "10.0.0.2");
	add_tunnel(made, 1, 3, "10.0.0.2", "10.0.0.1");
	add_tunnel(made, 2, 3, "10.0.0.2", "10.0.0.1");
	assert_int_equal(topology_join(&made->topology), 0);
	assert_null(one->link.peer);
	free_hand_made(made);
}

static int open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static uint64_t own_netns(void)
{
	struct stat status;

	assert_int_equal(stat("/proc/thread-self/ns/net", &status), 0);
	return status.st_ino;
}

static struct procns_snapshot *take_snapshot(struct procns *ctx)
{
	const struct procns_query query = { .want = PROCNS_FACT_ID | PROCNS_FACT_NAMES | PROCNS_FACT_MEMBERS, .types = 1 << PROCNS_NET };
	struct procns_snapshot *snapshot;

	assert_int_equal(procns_snapshot(ctx, &query, &snapshot), 0);
	return snapshot;
}

static bool has_own_loopback(const struct procns_topology *topology)
{
	const struct procns_netns *own = procns_netns_find(topology, (uint32_t)own_netns());

	return own && own->own && procns_link_find(own, 1) && procns_link_find(own, 1)->role == PROCNS_LINK_LOOPBACK;
}

static void reading_leaves_nothing_behind(void **state)
{
	struct procns_topology *topology;
	struct procns_snapshot *snapshot;
	uint64_t before = own_netns();
	struct procns *ctx;
	int descriptors;

	(void)state;
	assert_int_equal(procns_new(&ctx), 0);
	snapshot = take_snapshot(ctx);
	descriptors = open_descriptors();
	for (int i = 0; i < 5; i++) {
		assert_int_equal(procns_topology_read(ctx, snapshot, PROCNS_NET_ROUTES | PROCNS_NET_RULES | PROCNS_NET_SOCKETS,
						      &topology), 0);
		assert_true(has_own_loopback(topology));
		procns_topology_free(topology);
	}
	assert_int_equal(open_descriptors(), descriptors);
	assert_int_equal(own_netns(), before);
	procns_snapshot_free(snapshot);
	procns_free(ctx);
}

static void *read_often(void *arg)
{
	struct procns *ctx = NULL;
	bool *good = arg;

	*good = procns_new(&ctx) == 0;
	for (int i = 0; i < 5 && *good; i++) {
		struct procns_snapshot *snapshot = take_snapshot(ctx);
		struct procns_topology *topology = NULL;

		*good = procns_topology_read(ctx, snapshot, PROCNS_NET_ROUTES, &topology) == 0 && has_own_loopback(topology);
		procns_topology_free(topology);
		procns_snapshot_free(snapshot);
	}
	procns_free(ctx);
	return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
	bool good[4] = { false };
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_often, &good[i]), 0);
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_true(good[i]);
	}
}

/* Wherever memory runs out, reading fails as a whole, and all that was taken until then is given back. */
static void out_of_memory_is_told_and_leaks_nothing(void **state)
{
	struct procns_topology *topology;
	struct procns_snapshot *snapshot;
	size_t failures = 0, most = 3000;
	struct procns *ctx;
	int descriptors;

	(void)state;
	assert_int_equal(procns_new(&ctx), 0);
	snapshot = take_snapshot(ctx);
	descriptors = open_descriptors();
	for (size_t left = 0; left < most; left++) {
		long before = allocations_alive();
		int err;

		allow_allocations(left);
		err = procns_topology_read(ctx, snapshot, PROCNS_NET_ROUTES | PROCNS_NET_RULES, &topology);
		allow_allocations(SIZE_MAX);
		if (!err)
			most = left;
		else
			assert_int_equal(err, -ENOMEM);
		failures += err != 0;
		procns_topology_free(topology);
		assert_int_equal(allocations_alive(), before);
		assert_int_equal(open_descriptors(), descriptors);
	}
	assert_true(failures > 5);
	procns_snapshot_free(snapshot);
	procns_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_what_they_say),
		cmocka_unit_test(pairs_with_equal_numbers_find_each_other),
		cmocka_unit_test(a_link_is_not_its_own_other_end),
		cmocka_unit_test(what_is_not_known_is_said),
		cmocka_unit_test(tunnels_find_their_ends),
		cmocka_unit_test(tunnels_that_may_be_either_have_no_end),
		cmocka_unit_test(reading_leaves_nothing_behind),
		cmocka_unit_test(threads_do_not_disturb_each_other),
		cmocka_unit_test(out_of_memory_is_told_and_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
