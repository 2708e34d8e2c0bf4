// SPDX-License-Identifier: GPL-2.0-or-later
/* The library on namespaces made for it on this machine, which needs root: what is seen of them, and every route to them. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "context.h"
#include "nsfs.h"
#include "open_route.h"
#include "type.h"
#include "util.h"

#define EVERYTHING (PROCNS_FACT_ID | PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_CREATOR | PROCNS_FACT_MEMBERS | \
		    PROCNS_FACT_NAMES | PROCNS_FACT_MAPS | PROCNS_FACT_HOLDERS)

/* A process in namespaces of its own, which ends with the test. */
struct place {
	pid_t pid;
};

static void write_file(const char *path, const char *text)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(1);
}

/* Runs in the child: flags, then what `prepare` does, then nothing. */
static struct place make_place(int flags, void (*prepare)(void))
{
	int ready[2];
	struct place place;
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	place.pid = fork();
	assert_true(place.pid >= 0);
	if (!place.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(flags))
			_exit(1);
		if (prepare)
			prepare();
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		fail_msg("the process in namespaces of its own failed");
	close(ready[0]);
	return place;
}

static void end_place(const struct place *place)
{
	kill(place->pid, SIGKILL);
	waitpid(place->pid, NULL, 0);
}

static uint32_t inum_of(pid_t pid, const char *name)
{
	enum procns_type type;
	uint32_t inum;
	char path[64], link[64] = "";

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	assert_true(readlink(path, link, sizeof(link) - 1) > 0);
	assert_int_equal(type_parse_name(link, &type, &inum), 0);
	return inum;
}

static int setup(void **state)
{
	struct procns *ctx;

	if (procns_new(&ctx) || procns_set_source(ctx, "proc"))
		return -1;
	*state = ctx;
	return 0;
}

static int teardown(void **state)
{
	procns_free(*state);
	return 0;
}

static void need_root(void)
{
	if (geteuid()) {
		print_message("needs root\n");
		skip();
	}
}

static struct procns_snapshot *take(struct procns *ctx, uint32_t want)
{
	const struct procns_query query = { .want = want };
	struct procns_snapshot *s;

	if (procns_snapshot(ctx, &query, &s))
		fail_msg("%s", procns_error(ctx));
	return s;
}

static const struct procns_ns *find(const struct procns_snapshot *s, enum procns_type type, uint32_t inum)
{
	const struct procns_ns *ns = procns_find(s, type, inum);

	if (!ns)
		fail_msg("%s:[%u] was not seen", procns_type_name(type), inum);
	return ns;
}

/* Takes one route alone. Returns what it did; a descriptor is checked and closed. */
static int route(struct procns *ctx, const struct procns_snapshot *s, const struct procns_ns *ns, open_route_function *open)
{
	char reason[512] = "";
	unsigned int descendants = 8;
	const struct open_request request = { ctx, s, ns, &descendants, reason, sizeof(reason) };
	int fd = open(&request);

	if (fd < 0) {
		print_message("%s\n", reason);
		return fd;
	}
	assert_true(namespace_is(fd, ns));
	close(fd);
	return 0;
}

static void expect_opens(struct procns *ctx, const struct procns_snapshot *s, const struct procns_ns *ns)
{
	int fd = procns_open_ns(ctx, s, ns);

	if (fd < 0)
		fail_msg("%s", procns_error(ctx));
	assert_true(namespace_is(fd, ns));
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}

static void expect_range(const struct procns_id_range *range, uint32_t inside, uint32_t outside, uint32_t count)
{
	assert_int_equal(range->inside, inside);
	assert_int_equal(range->outside, outside);
	assert_int_equal(range->count, count);
}

static void members_and_their_namespaces(void **state)
{
	struct place place;
	struct procns_snapshot *s;
	const struct procns_ns *uts;

	need_root();
	place = make_place(CLONE_NEWUTS, NULL);
	s = take(*state, EVERYTHING);
	uts = find(s, PROCNS_UTS, inum_of(place.pid, "uts"));
	assert_int_equal(uts->nprocs, 1);
	assert_int_equal(uts->first->pid, place.pid);
	assert_int_equal(uts->first->ppid, getpid());
	assert_true(uts->known & PROCNS_FACT_OWNER);
	assert_ptr_equal(uts->owner, find(s, PROCNS_USER, inum_of(getpid(), "user")));
	assert_int_equal(uts->nholders, 1);
	assert_int_equal(route(*state, s, uts, open_by_member), 0);
	expect_opens(*state, s, uts);
	end_place(&place);
	assert_true(route(*state, s, uts, open_by_member) < 0);
	assert_true(procns_open_ns(*state, s, uts) < 0);
	procns_snapshot_free(s);
}

