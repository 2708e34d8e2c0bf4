// SPDX-License-Identifier: GPL-2.0-or-later
/* See fsfuzz.h. What was opened is used, and namespaces come and go meanwhile. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <linux/nsfs.h>
#include <unistd.h>
#include "fsfuzz.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static const int all_types = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS |
			     CLONE_NEWTIME;

static long ns_ioctl(struct fuzz *fuzz)
{
	static const unsigned long known[] = { NS_GET_USERNS, NS_GET_PARENT, NS_GET_NSTYPE, NS_GET_OWNER_UID };
	unsigned long request = one_in(fuzz, 4) ? (unsigned long)random_next(fuzz) >> random_below(fuzz, 33) :
				one_in(fuzz, 2) ? _IO(NSIO, random_below(fuzz, 16)) : pick(fuzz, known);
	int fd = one_in(fuzz, 2) ? open_entry(fuzz) : random_fd(fuzz);
	int got = ioctl(fd, request, random_room(fuzz, 256));

	if (got > 2 && (request == NS_GET_USERNS || request == NS_GET_PARENT))
		keep_fd(fuzz, got);
	return got;
}

/* In a child, which only looks from there: what else it did would be done to others. */
static long ns_enter(struct fuzz *fuzz)
{
	pid_t child = fork();
	int status = 0;

	if (!child) {
		int fd = one_in(fuzz, 2) ? open_entry(fuzz) : random_fd(fuzz);
		int got = setns(fd, one_in(fuzz, 2) ? 0 : (int)random_bits(fuzz, (uint64_t)all_types));

		for (size_t i = 0; !got && i < 8; i++)
			look_operations[random_below(fuzz, look_count)].run(fuzz);
		_exit(got != 0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && !status ? 0 : -1;
}

/* Net namespaces seldom: while one is taken down, the next is waited for. */
static void be_born_and_die(struct fuzz *fuzz)
{
	static const int single[] = { CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER, CLONE_NEWUTS };
	int flags = one_in(fuzz, 2) ? pick(fuzz, single) : (int)random_bits(fuzz, (uint64_t)(all_types & ~CLONE_NEWNET));
	int got = unshare(flags | (one_in(fuzz, 2) ? CLONE_NEWUSER : 0) | (one_in(fuzz, 16) ? CLONE_NEWNET : 0));

	if (!got && (flags & CLONE_NEWPID) && !fork()) {
		usleep((useconds_t)random_below(fuzz, 3000));
		_exit(0);
	}
	usleep((useconds_t)random_below(fuzz, 5000));
	_exit(got != 0);
}

/* Waited for or not: then it is a zombie until this process ends. */
static long ns_birth(struct fuzz *fuzz)
{
	pid_t child = fork();
	int status = 0;

	if (!child)
		be_born_and_die(fuzz);
	if (child > 0 && one_in(fuzz, 2))
		return waitpid(child, &status, 0) == child && !status ? 0 : -1;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return child > 0 ? 0 : -1;
}

/* In flight in a socket that nobody reads, for as long as the socket is kept. */
static long ns_send(struct fuzz *fuzz)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iovec = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &iovec, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	int pair[2], fd = one_in(fuzz, 4) ? fuzz->dir : random_fd(fuzz);
	long got;

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair))
		return -1;
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
	got = sendmsg(pair[0], &message, 0);
	close(pair[0]);
	keep_fd(fuzz, pair[1]);
	return got;
}

static long ns_again(struct fuzz *fuzz)
{
	char path[64];
	int fd;

	strcpy(path, "/proc/self/fd/");
	path[14] = (char)('0' + random_below(fuzz, 10));
	path[15] = '\0';
	fd = open(path, (int)random_bits(fuzz, 0x7fffff & ~(O_CREAT | O_TMPFILE | O_TRUNC)) | O_CLOEXEC | O_NONBLOCK);
	keep_fd(fuzz, fd);
	return fd;
}

static long ns_close(struct fuzz *fuzz)
{
	size_t at = random_below(fuzz, FUZZ_FDS);

	if (fuzz->fds[at] < 0)
		return -1;
	close(fuzz->fds[at]);
	fuzz->fds[at] = -1;
	return 0;
}

const struct operation ns_operations[] = {
	{ "ioctl of what was opened", ns_ioctl, SOMETIMES, false },
	{ "setns", ns_enter, SOMETIMES, false },
	{ "births and deaths", ns_birth, SOMETIMES, false },
	{ "births and deaths", ns_birth, SOMETIMES, false },
	{ "send in a socket", ns_send, SOMETIMES, false },
	{ "open again", ns_again, ANY, false },
	{ "close", ns_close, SOMETIMES, false },
};
const size_t ns_count = ARRAY_SIZE(ns_operations);
