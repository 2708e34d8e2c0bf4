// SPDX-License-Identifier: GPL-2.0-or-later
/* The proc source, and what it says it could not see, on a /proc made for it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "context.h"
#include "fake_proc.h"
#include "util.h"

static struct procns_snapshot *take(const struct fake_proc *fake, uint32_t want, uint32_t types)
{
	const struct procns_query query = { .want = want, .types = types };
	struct procns_snapshot *s;

	assert_int_equal(procns_set_source(fake->ctx, "proc"), 0);
	if (procns_snapshot(fake->ctx, &query, &s))
		fail_msg("%s", procns_error(fake->ctx));
	assert_string_equal(procns_snapshot_source(s), "proc");
	return s;
}

static const struct procns_ns *find(const struct procns_snapshot *s, enum procns_type type, uint32_t inum)
{
	const struct procns_ns *ns = procns_find(s, type, inum);

	if (!ns)
		fail_msg("%s:[%u] was not seen", procns_type_name(type), inum);
	return ns;
}

static bool has_gap(const struct procns_snapshot *s, const char *part)
{
	for (size_t i = 0; i < procns_snapshot_gaps(s); i++)
		if (strstr(procns_snapshot_gap(s, i), part))
			return true;
	return false;
}

static void processes_and_threads_are_members(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;
	const struct procns_ns *net, *thread_net;

	fake_process(fake, 200, 100, "server", "net:[500]");
	fake_thread(fake, 200, 201, "worker", "net:[501]");
	fake_process(fake, 300, 200, "cl(ie)n t", "net:[500]");
	s = take(fake, PROCNS_FACT_MEMBERS, 0);
	net = find(s, PROCNS_NET, 500);
	thread_net = find(s, PROCNS_NET, 501);

	assert_int_equal(procns_task_count(s), 5);
	assert_int_equal(net->nprocs, 2);
	assert_int_equal(net->nthreads, 2);
	assert_int_equal(net->first->pid, 200);
	assert_int_equal(net->first->ppid, 100);
	assert_int_equal(net->first->uid, geteuid());
	assert_string_equal(net->members[1]->comm, "cl(ie)n t");
	assert_int_equal(thread_net->nprocs, 0);
	assert_int_equal(thread_net->nthreads, 1);
	assert_int_equal(thread_net->first->tid, 201);
	assert_int_equal(thread_net->first->ppid, 100);
	assert_string_equal(thread_net->first->comm, "worker");
	assert_true(net->known & PROCNS_FACT_MEMBERS);
	assert_int_equal(find(s, PROCNS_UTS, 4026531838)->nthreads, 5);
	procns_snapshot_free(s);
}

static void namespaces_for_children_are_seen(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;

	fake_process(fake, 200, 100, "init", "pid_for_children:[600] time_for_children:[601]");
	s = take(fake, PROCNS_FACT_MEMBERS | PROCNS_FACT_HOLDERS, 0);
	assert_int_equal(find(s, PROCNS_PID, 600)->nthreads, 0);
	assert_int_equal(find(s, PROCNS_TIME, 601)->nthreads, 0);
	for (size_t i = 0; i < procns_task_count(s); i++) {
		const struct procns_task *task = procns_task_at(s, i);

		if (task->tid != 200)
			continue;
		assert_ptr_equal(task->pid_for_children, find(s, PROCNS_PID, 600));
		assert_ptr_equal(task->time_for_children, find(s, PROCNS_TIME, 601));
		assert_int_equal(task->ns[PROCNS_PID]->inum, 4026531836);
	}
	assert_int_equal(find(s, PROCNS_PID, 600)->nholders, 1);
	assert_int_equal(find(s, PROCNS_PID, 600)->holders[0]->kind, PROCNS_HOLDER_FOR_CHILDREN);
	assert_int_equal(find(s, PROCNS_PID, 600)->holders[0]->task->pid, 200);
	procns_snapshot_free(s);
}

static void descriptors_are_seen(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;
	const struct procns_holder *holder;

	fake_process(fake, 200, 100, "manager", "");
	fake_link(fake, "200/fd/17", "net:[700]");
	fake_link(fake, "200/fd/18", "socket:[701]");
	fake_link(fake, "200/fd/19", "/tmp/net:[702]");
	fake_link(fake, "200/fd/20", "net:[703] (deleted)");
	s = take(fake, PROCNS_FACT_HOLDERS, 0);
	holder = find(s, PROCNS_NET, 700)->holders[0];
	assert_int_equal(find(s, PROCNS_NET, 700)->nholders, 1);
	assert_int_equal(holder->kind, PROCNS_HOLDER_FD);
	assert_int_equal(holder->fd, 17);
	assert_int_equal(holder->task->pid, 200);
	assert_null(procns_find(s, PROCNS_NET, 701));
	assert_null(procns_find(s, PROCNS_NET, 702));
	assert_null(procns_find(s, PROCNS_NET, 703));
	procns_snapshot_free(s);
}

static void bind_mounts_of_all_mount_namespaces_are_seen(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;
	const struct procns_ns *net;

	fake_file(fake, "100/task/100/mountinfo",
		  "22 1 254:0 / / rw - ext4 /dev/vda rw\n"
		  "23 22 0:4 net:[800] /run/netns/blue rw - nsfs nsfs rw\n"
		  "24 22 0:4 uts:[801] /tmp/with\\040blank rw shared:2 - nsfs nsfs rw\n"
		  "25 22 0:4 /net:[802] /elsewhere rw - tmpfs net:[802] rw\n");
	fake_process(fake, 200, 100, "container", "mnt:[900]");
	fake_file(fake, "200/task/200/mountinfo",
		  "32 1 254:0 / / rw - ext4 /dev/vda rw\n"
		  "33 32 0:4 net:[800] /inside rw - nsfs nsfs rw\n"
		  "34 32 0:4 net:[803] /only/inside rw - nsfs nsfs rw\n");
	s = take(fake, PROCNS_FACT_NAMES | PROCNS_FACT_HOLDERS, 0);
	net = find(s, PROCNS_NET, 800);
	assert_int_equal(net->nnames, 2);
	assert_string_equal(net->names[0], "/run/netns/blue");
	assert_string_equal(net->names[1], "/proc/200/root/inside");
	assert_int_equal(net->nholders, 2);
	assert_int_equal(net->holders[0]->kind, PROCNS_HOLDER_MOUNT);
	assert_string_equal(net->holders[0]->path, "/run/netns/blue");
	assert_int_equal(net->holders[0]->mntns->inum, 4026531841);
	assert_string_equal(net->holders[1]->path, "/inside");
	assert_int_equal(net->holders[1]->mntns->inum, 900);
	assert_string_equal(find(s, PROCNS_UTS, 801)->names[0], "/tmp/with blank");
	assert_string_equal(find(s, PROCNS_NET, 803)->names[0], "/proc/200/root/only/inside");
	assert_null(procns_find(s, PROCNS_NET, 802));
	assert_false(has_gap(s, "bind mounts in"));
	procns_snapshot_free(s);
}

/* Who sees no "/" is in a chroot, and sees part of the mounts alone. */
static void a_chroot_is_not_the_whole_mount_namespace(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;

	fake_process(fake, 200, 100, "jailed", "mnt:[900]");
	fake_file(fake, "200/task/200/mountinfo", "33 32 0:4 net:[800] /jail/net rw - nsfs nsfs rw\n");
	fake_process(fake, 201, 100, "free", "mnt:[900]");
	fake_file(fake, "201/task/201/mountinfo",
		  "32 1 254:0 / / rw - ext4 /dev/vda rw\n"
		  "34 32 0:4 net:[801] /net rw - nsfs nsfs rw\n");
	s = take(fake, PROCNS_FACT_NAMES, 0);
	assert_string_equal(find(s, PROCNS_NET, 801)->names[0], "/proc/201/root/net");
	procns_snapshot_free(s);
}

