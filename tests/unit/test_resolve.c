// SPDX-License-Identifier: GPL-2.0-or-later
/* Every way to write a namespace, and what is said to those that are none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "context.h"
#include "fake_proc.h"
#include "util.h"

struct fixture {
	struct fake_proc *fake;
	struct procns_snapshot *s;
	struct procns_ns *net, *pid;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (fake_proc_make((void **)&f->fake))
		return -1;
	f->s = snapshot_new("test");
	f->net = snapshot_ns(f->s, PROCNS_NET, 4026532133);
	f->net->id = 17;
	f->pid = snapshot_ns(f->s, PROCNS_PID, 4026532134);
	if (snapshot_finish(f->s))
		return -1;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	procns_snapshot_free(f->s);
	fake_proc_unmake((void **)&f->fake);
	free(f);
	return 0;
}

static void expect(struct fixture *f, const char *text, const struct procns_ns *expected)
{
	const struct procns_ns *ns;
	int err = procns_resolve(f->fake->ctx, f->s, text, &ns);

	if (err)
		fail_msg("%s: %s", text, procns_error(f->fake->ctx));
	assert_ptr_equal(ns, expected);
}

static void expect_error(struct fixture *f, const char *text, int expected, const char *said)
{
	const struct procns_ns *ns = f->net;

	assert_int_equal(procns_resolve(f->fake->ctx, f->s, text, &ns), expected);
	assert_null(ns);
	if (!strstr(procns_error(f->fake->ctx), said))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, procns_error(f->fake->ctx), said);
}

static void names_numbers_and_ids(void **state)
{
	struct fixture *f = *state;

	expect(f, "net:[4026532133]", f->net);
	expect(f, "pid:[4026532134]", f->pid);
	expect(f, "4026532133", f->net);
	expect(f, "4026532134", f->pid);
	expect(f, "id:17", f->net);
}

static void what_is_not_there(void **state)
{
	struct fixture *f = *state;

	expect_error(f, "net:[1]", -ENOENT, "no namespace net:[1]");
	expect_error(f, "uts:[4026532133]", -ENOENT, "no namespace uts:[4026532133]");
	expect_error(f, "1", -ENOENT, "no namespace 1");
	expect_error(f, "18446744073709551615", -ENOENT, "no namespace 18446744073709551615");
	expect_error(f, "4311499429", -ENOENT, "no namespace 4311499429");	/* 2^32 more than net's */
	expect_error(f, "id:0", -ENOENT, "no namespace id:0");
	expect_error(f, "id:18", -ENOENT, "no namespace id:18");
}

static void what_is_no_such_text(void **state)
{
	static const char *const texts[] = { "", " ", "net", "net:", "net:1", "nets:[1]", "-1", "01", "1x", "id", "blue" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		expect_error(f, texts[i], -EINVAL, "names no namespace");
	expect_error(f, "id:", -EINVAL, "an id is a decimal number");
	expect_error(f, "id:x", -EINVAL, "an id is a decimal number");
	expect_error(f, "pid:[x]", -EINVAL, "names no namespace");
}

static void processes(void **state)
{
	struct fixture *f = *state;

	fake_process(f->fake, 200, 100, "server", "net:[4026532133] pid_for_children:[4026532134] uts:[5]");
	expect(f, "pid:200/net", f->net);
	expect(f, "pid:200/pid_for_children", f->pid);
	expect_error(f, "pid:200/uts", -ENOENT, "is uts:[5], which is not in the list");
	expect_error(f, "pid:201/net", -ENOENT, "no such process");
	expect_error(f, "pid:200/nonsense", -EINVAL, "pid:PID/TYPE");
	expect_error(f, "pid:200/", -EINVAL, "pid:PID/TYPE");
	expect_error(f, "pid:200", -EINVAL, "pid:PID/TYPE");
	expect_error(f, "pid:0/net", -EINVAL, "pid:PID/TYPE");
	expect_error(f, "pid:-1/net", -EINVAL, "pid:PID/TYPE");
	expect_error(f, "pid:99999999999/net", -EINVAL, "pid:PID/TYPE");
	expect_error(f, "pid:200/../100/ns/net", -EINVAL, "pid:PID/TYPE");
}

static void paths(void **state)
{
	struct fixture *f = *state;
	char path[128];

	expect_error(f, "/nonexistent/x", -ENOENT, "cannot open /nonexistent/x");
	expect_error(f, "/dev/null", -EINVAL, "/dev/null is not a namespace");
	expect_error(f, "/", -EINVAL, "/ is not a namespace");
	expect_error(f, "/proc/self/ns/net", -ENOENT, "which is not in the list");

	/* Nobody will ever write to it: opening it for reading would hang. */
	snprintf(path, sizeof(path), "%s/fifo", f->fake->root);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_error(f, path, -EINVAL, "is not a namespace");
}

static void a_path_leads_to_what_is_listed(void **state)
{
	struct fixture *f = *state;
	struct procns_snapshot *s;
	const struct procns_ns *ns;
	struct procns *ctx;
	char link[64] = "", name[64];

	(void)f;
	assert_int_equal(procns_new(&ctx), 0);
	assert_int_equal(procns_set_source(ctx, "proc"), 0);
	assert_int_equal(procns_snapshot(ctx, NULL, &s), 0);
	assert_int_equal(procns_resolve(ctx, s, "/proc/self/ns/uts", &ns), 0);
	assert_true(readlink("/proc/self/ns/uts", link, sizeof(link) - 1) > 0);
	snprintf(name, sizeof(name), "%s:[%u]", procns_type_name(ns->type), ns->inum);
	assert_string_equal(name, link);
	procns_snapshot_free(s);
	procns_free(ctx);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_numbers_and_ids),
		TEST(what_is_not_there),
		TEST(what_is_no_such_text),
		TEST(processes),
		TEST(paths),
		TEST(a_path_leads_to_what_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
