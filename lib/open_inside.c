// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nsfs.h"
#include "open_inside.h"
#include "util.h"

union control {
	char space[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

/* Only where it is: opening needs a /proc, and what is mounted there may be another's or none. */
static int open_place(const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* In the child of a process that may have threads: system calls, and nothing else. */
static void __attribute__((noreturn)) send_from_there(int socket, int mntns, const char *path)
{
	union control control = { 0 };
	int fd = setns(mntns, CLONE_NEWNS) ? -errno : open_place(path);
	struct iovec data = { &fd, sizeof(fd) };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	}
	sendmsg(socket, &message, MSG_NOSIGNAL);
	_exit(0);
}

/* The descriptor, or the error that came in its place. */
static int receive(int socket)
{
	union control control;
	int fd = -ECHILD;
	struct iovec data = { &fd, sizeof(fd) };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t size;

	do
		size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (size < 0 && errno == EINTR);
	if (size < 0)
		return -errno;
	if (size != sizeof(fd))
		return -ECHILD;
	if (fd < 0)
		return fd;
	if (message.msg_flags & MSG_CTRUNC || !CMSG_FIRSTHDR(&message))
		return -EMFILE;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

int open_inside(int mntns, const char *path)
{
	cleanup_fd int place = -1;
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	/* no signal at its end: the caller's handler for its own children is not to see it */
	pid = (pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
	if (pid == 0)
		send_from_there(pair[1], mntns, path);
	place = pid < 0 ? -errno : 0;
	close(pair[1]);
	if (pid > 0) {
		place = receive(pair[0]);
		while (waitpid(pid, NULL, __WCLONE) < 0 && errno == EINTR)
			;
	}
	close(pair[0]);
	return place < 0 ? place : nsfs_open_place(place);
}