static void unread_mount_namespaces_are_counted(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;

	fake_process(fake, 200, 100, "no mountinfo", "mnt:[900]");
	fake_link(fake, "100/fd/3", "mnt:[901]");
	s = take(fake, PROCNS_FACT_NAMES, 0);
	assert_true(has_gap(s, "bind mounts in 2 mount namespaces"));
	procns_snapshot_free(s);
}

static void refused_processes_are_counted(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;

	fake_process(fake, 200, 100, "secret", "net:[500]");
	fake_process(fake, 201, 100, "secret too", "net:[501]");
	fake_refusal(fake, "200/ns");
	fake_refusal(fake, "201/ns");
	s = take(fake, PROCNS_FACT_MEMBERS, 0);
	assert_true(has_gap(s, "2 of 4 processes may not be read"));
	assert_null(procns_find(s, PROCNS_NET, 500));
	assert_int_equal(procns_task_count(s), 4);
	assert_null(procns_task_at(s, 3)->ns[PROCNS_NET]);
	assert_string_equal(procns_task_at(s, 3)->comm, "secret too");
	procns_snapshot_free(s);
}

/* Whatever of a process is gone already is no gap. */
static void processes_may_vanish_half_way(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;
	size_t gaps;

	s = take(fake, PROCNS_FACT_MEMBERS, 0);
	gaps = procns_snapshot_gaps(s);
	procns_snapshot_free(s);
	fake_directory(fake, "200");
	fake_directory(fake, "201");
	fake_file(fake, "201/stat", "201 (dying");
	fake_directory(fake, "202");
	fake_file(fake, "202/stat", "202 (zombie) Z 100 1 1\n");
	fake_directory(fake, "202/ns");
	fake_link(fake, "202/ns/user", "user:[4026531837]");
	s = take(fake, PROCNS_FACT_MEMBERS | PROCNS_FACT_HOLDERS, 0);
	assert_int_equal(procns_task_count(s), 3);
	assert_int_equal(find(s, PROCNS_USER, 4026531837)->nprocs, 3);
	assert_int_equal(find(s, PROCNS_NET, 4026531840)->nprocs, 2);
	assert_int_equal(procns_snapshot_gaps(s), gaps + 1);
	assert_true(has_gap(s, "holders other than"));
	procns_snapshot_free(s);
}

