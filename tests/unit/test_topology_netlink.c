// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Netlink as topologies ask it, against a kernel that is made up: dumps that change or lose messages while they are read, errors in
 * every place an answer can have one, messages that are cut or damaged.
 */
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_kernel.h"
#include "link.h"

/* A reader that adds up what it is told. */
struct sum {
	int sum, begun, fail_at;
};

static void begin(void *arg)
{
	struct sum *sum = arg;

	sum->sum = 0;
	sum->begun++;
}

static int add(const struct nlmsghdr *message, void *arg)
{
	struct sum *sum = arg;
	int number = ((const struct ifinfomsg *)mnl_nlmsg_get_payload(message))->ifi_index;

	sum->sum += number;
	return number == sum->fail_at ? -ENOMEM : 0;
}

static int dump(struct sum *sum, void (*answer)(const struct nlmsghdr *request))
{
	const struct netlink_reader reader = { .begin = begin, .message = add, .arg = sum };
	struct netlink nl = { .fd = -1 };
	struct netlink_request request;
	int err;

	assert_int_equal(netlink_open(&nl, NETLINK_ROUTE), 0);
	memset(&kernel, 0, sizeof(kernel));
	kernel.on = true;
	kernel.answer = answer;
	err = netlink_dump(&nl, netlink_request(&request, RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg)), &reader);
	kernel.on = false;
	netlink_free(&nl);
	return err;
}

static void answer_plainly(const struct nlmsghdr *request)
{
	say_number(request, 0, 1);
	say_number(request, 0, 2);
	say_done(request, 0);
}

static void dump_reads_all(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	assert_int_equal(dump(&sum, answer_plainly), 0);
	assert_int_equal(sum.sum, 3);
	assert_int_equal(sum.begun, 1);
}

static void answer_changing_twice(const struct nlmsghdr *request)
{
	say_number(request, kernel.requests <= 2 ? NLM_F_DUMP_INTR : 0, (int)kernel.requests);
	say_done(request, 0);
}

static void changed_dump_is_read_again(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	assert_int_equal(dump(&sum, answer_changing_twice), 0);
	assert_int_equal(sum.sum, 3);
	assert_int_equal(sum.begun, 3);
}

static void answer_changing_for_ever(const struct nlmsghdr *request)
{
	say_number(request, NLM_F_DUMP_INTR, 5);
	say_done(request, 0);
}

static void dump_that_never_holds_still_is_told(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	assert_int_equal(dump(&sum, answer_changing_for_ever), -EAGAIN);
	assert_int_equal(sum.sum, 5);
	assert_int_equal(sum.begun, NETLINK_TRIES);
}

static void answer_losing_once(const struct nlmsghdr *request)
{
	if (kernel.requests == 1)
		say_error(ENOBUFS);
	say_number(request, 0, 4);
	say_done(request, 0);
}

static void lost_messages_are_read_again(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	assert_int_equal(dump(&sum, answer_losing_once), 0);
	assert_int_equal(sum.sum, 4);
	assert_int_equal(sum.begun, 2);
}

static void answer_losing_always(const struct nlmsghdr *request)
{
	say_error(ENOBUFS);
	say_done(request, 0);
}

static void messages_lost_every_time_are_told(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	assert_int_equal(dump(&sum, answer_losing_always), -ENOBUFS);
	assert_int_equal(sum.begun, NETLINK_TRIES);
}

static void answer_nothing_but_loss(const struct nlmsghdr *request)
{
	(void)request;
	while (kernel.count < MOST_DATAGRAMS)
		say_error(ENOBUFS);
}

/* No end ever comes. */
static void an_end_that_is_lost_is_not_waited_for(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	assert_int_equal(dump(&sum, answer_nothing_but_loss), -ENOBUFS);
	assert_int_equal(kernel.requests, 1);
}

static void answer_interrupted(const struct nlmsghdr *request)
{
	say_error(EINTR);
	say_number(request, 0, 6);
	say_error(EINTR);
	say_done(request, 0);
}

static void signals_change_nothing(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	assert_int_equal(dump(&sum, answer_interrupted), 0);
	assert_int_equal(sum.sum, 6);
}

static void answer_error(const struct nlmsghdr *request)
{
	*(int *)mnl_nlmsg_get_payload(say(request, NLMSG_ERROR, 0, sizeof(struct nlmsgerr))) = -EPERM;
}

