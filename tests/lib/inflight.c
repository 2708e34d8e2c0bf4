// SPDX-License-Identifier: GPL-2.0-or-later
/* Namespaces kept by a message nobody has received. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "nsmake.h"

#define CHAIN_MAX 8

/* What was sent waits in this end alone; after an error in none. */
static int receiver(const int pair[2], int err)
{
	close(pair[0]);
	if (!err)
		return pair[1];
	close(pair[1]);
	return err;
}

int in_flight(struct nsmake *m, int socktype, int fd)
{
	int pair[2];
	int err = 0;

	if (socketpair(AF_UNIX, socktype | SOCK_CLOEXEC, 0, pair))
		return fail(m, "making a socket pair");
	if (send_fd(pair[0], fd, 0))
		err = fail(m, "sending a descriptor");
	return receiver(pair, err);
}

static int say_chain(struct nsmake *m, const uint64_t *chain, size_t length, int fd)
{
	json_nums(m, "chain", chain, length);
	return json_holder_fd(m, fd);
}

int nest(struct nsmake *m, int fd, unsigned int deeper)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET };
	uint64_t chain[CHAIN_MAX];
	int outer = in_flight(m, SOCK_STREAM, fd);

	if (outer < 0)
		return outer;
	chain[0] = inode_of(outer);
	for (unsigned int i = 1; i <= deeper; i++) {
		int inner = outer;

		outer = in_flight(m, types[i % ARRAY_SIZE(types)], inner);
		close(inner);
		if (outer < 0)
			return outer;
		chain[i] = inode_of(outer);
	}
	return say_chain(m, chain, deeper + 1, outer);
}

static int one_message(struct nsmake *m, int socktype, int nsfd)
{
	int fd = in_flight(m, socktype, nsfd);

	return fd < 0 ? fd : say_chain(m, (uint64_t[]){ inode_of(fd) }, 1, fd);
}

BUILDER(inflight_stream)
{
	return one_message(m, SOCK_STREAM, ns->fd);
}

BUILDER(inflight_dgram)
{
	return one_message(m, SOCK_DGRAM, ns->fd);
}

BUILDER(inflight_seqpacket)
{
	return one_message(m, SOCK_SEQPACKET, ns->fd);
}

/* Out of band, so the kernel has a pointer of its own to the message. */
BUILDER(inflight_oob)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return fail(m, "making a socket pair");
	if (send_fd(pair[0], ns->fd, MSG_OOB)) {
		int err = errno == EOPNOTSUPP ? skip(m, "unix sockets have no out-of-band data")
					      : fail(m, "sending out of band");

		close(pair[0]);
		close(pair[1]);
		return err;
	}
	/* the sender stays: its end would count as data to read */
	return undo_close(m, pair[0]) ?: say_chain(m, (uint64_t[]){ inode_of(pair[1]) }, 1, pair[1]);
}

BUILDER(inflight_nested)
{
	return nest(m, ns->fd, 1);
}

BUILDER(inflight_deep2)
{
	return nest(m, ns->fd, 2);
}

/* A listening socket, with one connection that nobody accepts and that has the descriptor in its queue. */
static int unaccepted(struct nsmake *m, int fd)
{
	cleanup_fd client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un_any { sa_family_t family; char path[108]; } address = { .family = AF_UNIX };
	socklen_t length = sizeof(address);
	int err = 0;

	if (client < 0 || listener < 0 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(sa_family_t)) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &length) ||
	    connect(client, (struct sockaddr *)&address, length))
		err = fail(m, "connecting to a socket that does not accept");
	else if (send_fd(client, fd, 0))
		err = fail(m, "sending a descriptor");
	if (!err)
		return listener;
	close_fd(&listener);
	return err;
}

BUILDER(inflight_unaccepted)
{
	int listener = unaccepted(m, ns->fd);

	return listener < 0 ? listener : say_chain(m, (uint64_t[]){ 0, inode_of(listener) }, 2, listener);
}

BUILDER(inflight_unaccepted_nested)
{
	cleanup_fd listener = unaccepted(m, ns->fd);
	int fd;

	if (listener < 0)
		return listener;
	fd = in_flight(m, SOCK_STREAM, listener);
	return fd < 0 ? fd : say_chain(m, (uint64_t[]){ 0, inode_of(listener), inode_of(fd) }, 3, fd);
}

/*
 *	fd ── a ◄─ in flight in ─ b ◄─ in flight ─ namespace
 *	      └──── in flight in ─►
 *
 * With fd closed nobody can receive any of it, and the kernel's garbage collector takes it.
 */
static int tie(struct nsmake *m, const int a[2], const int b[2], int nsfd)
{
	if (send_fd(a[0], b[1], 0) || send_fd(b[0], a[1], 0) || send_fd(b[0], nsfd, 0))
		return fail(m, "sending sockets to each other");
	json_nums(m, "cycle", (uint64_t[]){ inode_of(a[1]), inode_of(b[1]) }, 2);
	return say_chain(m, (uint64_t[]){ inode_of(b[1]), inode_of(a[1]) }, 2, a[1]);
}

BUILDER(inflight_cycle)
{
	int a[2], b[2];
	int err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, a))
		return fail(m, "making a socket pair");
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, b)) {
		err = fail(m, "making a socket pair");
	} else {
		err = tie(m, a, b, ns->fd);
		close(b[0]);
		close(b[1]);
	}
	close(a[0]);
	if (err)
		close(a[1]);
	return err;
}

/* Messages without a descriptor, then one whose last descriptor of several is fd. Returns the socket they wait in. */
static int in_order(struct nsmake *m, int socktype, int fd, size_t messages, size_t index)
{
	cleanup_fd null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int fds[] = { null, null, null, null };
	int pair[2];
	int err = 0;

	if (socketpair(AF_UNIX, socktype | SOCK_CLOEXEC, 0, pair))
		return fail(m, "making a socket pair");
	fds[index] = fd;
	for (size_t i = 0; !err && i < messages; i++)
		err = send_fds(pair[0], NULL, 0);
	if (!err)
		err = send_fds(pair[0], fds, index + 1);
	/* and once more, alone, with one between */
	if (!err && socktype == SOCK_STREAM)
		err = send_fds(pair[0], NULL, 0) || send_fds(pair[0], &fd, 1);
	if (err)
		err = fail(m, "sending a descriptor");
	return receiver(pair, err);
}

BUILDER(inflight_order)
{
	static const struct { int type; size_t messages, index; } order[] = {
		{ SOCK_STREAM, 2, 1 }, { SOCK_DGRAM, 3, 2 }, { SOCK_SEQPACKET, 1, 0 },
	};
	uint64_t chain[ARRAY_SIZE(order)], messages[ARRAY_SIZE(order)], indexes[ARRAY_SIZE(order)];
	int inner = ns->fd;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		int outer = in_order(m, order[i].type, inner, order[i].messages, order[i].index);

		if (i)
			close(inner);
		if (outer < 0)
			return outer;
		inner = outer;
		chain[i] = inode_of(outer);
		messages[i] = order[i].messages;
		indexes[i] = order[i].index;
	}
	json_nums(m, "messages", messages, ARRAY_SIZE(order));
	json_nums(m, "indexes", indexes, ARRAY_SIZE(order));
	json_num(m, "again", order[0].messages + 2);
	return say_chain(m, chain, ARRAY_SIZE(order), inner);
}
