// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A snapshot for which memory or descriptors run out fails, says so and leaks nothing, wherever that happens: it is never a
 * smaller snapshot. Linked so that the library's allocations pass here (-Wl,--wrap).
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "context.h"
#include "failing_memory.h"
#include "fake_proc.h"
#include "util.h"

#define WANT (PROCNS_FACT_MEMBERS | PROCNS_FACT_NAMES | PROCNS_FACT_HOLDERS | PROCNS_FACT_MAPS | PROCNS_FACT_OWNER)

/* Enough of everything for vectors, indexes and arenas to grow. */
static void fill_up(const struct fake_proc *fake)
{
	static char mountinfo[64 * 1024], line[256], path[64];

	snprintf(mountinfo, sizeof(mountinfo), "22 1 254:0 / / rw - ext4 /dev/vda rw\n23 22 0:20 / %s rw - proc proc rw,hidepid=2\n",
		 fake->root);
	for (int i = 0; i < 200; i++) {
		snprintf(line, sizeof(line), "%d 22 0:4 net:[%d] /run/netns/%d rw - nsfs nsfs rw\n", 100 + i, 5000 + i, i);
		strcat(mountinfo, line);
	}
	fake_file(fake, "100/task/100/mountinfo", mountinfo);
	fake_file(fake, "100/task/100/uid_map", "0 0 4294967295\n");
	fake_file(fake, "100/task/100/gid_map", "0 0 4294967295\n");
	for (int pid = 200; pid < 240; pid++) {
		snprintf(line, sizeof(line), "net:[%d] mnt:[%d] user:[%d] pid_for_children:[%d]", 6000 + pid, 7000 + pid, 8000 + pid,
			 9000 + pid);
		fake_process(fake, pid, 100, "process", line);
		snprintf(path, sizeof(path), "%d/task/%d/mountinfo", pid, pid);
		fake_file(fake, path, "32 1 254:0 / / rw - ext4 /dev/vda rw\n33 32 0:4 net:[5000] /here rw - nsfs nsfs rw\n");
		snprintf(path, sizeof(path), "%d/fd/5", pid);
		fake_link(fake, path, "uts:[5001]");
		fake_thread(fake, pid, pid + 1000, "thread", "net:[5002]");
	}
}

/* All that a snapshot tells, in one number and some counts. */
struct digest {
	size_t namespaces, tasks, names, holders, maps, owned, gaps;
	uint64_t numbers;
};

static struct digest digest_of(const struct procns_snapshot *s)
{
	struct digest digest = {
		.namespaces = procns_count(s),
		.tasks = procns_task_count(s),
		.gaps = procns_snapshot_gaps(s),
	};

	for (size_t i = 0; i < procns_count(s); i++) {
		const struct procns_ns *ns = procns_at(s, i);

		digest.names += ns->nnames;
		digest.holders += ns->nholders;
		digest.maps += ns->nuid_map + ns->ngid_map;
		digest.owned += ns->nowned + ns->nthreads + ns->known;
		digest.numbers = digest.numbers * 31 + ns->inum;
	}
	return digest;
}

static int take(struct fake_proc *fake, struct digest *digest)
{
	const struct procns_query query = { .want = WANT };
	struct procns_snapshot *s;
	int err = procns_snapshot(fake->ctx, &query, &s);

	if (err) {
		assert_null(s);
		return err;
	}
	*digest = digest_of(s);
	procns_snapshot_free(s);
	return 0;
}

static void expect_same(const struct digest *expected, const struct digest *got)
{
	assert_int_equal(got->namespaces, expected->namespaces);
	assert_int_equal(got->tasks, expected->tasks);
	assert_int_equal(got->names, expected->names);
	assert_int_equal(got->holders, expected->holders);
	assert_int_equal(got->maps, expected->maps);
	assert_int_equal(got->owned, expected->owned);
	assert_int_equal(got->gaps, expected->gaps);
	assert_true(got->numbers == expected->numbers);
}

static void memory_may_run_out_anywhere(void **state)
{
	struct fake_proc *fake = *state;
	struct digest expected = { 0 }, got = { 0 };
	size_t refused = 0;
	long live_before;
	int err;

	fill_up(fake);
	assert_int_equal(procns_set_source(fake->ctx, "proc"), 0);
	assert_int_equal(take(fake, &expected), 0);
	assert_true(expected.namespaces > 350 && expected.tasks > 80 && expected.names > 230 && expected.holders > 900);
	live_before = allocations_alive();
	do {
		allow_allocations(refused);
		err = take(fake, &got);
		allow_allocations(SIZE_MAX);
		assert_int_equal(allocations_alive(), live_before);
		if (err) {
			assert_int_equal(err, -ENOMEM);
			assert_non_null(strstr(procns_error(fake->ctx), "memory"));
			refused++;
		}
	} while (err);
	assert_true(refused > 20);
	expect_same(&expected, &got);
}

static void a_context_needs_memory(void **state)
{
	struct procns *ctx = (struct procns *)1;

	(void)state;
	allow_allocations(0);
	assert_int_equal(procns_new(&ctx), -ENOMEM);
	allow_allocations(SIZE_MAX);
	assert_null(ctx);
}

static void descriptors_may_run_out_anywhere(void **state)
{
	struct fake_proc *fake = *state;
	struct digest expected = { 0 }, got = { 0 };
	struct rlimit limit;
	int first_free = dup(0), refused = 0, err;
	rlim_t before;

	close(first_free);
	fill_up(fake);
	assert_int_equal(procns_set_source(fake->ctx, "proc"), 0);
	assert_int_equal(take(fake, &expected), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	before = limit.rlim_cur;
	do {
		limit.rlim_cur = first_free + refused;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
		err = take(fake, &got);
		limit.rlim_cur = before;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
		if (err) {
			assert_int_equal(err, -EMFILE);
			assert_non_null(strstr(procns_error(fake->ctx), "Too many open files"));
			refused++;
		}
		assert_int_equal(dup(0), first_free);
		close(first_free);
	} while (err && refused < 100);
	assert_true(refused > 2);
	expect_same(&expected, &got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(memory_may_run_out_anywhere, fake_proc_make, fake_proc_unmake),
		cmocka_unit_test_setup_teardown(descriptors_may_run_out_anywhere, fake_proc_make, fake_proc_unmake),
		cmocka_unit_test(a_context_needs_memory),
	};

	fake_proc_drop_root();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