static void answer_late_error(const struct nlmsghdr *request)
{
	say_number(request, 0, 6);
	say_done(request, -EOPNOTSUPP);
}

static void errors_are_told(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	assert_int_equal(dump(&sum, answer_error), -EPERM);
	assert_int_equal(dump(&sum, answer_late_error), -EOPNOTSUPP);
}

static void answer_of_others(const struct nlmsghdr *request)
{
	say_number(request, 0, 1);
	say_number(request, 0, 2);
	((struct nlmsghdr *)kernel.said[1].bytes)->nlmsg_seq ^= 1;	/* what was asked before */
	say_done(request, 0);
}

static void answers_to_other_questions_are_left_alone(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	assert_int_equal(dump(&sum, answer_of_others), 0);
	assert_int_equal(sum.sum, 1);
}

static void reader_that_fails_ends_it(void **state)
{
	struct sum sum = { .fail_at = 1 };

	(void)state;
	assert_int_equal(dump(&sum, answer_plainly), -ENOMEM);
	assert_int_equal(sum.sum, 1);
	assert_int_equal(kernel.next, kernel.count);	/* the rest was drained */
}

static void answer_too_large(const struct nlmsghdr *request)
{
	say_number(request, 0, 1);
	kernel.said[0].length = kernel.requests == 1 ? 100000 : kernel.said[0].length;
	if (kernel.requests == 1) {
		say_done(request, 0);
		return;
	}
	kernel.next = kernel.count = 0;
	say_number(request, 0, 1);
	say_done(request, 0);
}

static void buffer_grows(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	/* what is copied of a datagram that does not fit is not looked at */
	assert_int_equal(dump(&sum, answer_too_large), 0);
	assert_int_equal(sum.sum, 1);
	assert_int_equal(sum.begun, 2);
}

/* A real dump of this namespace, kept to be damaged. */
static struct {
	char bytes[64 * 1024];
	size_t length;
} recorded[3];

static int record(const struct nlmsghdr *message, void *arg)
{
	size_t kind = *(size_t *)arg;

	if (recorded[kind].length + message->nlmsg_len < sizeof(recorded[kind].bytes)) {
		memcpy(recorded[kind].bytes + recorded[kind].length, message, message->nlmsg_len);
		recorded[kind].length += NLMSG_ALIGN(message->nlmsg_len);
	}
	return 0;
}

static void record_dumps(void)
{
	static const struct { uint16_t type; size_t header; } dumps[] = {
		{ RTM_GETLINK, sizeof(struct ifinfomsg) }, { RTM_GETADDR, sizeof(struct ifaddrmsg) },
		{ RTM_GETROUTE, sizeof(struct rtmsg) },
	};
	struct netlink nl = { .fd = -1 };

	assert_int_equal(netlink_open(&nl, NETLINK_ROUTE), 0);
	for (size_t kind = 0; kind < 3; kind++) {
		const struct netlink_reader reader = { .message = record, .arg = &kind };
		struct netlink_request request;

		recorded[kind].length = 0;
		assert_int_equal(netlink_dump(&nl, netlink_request(&request, dumps[kind].type, AF_UNSPEC, dumps[kind].header),
					      &reader), 0);
		assert_true(recorded[kind].length > 0);
	}
	netlink_free(&nl);
}

static uint64_t noise = 88172645463325252u;

static uint64_t random_number(void)
{
	noise ^= noise << 13;
	noise ^= noise >> 7;
	noise ^= noise << 17;
	return noise;
}

static size_t damaged_kind;

/* The recorded messages, some bytes of which are not what they were. */
static void answer_damaged(const struct nlmsghdr *request)
{
	const char *at = recorded[damaged_kind].bytes, *end = at + recorded[damaged_kind].length;

	while (at < end && kernel.count < MOST_DATAGRAMS - 1) {
		const struct nlmsghdr *message = (const void *)at;
		struct datagram *said = new_datagram();
		size_t hits = random_number() % 4;

		said->length = message->nlmsg_len < sizeof(said->bytes) ? message->nlmsg_len : sizeof(said->bytes);
		memcpy(said->bytes, message, said->length);
		while (hits--)
			said->bytes[sizeof(*message) + random_number() % (said->length - sizeof(*message))] = (char)random_number();
		((struct nlmsghdr *)said->bytes)->nlmsg_seq = request->nlmsg_seq;
		if (random_number() % 16 == 0)
			said->length = random_number() % said->length;
		at += NLMSG_ALIGN(message->nlmsg_len);
	}
	say_done(request, 0);
}