static void descriptors_opened_by_any_path(void **state)
{
	struct place place;
	struct procns_snapshot *s;
	const struct procns_ns *uts;
	char path[64];
	uint32_t inum;
	int fd, opath;

	need_root();
	place = make_place(CLONE_NEWUTS, NULL);
	inum = inum_of(place.pid, "uts");
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", place.pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	opath = open(path, O_PATH | O_CLOEXEC);
	end_place(&place);

	s = take(*state, EVERYTHING);
	uts = find(s, PROCNS_UTS, inum);
	assert_int_equal(uts->nthreads, 0);
	assert_int_equal(uts->nholders, 2);
	assert_int_equal(uts->holders[0]->fd, fd);
	assert_int_equal(uts->holders[0]->flags, 0);
	assert_int_equal(uts->holders[1]->fd, opath);
	assert_int_equal(uts->holders[1]->flags, PROCNS_HOLDER_OPATH);
	assert_int_equal(route(*state, s, uts, open_by_descriptor), 0);
	assert_int_equal(route(*state, s, uts, open_by_member), -ENOENT);
	if (uts->id)
		assert_int_equal(route(*state, s, uts, open_by_handle), 0);
	expect_opens(*state, s, uts);
	close(fd);
	assert_int_equal(route(*state, s, uts, open_by_descriptor), 0);
	close(opath);
	assert_true(route(*state, s, uts, open_by_descriptor) < 0);
	procns_snapshot_free(s);
}

/* What was a descriptor of a namespace is one of a fifo by now: to open that would wait for ever. */
static void descriptors_may_change_meanwhile(void **state)
{
	struct procns_snapshot *s;
	const struct procns_ns *net;
	char directory[] = "/tmp/procns-unit-XXXXXX", path[64];
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fifo;

	need_root();
	s = take(*state, EVERYTHING);
	net = find(s, PROCNS_NET, inum_of(getpid(), "net"));
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/fifo", directory);
	assert_int_equal(mkfifo(path, 0600), 0);
	fifo = open(path, O_RDWR | O_CLOEXEC);
	unlink(path);
	rmdir(directory);
	assert_int_equal(dup3(fifo, fd, O_CLOEXEC), fd);
	close(fifo);
	for (size_t i = 0; i < net->nholders; i++)
		if (net->holders[i]->kind == PROCNS_HOLDER_FD && net->holders[i]->task->pid == getpid())
			assert_int_equal(net->holders[i]->fd, fd);
	assert_true(route(*state, s, net, open_by_descriptor) < 0);
	close(fd);
	procns_snapshot_free(s);
}

static void bind_its_uts(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("none", "/mnt", "tmpfs", 0, NULL))
		_exit(1);
	close(open("/mnt/a uts", O_CREAT | O_CLOEXEC, 0600));
	close(open("/mnt/hidden", O_CREAT | O_CLOEXEC, 0600));
	if (mount("/proc/self/ns/uts", "/mnt/a uts", NULL, MS_BIND, NULL) ||
	    mount("/proc/self/ns/uts", "/mnt/hidden", NULL, MS_BIND, NULL) ||
	    mount("/mnt/a uts", "/mnt/hidden", NULL, MS_BIND, NULL) ||
	    mount("/dev/null", "/mnt/hidden", NULL, MS_BIND, NULL) ||
	    unshare(CLONE_NEWUTS))
		_exit(1);
}

static void bind_mounts_in_other_mount_namespaces(void **state)
{
	struct place place;
	struct procns_snapshot *s;
	const struct procns_ns *uts = NULL;
	char name[64];

	need_root();
	place = make_place(CLONE_NEWNS | CLONE_NEWUTS, bind_its_uts);
	s = take(*state, EVERYTHING);
	snprintf(name, sizeof(name), "/proc/%d/root/mnt/a uts", place.pid);
	for (size_t i = 0; i < procns_count(s); i++)
		if (procns_at(s, i)->nnames && !strcmp(procns_at(s, i)->names[0], name))
			uts = procns_at(s, i);
	assert_non_null(uts);
	assert_int_equal(uts->type, PROCNS_UTS);
	assert_int_equal(uts->nthreads, 0);
	assert_true(uts->known & PROCNS_FACT_OWNER);

	/* A mount below another one holds, but is no name. */
	assert_int_equal(uts->nnames, 1);
	assert_int_equal(uts->nholders, 3);
	assert_int_equal(uts->holders[0]->kind, PROCNS_HOLDER_MOUNT);
	assert_int_equal(uts->holders[0]->mntns->inum, inum_of(place.pid, "mnt"));
	assert_int_equal(route(*state, s, uts, open_by_mount), 0);
	assert_int_equal(route(*state, s, uts, open_by_name), 0);
	expect_opens(*state, s, uts);
	end_place(&place);
	assert_true(procns_open_ns(*state, s, uts) < 0);
	assert_non_null(strstr(procns_error(*state), "a bind mount: "));
	procns_snapshot_free(s);
}

/* In a user namespace that maps 1000 ids of ours and one more; a child of its own maps one of those. */
static struct place make_nested(void)
{
	int made[2], mapped[2];
	struct place place;
	char byte, path[64];

