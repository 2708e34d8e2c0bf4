// SPDX-License-Identifier: GPL-2.0-or-later
/* What sources add comes out in order, linked in both directions. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "snapshot.h"
#include "util.h"

static int make(void **state)
{
	*state = snapshot_new("test");
	return *state ? 0 : -1;
}

static int unmake(void **state)
{
	procns_snapshot_free(*state);
	return 0;
}

static void finish(struct procns_snapshot *s)
{
	assert_int_equal(snapshot_finish(s), 0);
}

static void empty_is_fine(void **state)
{
	finish(*state);
	assert_int_equal(procns_count(*state), 0);
	assert_null(procns_at(*state, 0));
	assert_null(procns_find(*state, PROCNS_NET, 1));
	assert_null(procns_find_id(*state, 1));
	assert_null(procns_task_at(*state, 0));
	assert_null(procns_snapshot_gap(*state, 0));
	assert_string_equal(procns_snapshot_source(*state), "test");
}

static void one_number_is_one_namespace(void **state)
{
	struct procns_ns *net = snapshot_ns(*state, PROCNS_NET, 7);

	assert_ptr_equal(snapshot_ns(*state, PROCNS_NET, 7), net);
	assert_ptr_not_equal(snapshot_ns(*state, PROCNS_UTS, 7), net);
	assert_ptr_equal(snapshot_find(*state, PROCNS_NET, 7), net);
	assert_null(snapshot_find(*state, PROCNS_NET, 8));
	assert_ptr_equal(snapshot_ns_at(*state, 0), net);
	assert_null(snapshot_ns_at(*state, 2));
	finish(*state);
	assert_int_equal(procns_count(*state), 2);
	assert_ptr_equal(procns_find(*state, PROCNS_NET, 7), net);
	assert_int_equal(net->netnsid, PROCNS_NETNSID_UNASSIGNED);
	assert_int_equal(net->explained, -1);
	assert_false(net->initial);
}

static void many_are_ordered_and_found(void **state)
{
	enum { COUNT = 30000 };

	for (uint32_t i = 0; i < COUNT; i++) {
		struct procns_ns *ns = snapshot_ns(*state, i % PROCNS_NTYPES, (i * 2654435761u) % 1000003);

		assert_non_null(ns);
		ns->id = i + 1;
	}
	finish(*state);
	assert_in_range(procns_count(*state), COUNT - 1000, COUNT);
	for (size_t i = 1; i < procns_count(*state); i++) {
		const struct procns_ns *before = procns_at(*state, i - 1), *ns = procns_at(*state, i);

		assert_true(before->type < ns->type || (before->type == ns->type && before->inum < ns->inum));
		assert_ptr_equal(procns_find(*state, ns->type, ns->inum), ns);
		assert_ptr_equal(procns_find_id(*state, ns->id), ns);
	}
	assert_null(procns_at(*state, procns_count(*state)));
}

static void only_types_asked_for_are_listed(void **state)
{
	struct procns_ns *user = snapshot_ns(*state, PROCNS_USER, 1), *net = snapshot_ns(*state, PROCNS_NET, 2);

	net->owner = user;
	snapshot_list_types(*state, 1u << PROCNS_NET | 1u << PROCNS_UTS);
	snapshot_knows(*state, PROCNS_FACT_OWNER);
	finish(*state);
	assert_int_equal(procns_count(*state), 1);
	assert_ptr_equal(procns_at(*state, 0), net);
	assert_int_equal(net->known, PROCNS_FACT_OWNER);
	assert_ptr_equal(procns_find(*state, PROCNS_USER, 1), user);
	assert_int_equal(user->nowned, 1);
	assert_ptr_equal(user->owned[0], net);
}

static void relatives_are_linked_back(void **state)
{
	struct procns_ns *top = snapshot_ns(*state, PROCNS_USER, 1);
	struct procns_ns *children[3];

	for (int i = 2; i >= 0; i--) {
		children[i] = snapshot_ns(*state, PROCNS_USER, 10 + i);
		children[i]->parent = children[i]->owner = top;
	}
	snapshot_ns(*state, PROCNS_NET, 5)->owner = top;
	finish(*state);
	assert_int_equal(top->nchildren, 3);
	assert_int_equal(top->nowned, 4);
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		assert_ptr_equal(top->children[i], children[i]);
	assert_int_equal(top->owned[0]->type, PROCNS_NET);
	assert_int_equal(children[0]->nchildren, 0);
}

static struct procns_task *add_task(struct procns_snapshot *s, pid_t pid, pid_t tid, const struct procns_ns *net)
{
	struct procns_task *task = snapshot_task(s, pid, tid, "task", 4);

	assert_non_null(task);
	task->ns[PROCNS_NET] = net;
	return task;
}

static void members_are_counted_by_leaders(void **state)
{
	struct procns_ns *both = snapshot_ns(*state, PROCNS_NET, 1), *threads = snapshot_ns(*state, PROCNS_NET, 2);
	struct procns_task *leader;

	add_task(*state, 30, 31, threads);
	add_task(*state, 20, 25, threads);
	add_task(*state, 30, 30, both);
	leader = add_task(*state, 20, 20, both);
	add_task(*state, 10, 15, both);
	add_task(*state, 40, 40, NULL);
	finish(*state);

	assert_int_equal(procns_task_count(*state), 6);
	assert_int_equal(procns_task_at(*state, 0)->tid, 15);
	assert_int_equal(procns_task_at(*state, 5)->tid, 40);
	assert_int_equal(both->nthreads, 3);
	assert_int_equal(both->nprocs, 2);
	assert_ptr_equal(both->first, leader);
	assert_int_equal(both->members[0]->tid, 15);
	assert_int_equal(both->members[2]->tid, 30);
	assert_int_equal(threads->nprocs, 0);
	assert_int_equal(threads->first->tid, 25);
}

static void names_of_tasks_are_kept_whole(void **state)
{
	char name[16] = "a) \001\n(\xff";

	assert_string_equal(snapshot_task(*state, 1, 1, name, sizeof(name))->comm, "a) \001\n(\xff");
	assert_string_equal(snapshot_task(*state, 2, 2, "abc", 2)->comm, "ab");
	assert_string_equal(snapshot_task(*state, 3, 3, "", 0)->comm, "");
}

static void the_best_name_comes_first_and_once(void **state)
{
	static const char *const added[] = { "/proc/7/root/run/netns/x", "/z", "/run/netns/blue", "/a", "/z", "/run/netns/blue",
					     "/run/netnsx" };
	static const char *const expected[] = { "/run/netns/blue", "/a", "/run/netnsx", "/z", "/proc/7/root/run/netns/x" };
	struct procns_ns *ns = snapshot_ns(*state, PROCNS_NET, 1);

	for (size_t i = 0; i < ARRAY_SIZE(added); i++)
		assert_int_equal(snapshot_name(*state, ns, added[i]), 0);
	finish(*state);
	assert_int_equal(ns->nnames, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_string_equal(ns->names[i], expected[i]);
}

static struct procns_holder *add_holder(struct procns_snapshot *s, struct procns_ns *ns, enum procns_holder_kind kind,
					const struct procns_task *task, int fd)
{
	struct procns_holder *holder = snapshot_holder(s, ns, kind);

	assert_non_null(holder);
	assert_int_equal(holder->fd, -1);
	holder->task = task;
	holder->fd = fd;
	return holder;
}

static void the_nearest_holder_comes_first(void **state)
{
	struct procns_ns *ns = snapshot_ns(*state, PROCNS_NET, 1), *other = snapshot_ns(*state, PROCNS_NET, 2);
	struct procns_task *low = add_task(*state, 10, 10, NULL), *high = add_task(*state, 20, 20, NULL);
	const struct procns_holder *expected[6];

	expected[5] = add_holder(*state, ns, PROCNS_HOLDER_OWNED, NULL, -1);
	expected[4] = add_holder(*state, ns, PROCNS_HOLDER_MOUNT, NULL, -1);
	expected[3] = add_holder(*state, ns, PROCNS_HOLDER_FD, high, 3);
	add_holder(*state, other, PROCNS_HOLDER_FD, high, 4);
	expected[2] = add_holder(*state, ns, PROCNS_HOLDER_FD, low, 9);
	expected[1] = add_holder(*state, ns, PROCNS_HOLDER_FD, low, 0);
	expected[0] = add_holder(*state, ns, PROCNS_HOLDER_MEMBER, high, -1);
	finish(*state);
	assert_int_equal(ns->nholders, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_ptr_equal(ns->holders[i], expected[i]);
	assert_int_equal(other->nholders, 1);
}

static void causes_may_be_shared_and_circular(void **state)
{
	struct procns_ns *ns = snapshot_ns(*state, PROCNS_NET, 1);
	struct procns_holder *a = add_holder(*state, ns, PROCNS_HOLDER_IN_FLIGHT, NULL, -1);
	struct procns_holder *b = add_holder(*state, NULL, PROCNS_HOLDER_IN_FLIGHT, NULL, -1);
	struct procns_holder *fd = add_holder(*state, NULL, PROCNS_HOLDER_FD, add_task(*state, 1, 1, NULL), 5);

	assert_int_equal(snapshot_cause(*state, a, b), 0);
	assert_int_equal(snapshot_cause(*state, a, fd), 0);
	assert_int_equal(snapshot_cause(*state, b, a), 0);
	assert_int_equal(snapshot_cause(*state, b, fd), 0);
	finish(*state);
	assert_int_equal(ns->nholders, 1);
	assert_int_equal(a->ncauses, 2);
	assert_ptr_equal(a->causes[0], b);
	assert_ptr_equal(a->causes[1], fd);
	assert_ptr_equal(b->causes[0], a);
	assert_ptr_equal(b->causes[1], fd);
	assert_int_equal(fd->ncauses, 0);
}

static void equal_gaps_are_one(void **state)
{
	assert_int_equal(snapshot_gap(*state, "%d of %d", 1, 2), 0);
	assert_int_equal(snapshot_gap(*state, "%s", "1 of 2"), 0);
	assert_int_equal(snapshot_gap(*state, "another"), 0);
	finish(*state);
	assert_int_equal(procns_snapshot_gaps(*state), 2);
	assert_string_equal(procns_snapshot_gap(*state, 0), "1 of 2");
	assert_string_equal(procns_snapshot_gap(*state, 1), "another");
	assert_null(procns_snapshot_gap(*state, 2));
}

static void the_kernels_own_are_known_by_number(void **state)
{
	assert_true(snapshot_ns(*state, PROCNS_USER, 0xEFFFFFFD)->initial);
	assert_true(snapshot_ns(*state, PROCNS_NET, 0xEFFFFFF9)->initial);
	assert_false(snapshot_ns(*state, PROCNS_NET, 0xEFFFFFFD)->initial);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(empty_is_fine),
		TEST(one_number_is_one_namespace),
		TEST(many_are_ordered_and_found),
		TEST(only_types_asked_for_are_listed),
		TEST(relatives_are_linked_back),
		TEST(members_are_counted_by_leaders),
		TEST(names_of_tasks_are_kept_whole),
		TEST(the_best_name_comes_first_and_once),
		TEST(the_nearest_holder_comes_first),
		TEST(causes_may_be_shared_and_circular),
		TEST(equal_gaps_are_one),
		TEST(the_kernels_own_are_known_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