static void nonsense_in_links_is_left_out(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;
	size_t count;

	s = take(fake, 0, 0);
	count = procns_count(s);
	procns_snapshot_free(s);
	fake_process(fake, 200, 100, "odd", "net:[01] uts:[99999999999] ipc:[] mnt:5");
	fake_link(fake, "200/ns/user", "net:[5]");
	s = take(fake, 0, 0);
	assert_int_equal(procns_count(s), count);
	procns_snapshot_free(s);
}

static void only_types_asked_for_are_listed(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;

	fake_process(fake, 200, 100, "server", "net:[500] uts:[501]");
	s = take(fake, PROCNS_FACT_MEMBERS, 1u << PROCNS_NET);
	assert_int_equal(procns_count(s), 2);
	assert_int_equal(procns_at(s, 0)->inum, 500);
	procns_snapshot_free(s);
}

static void the_first_namespaces_are_told_by_the_kernels_threads(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;

	fake_process(fake, 200, 100, "server", "net:[500] mnt:[501]");
	s = take(fake, 0, 0);
	assert_true(find(s, PROCNS_NET, 4026531840)->initial);
	assert_true(find(s, PROCNS_MNT, 4026531841)->initial);
	assert_false(find(s, PROCNS_NET, 500)->initial);
	assert_false(has_gap(s, "processes outside"));
	procns_snapshot_free(s);
}

static void inside_a_container_the_rest_is_missing(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;

	fake_link(fake, "100/ns/pid", "pid:[4026532999]");
	s = take(fake, 0, 0);
	assert_true(has_gap(s, "processes outside pid:[4026532999] can't be seen"));
	assert_false(find(s, PROCNS_NET, 4026531840)->initial);
	procns_snapshot_free(s);
}

static void expect_hidepid(const struct fake_proc *fake, const char *options, bool hides)
{
	struct procns_snapshot *s;
	char line[256];

	snprintf(line, sizeof(line), "22 1 0:20 / %s rw - proc proc %s\n", fake->root, options);
	fake_file(fake, "100/task/100/mountinfo", line);
	s = take(fake, 0, 0);
	if (has_gap(s, "hidepid") != hides)
		fail_msg("%s: %s", options, hides ? "nothing is said" : "said to hide processes");
	procns_snapshot_free(s);
}