	assert_int_equal(pipe2(made, O_CLOEXEC) || pipe2(mapped, O_CLOEXEC), 0);
	place.pid = fork();
	if (!place.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWUSER) || write(made[1], "", 1) != 1 || read(mapped[0], &byte, 1) != 1 ||
		    setresgid(0, 0, 0) || setresuid(0, 0, 0) || prctl(PR_SET_DUMPABLE, 1))
			_exit(1);
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (unshare(CLONE_NEWUSER))
				_exit(1);
			write_file("/proc/self/setgroups", "deny");
			write_file("/proc/self/uid_map", "20 0 1\n");
			write_file("/proc/self/gid_map", "30 0 1\n");
			if (write(made[1], "", 1) != 1)
				_exit(1);
		}
		for (;;)
			pause();
	}
	close(made[1]);
	assert_int_equal(read(made[0], &byte, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", place.pid);
	write_file(path, "0 100000 1000\n5000 7 1\n");
	snprintf(path, sizeof(path), "/proc/%d/gid_map", place.pid);
	write_file(path, "0 200000 1000\n");
	assert_int_equal(write(mapped[1], "", 1), 1);
	close(mapped[0]);
	close(mapped[1]);
	if (read(made[0], &byte, 1) != 1)
		fail_msg("the inner user namespace could not be made");
	close(made[0]);
	return place;
}

static void maps_are_told_in_ids_of_the_parent(void **state)
{
	struct place place;
	struct procns_snapshot *s;
	const struct procns_ns *outer, *inner;

	need_root();
	place = make_nested();
	s = take(*state, EVERYTHING);
	outer = find(s, PROCNS_USER, inum_of(place.pid, "user"));
	assert_int_equal(outer->nchildren, 1);
	inner = outer->children[0];
	assert_true(outer->known & inner->known & PROCNS_FACT_MAPS);
	assert_int_equal(outer->nuid_map, 2);
	expect_range(&outer->uid_map[0], 0, 100000, 1000);
	expect_range(&outer->uid_map[1], 5000, 7, 1);
	expect_range(&outer->gid_map[0], 0, 200000, 1000);
	assert_int_equal(inner->nuid_map, 1);
	expect_range(&inner->uid_map[0], 20, 0, 1);
	expect_range(&inner->gid_map[0], 30, 0, 1);
	assert_int_equal(inner->creator_uid, 100000);
	assert_ptr_equal(inner->parent, outer);
	assert_ptr_equal(inner->owner, outer);

	/* The kernel leads from a child to its parent. */
	assert_int_equal(route(*state, s, outer, open_by_descendant), 0);
	procns_snapshot_free(s);
	end_place(&place);
}

static void net_namespaces_have_numbers_for_each_other(void **state)
{
	struct place place;
	struct procns_snapshot *s;
	const struct procns_ns *net;

	need_root();
	place = make_place(CLONE_NEWNET, NULL);
	s = take(*state, PROCNS_FACT_NETNSID);
	net = find(s, PROCNS_NET, inum_of(place.pid, "net"));
	assert_true(net->known & PROCNS_FACT_NETNSID);
	assert_int_equal(net->netnsid, PROCNS_NETNSID_UNASSIGNED);
	assert_false(find(s, PROCNS_UTS, inum_of(place.pid, "uts"))->known & PROCNS_FACT_NETNSID);
	procns_snapshot_free(s);
	end_place(&place);
}

static void nobody_is_told_less_without_a_word(void **state)
{
	struct procns_snapshot *s;
	bool said = false;
	int status;
	pid_t pid;

	need_root();
	pid = fork();
	if (!pid) {
		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(2);
		s = take(*state, PROCNS_FACT_MEMBERS);
		for (size_t i = 0; i < procns_snapshot_gaps(s); i++)
			said |= !!strstr(procns_snapshot_gap(s, i), "processes may not be read");
		procns_snapshot_free(s);
		procns_free(*state);
		_exit(said ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void auto_falls_back_and_says_so(void **state)
{
	struct procns_source_status status;
	struct procns_snapshot *s;
	bool bpf = false;
	size_t i;

	assert_int_equal(procns_set_source(*state, NULL), 0);
	for (i = 0; !procns_source_status(*state, i, &status); i++) {
		assert_true(status.available || (status.reason && *status.reason));
		bpf |= status.available && !strcmp(status.name, "bpf");
	}
	assert_in_range(i, 3, 4);
	assert_int_equal(procns_source_status(*state, i, &status), -ERANGE);
	s = take(*state, PROCNS_FACT_OWNER);
	assert_string_equal(procns_error(*state), "");
	if (bpf)
		assert_string_equal(procns_snapshot_source(s), "bpf");
	else if (strcmp(procns_snapshot_source(s), "dir"))
		assert_true(procns_snapshot_gaps(s) > 0);
	procns_snapshot_free(s);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(members_and_their_namespaces),
		TEST(descriptors_opened_by_any_path),
		TEST(descriptors_may_change_meanwhile),
		TEST(bind_mounts_in_other_mount_namespaces),
		TEST(maps_are_told_in_ids_of_the_parent),
		TEST(net_namespaces_have_numbers_for_each_other),
		TEST(nobody_is_told_less_without_a_word),
		TEST(auto_falls_back_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