/* Nothing is checked but that it ends, and whatever a sanitizer or valgrind sees. */
static void damaged_messages_do_no_harm(void **state)
{
	static int (*const reads[])(struct netns_reader *reader) = { read_links, read_addrs, read_routes };

	(void)state;
	record_dumps();
	for (int round = 0; round < 3000; round++) {
		struct arena arena = { 0 };
		struct netlink route = { .fd = -1 }, other = { .fd = -1 };
		struct procns_topology topology = { 0 };
		struct topology_netns netns = { .topology = &topology };
		struct netns_reader reader = { .netns = &netns, .arena = &arena, .route = &route, .other = &other };

		assert_int_equal(netlink_open(&route, NETLINK_ROUTE), 0);
		for (damaged_kind = 0; damaged_kind < 3; damaged_kind++) {
			memset(&kernel, 0, sizeof(kernel));
			kernel.on = true;
			kernel.answer = answer_damaged;
			reads[damaged_kind](&reader);
			kernel.on = false;
		}
		netlink_free(&route);
		vector_free(&reader.scratch);
		arena_free(&arena);
	}
}

static void say_long_beyond_all_bounds(const struct nlmsghdr *request)
{
	say_number(request, 0, 1);
	say_number(request, 0, 2);
	((struct nlmsghdr *)kernel.said[kernel.count - 1].bytes)->nlmsg_len = 0x80000010u;
	say_done(request, 0);
}

/* Taken for negative, it would lead the reader out of its buffer. */
static void length_beyond_all_bounds_is_none(void **state)
{
	struct sum sum = { 0 };

	(void)state;
	assert_int_equal(dump(&sum, say_long_beyond_all_bounds), 0);
	assert_int_equal(sum.sum, 1);
}

/* Returns what sending a message to the socket, from another of the same net namespace, gives: 0, or an errno. */
static int send_as_neighbour(int to)
{
	struct sockaddr_nl addr;
	socklen_t size = sizeof(addr);
	struct nlmsghdr message = { .nlmsg_len = sizeof(message), .nlmsg_type = RTM_NEWLINK };
	int from = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int err = 0;

	if (from < 0 || getsockname(to, (struct sockaddr *)&addr, &size))
		return -1;
	if (sendto(from, &message, sizeof(message), 0, (const struct sockaddr *)&addr, sizeof(addr)) < 0)
		err = errno;
	close(from);
	return err;
}

/* In a namespace of its own, where it may send: there first to a socket that listens to everybody. */
static int neighbour_main(void)
{
	const struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	struct netlink nl = { .fd = -1 };
	int open;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return 77;
	open = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (open < 0 || bind(open, (const struct sockaddr *)&any, sizeof(any)) || send_as_neighbour(open))
		return 77;
	if (netlink_open(&nl, NETLINK_ROUTE))
		return 1;
	return send_as_neighbour(nl.fd) == ECONNREFUSED ? 0 : 2;
}

static void only_the_kernel_is_heard(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	assert_true(child >= 0);
	if (!child)
		_exit(neighbour_main());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();		/* no user namespaces here */
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dump_reads_all),
		cmocka_unit_test(changed_dump_is_read_again),
		cmocka_unit_test(dump_that_never_holds_still_is_told),
		cmocka_unit_test(lost_messages_are_read_again),
		cmocka_unit_test(messages_lost_every_time_are_told),
		cmocka_unit_test(an_end_that_is_lost_is_not_waited_for),
		cmocka_unit_test(signals_change_nothing),
		cmocka_unit_test(errors_are_told),
		cmocka_unit_test(answers_to_other_questions_are_left_alone),
		cmocka_unit_test(reader_that_fails_ends_it),
		cmocka_unit_test(buffer_grows),
		cmocka_unit_test(damaged_messages_do_no_harm),
		cmocka_unit_test(length_beyond_all_bounds_is_none),
		cmocka_unit_test(only_the_kernel_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
