/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peek.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util.h"

/* The kernel puts at most 253 descriptors in a message (SCM_MAX_FD), and one read never joins two messages with some. */
#define MOST_DESCRIPTORS 253

/* As much of the queue as one look takes in at once. */
#define LOOK 65536

/* What one look gave: the bytes passed over, and the descriptor found or -1. */
struct look {
	ssize_t bytes;
	int found;
	bool truncated;
};

static void sort_out(struct msghdr *message, struct look *look, int (*wanted)(int fd, const void *arg), const void *arg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		size_t count;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (look->found < 0 && wanted(fd, arg))
				look->found = fd;
			else
				close(fd);
		}
	}
}

static int look_once(int socket, char *buffer, struct look *look, int (*wanted)(int fd, const void *arg), const void *arg)
{
	/* SCM_CREDENTIALS, SCM_SECURITY, a pidfd and a time stamp may stand beside the descriptors */
	char control[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int)) + 1024] __attribute__((aligned(8)));
	struct iovec iov = { buffer, LOOK };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	look->found = -1;
	look->bytes = recvmsg(socket, &message, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (look->bytes < 0)
		return -errno;
	look->truncated = message.msg_flags & MSG_CTRUNC;
	sort_out(&message, look, wanted, arg);
	return 0;
}

/*
 * The first message is seen without touching the socket. For those behind it the socket's peek offset, which every descriptor
 * of it shares, is set for the length of one recvmsg() only: a receiver that peeks, but not by offset, then sees a
 * wrong message with the least likelihood; one that only receives sees nothing of it.
 */
#define FIRST_MESSAGE (-1)

static int look_at(int socket, int offset, char *buffer, struct look *look, int (*wanted)(int fd, const void *arg),
		   const void *arg)
{
	static const int none = -1;
	int err;

	if (offset == FIRST_MESSAGE)
		return look_once(socket, buffer, look, wanted, arg);
	if (setsockopt(socket, SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof(offset)))
		return -errno;
	err = look_once(socket, buffer, look, wanted, arg);
	setsockopt(socket, SOL_SOCKET, SO_PEEK_OFF, &none, sizeof(none));
	return err;
}

/* 0 if nobody peeks by offset there, and what kind of socket it is. */
static int may_look(int socket, int *type)
{
	int theirs = -1;
	socklen_t size = sizeof(theirs);

	if (getsockopt(socket, SOL_SOCKET, SO_PEEK_OFF, &theirs, &size))
		return -errno;
	if (theirs != -1)
		return -EBUSY;
	size = sizeof(*type);
	return getsockopt(socket, SOL_SOCKET, SO_TYPE, type, &size) ? -errno : 0;
}

int peek_descriptor(int socket, int (*wanted)(int fd, const void *arg), const void *arg)
{
	cleanup_free char *buffer = malloc(LOOK);
	int type, offset = FIRST_MESSAGE, passed = 0;
	bool truncated = false;
	int err;

	if (!buffer)
		return -ENOMEM;
	err = may_look(socket, &type);
	if (err)
		return err;

	for (;;) {
		struct look look;

		err = look_at(socket, offset, buffer, &look, wanted, arg);
		if (err == -EAGAIN || (!err && !look.bytes && type == SOCK_STREAM))
			return truncated ? -EMFILE : -ENOENT;
		if (err)
			return err;
		if (look.found >= 0)
			return look.found;
		truncated |= look.truncated;
		/*
		 * A datagram longer than the buffer is looked at in parts, each of which shows its descriptors again; an
		 * empty one is passed over by the kernel when it is met a second time at the same offset.
		 */
		passed += look.bytes;
		offset = passed;
	}
}

const char *peek_strerror(int err)
{
	switch (err) {
	case ENOENT:
		return "not in it any more";
	case EBUSY:
		return "its receiver uses SO_PEEK_OFF and would be disturbed by a look";
	case EMFILE:
		return "no room for the descriptors in flight; raise the limit on open files";
	default:
		return strerror(err);
	}
}
