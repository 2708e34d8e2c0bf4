// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel answers to the questions of procns net: links of every kind, addresses, routes, rules, sockets. The input is
 * datagrams, each after its length (two bytes, little endian); a length of zero ends a dump, and so does the end of the input.
 * Linked so that send() and recv() pass here (-Wl,--wrap).
 */
#include "fuzz.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "link.h"
#include "util.h"
#include "vector.h"

static struct {
	const uint8_t *next, *end;
	uint32_t sequence;
} kernel;

ssize_t __wrap_send(int fd, const void *data, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *data, size_t size, int flags);

ssize_t __wrap_send(int fd, const void *data, size_t size, int flags)
{
	(void)fd, (void)flags;
	kernel.sequence = ((const struct nlmsghdr *)data)->nlmsg_seq;
	return (ssize_t)size;
}

static ssize_t say_done(void *data)
{
	struct nlmsghdr *done = mnl_nlmsg_put_header(data);

	done->nlmsg_type = NLMSG_DONE;
	done->nlmsg_seq = kernel.sequence;
	*(int *)mnl_nlmsg_put_extra_header(done, sizeof(int)) = 0;
	return done->nlmsg_len;
}

/* Answers are to the last question, as the kernel's would be. */
static void set_sequences(void *data, size_t length)
{
	struct nlmsghdr *message = data;
	int left = (int)length;

	for (; mnl_nlmsg_ok(message, left) && message->nlmsg_len <= (uint32_t)left; message = mnl_nlmsg_next(message, &left))
		message->nlmsg_seq = kernel.sequence;
}

ssize_t __wrap_recv(int fd, void *data, size_t size, int flags)
{
	size_t length = 0;

	(void)fd, (void)flags;
	if (kernel.end - kernel.next >= 2) {
		length = kernel.next[0] | kernel.next[1] << 8;
		kernel.next += 2;
	}
	if (length > (size_t)(kernel.end - kernel.next))
		length = kernel.end - kernel.next;
	if (!length || length > size)
		return say_done(data);
	memcpy(data, kernel.next, length);
	kernel.next += length;
	set_sequences(data, length);
	return (ssize_t)length;
}

static void ask_drivers(struct netns_reader *reader)
{
	for (size_t i = 0; i < reader->netns->nlinks; i++) {
		struct topology_link *link = reader->netns->links[i].value;

		must(link->link.kind && link->link.name && link->link.state && link->driver);
		if (link->driver->ask)
			link->driver->ask(reader, link);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const stages[])(struct netns_reader *) = { read_links, read_addrs, read_routes, read_rules, read_sockets };
	struct procns_topology topology = { 0 };
	struct procns_ns ns = { .type = PROCNS_NET, .inum = 1 };
	struct topology_netns netns = { .netns.ns = &ns, .topology = &topology };
	struct netlink route = { .fd = -1 }, other = { .fd = -1 };
	struct netns_reader reader = { .netns = &netns, .arena = &topology.arena, .route = &route, .other = &other };

	kernel.next = data;
	kernel.end = data + size;
	must(!netlink_open(&route, NETLINK_ROUTE));
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++)
		if (stages[i](&reader) == -ENOMEM)
			break;
	ask_drivers(&reader);
	netlink_free(&route);
	netlink_free(&other);
	vector_free(&reader.scratch);
	arena_free(&topology.arena);
	return 0;
}