static void hidden_processes_are_told(void **state)
{
	char in_group[64], not_in_group[64];

	snprintf(in_group, sizeof(in_group), "rw,gid=%u,hidepid=invisible", getegid());
	snprintf(not_in_group, sizeof(not_in_group), "rw,hidepid=2,gid=%u", getegid() + 1);
	expect_hidepid(*state, "rw", false);
	expect_hidepid(*state, "rw,hidepid=off", false);
	expect_hidepid(*state, "rw,hidepid=1", false);
	expect_hidepid(*state, "rw,hidepid=2", true);
	expect_hidepid(*state, "rw,hidepid=invisible", true);
	expect_hidepid(*state, "rw,hidepid=ptraceable,subset=pid", true);
	expect_hidepid(*state, in_group, false);
	expect_hidepid(*state, not_in_group, true);
}

static void maps_are_told_in_ids_of_the_parent(void **state)
{
	const struct fake_proc *fake = *state;
	struct procns_snapshot *s;
	const struct procns_ns *user;

	fake_file(fake, "100/task/100/uid_map", "         0          0 4294967295\n");
	fake_file(fake, "100/task/100/gid_map", "         0          0 4294967295\n");
	fake_process(fake, 200, 100, "mapped", "user:[500]");
	fake_file(fake, "200/task/200/uid_map", "         0     100000      65536\n     65536       7777          1\n");
	fake_file(fake, "200/task/200/gid_map", "         0     200000      65536\n");
	fake_process(fake, 201, 100, "not mapped", "user:[501]");
	s = take(fake, PROCNS_FACT_MAPS, 0);
	user = find(s, PROCNS_USER, 4026531837);
	assert_true(user->known & PROCNS_FACT_MAPS);
	assert_int_equal(user->nuid_map, 1);
	assert_int_equal(user->uid_map[0].count, UINT32_MAX);
	/* Dangling links tell no parents, without which nobody knows whose ids 100000 and up are. */
	assert_false(find(s, PROCNS_USER, 500)->known & PROCNS_FACT_MAPS);
	assert_true(has_gap(s, "id maps of 2 user namespaces"));
	procns_snapshot_free(s);
}

static void without_proc_nothing_works(void **state)
{
	struct fake_proc *fake = *state;
	struct procns_snapshot *s;

	procns_set_source(fake->ctx, "proc");
	fake->ctx->proc_root = "/nonexistent";
	assert_int_equal(procns_snapshot(fake->ctx, NULL, &s), -ENOENT);
	assert_null(s);
	assert_non_null(strstr(procns_error(fake->ctx), "/nonexistent"));
	fake->ctx->proc_root = "/tmp";
	assert_int_equal(procns_snapshot(fake->ctx, NULL, &s), -ENOENT);
	assert_non_null(strstr(procns_error(fake->ctx), "mount proc on /tmp"));
	fake->ctx->proc_root = fake->root;
}

static void an_unknown_source_is_refused(void **state)
{
	struct fake_proc *fake = *state;

	assert_int_equal(procns_set_source(fake->ctx, "magic"), -EINVAL);
	assert_non_null(strstr(procns_error(fake->ctx), "'magic'"));
	assert_int_equal(procns_set_source(fake->ctx, "auto"), 0);
	assert_int_equal(procns_set_source(fake->ctx, NULL), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fake_proc_make, fake_proc_unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(processes_and_threads_are_members),
		TEST(namespaces_for_children_are_seen),
		TEST(descriptors_are_seen),
		TEST(bind_mounts_of_all_mount_namespaces_are_seen),
		TEST(a_chroot_is_not_the_whole_mount_namespace),
		TEST(unread_mount_namespaces_are_counted),
		TEST(refused_processes_are_counted),
		TEST(processes_may_vanish_half_way),
		TEST(nonsense_in_links_is_left_out),
		TEST(only_types_asked_for_are_listed),
		TEST(the_first_namespaces_are_told_by_the_kernels_threads),
		TEST(inside_a_container_the_rest_is_missing),
		TEST(hidden_processes_are_told),
		TEST(maps_are_told_in_ids_of_the_parent),
		TEST(without_proc_nothing_works),
		TEST(an_unknown_source_is_refused),
	};

	fake_proc_drop_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
