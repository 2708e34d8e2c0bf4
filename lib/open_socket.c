/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A holder's causes lead from a socket outwards to a descriptor some task has. Here that way is gone back: take the task's
 * descriptor, peek into its queue for the next socket, into that one's queue, and so on down to the namespace.
 */
#include "open_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nsfs.h"
#include "peek.h"
#include "util.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

/* Sockets nested deeper than this are left alone; the kernel's own limit on nesting descriptors in flight is 4. */
#define DEEPEST 8

struct reason {
	char *text;
	size_t size;
};

static int __attribute__((format(printf, 3, 4))) fail(struct reason *reason, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason->text, reason->size, format, args);
	va_end(args);
	return -err;
}

static int take_descriptor(const struct procns_holder *holder, struct reason *reason)
{
	const struct procns_task *task = holder->task;
	bool private = holder->flags & PROCNS_HOLDER_PRIVATE_TABLE;
	cleanup_fd int pidfd = -1;
	int fd;

	if (!task)	/* of a tun that is in flight, or whose process came after tasks were listed */
		return fail(reason, ESRCH, "no process is known that has it open");
	if (holder->flags & PROCNS_HOLDER_OPATH)
		return fail(reason, EBADF, "fd %d of %d is O_PATH", holder->fd, task->pid);
	pidfd = syscall(SYS_pidfd_open, private ? task->tid : task->pid, private ? PIDFD_THREAD : 0);
	if (pidfd < 0)
		return fail(reason, errno, "pidfd_open of %s %d: %s%s", private ? "thread" : "process",
			    private ? task->tid : task->pid, strerror(errno),
			    private && errno == EINVAL ? " (threads with descriptors of their own: kernel 6.9)" : "");
	fd = syscall(SYS_pidfd_getfd, pidfd, holder->fd, 0);
	if (fd < 0)
		return fail(reason, errno, "pidfd_getfd of fd %d of %d: %s", holder->fd, task->pid, strerror(errno));
	return fd;
}

static int is_socket(int fd, const void *wanted)
{
	const struct procns_socket *socket = wanted;
	struct stat st;

	return !fstat(fd, &st) && S_ISSOCK(st.st_mode) && st.st_ino == socket->ino;
}

static int take_socket(const struct procns_socket *socket, const struct procns_holder *holder, int depth,
		       struct reason *reason);

/* The socket a message waits in. */
static int take_queue(const struct procns_holder *in_flight, int depth, struct reason *reason)
{
	if (in_flight->flags & PROCNS_HOLDER_UNACCEPTED)
		return fail(reason, EAGAIN, "it waits in a connection that nobody has accepted yet");
	return take_socket(in_flight->socket, in_flight, depth, reason);
}

/* A descriptor of `socket`, which holder's causes keep. */
static int take_socket(const struct procns_socket *socket, const struct procns_holder *holder, int depth,
		       struct reason *reason)
{
	int fd = fail(reason, ENOENT, "nothing is known that has socket %llu", (unsigned long long)socket->ino);

	if (depth > DEEPEST)
		return fail(reason, ELOOP, "sockets are in flight in each other");
	for (size_t i = 0; i < holder->ncauses; i++) {
		const struct procns_holder *cause = holder->causes[i];

		if (cause->task && cause->fd >= 0) {
			fd = take_descriptor(cause, reason);
			if (fd >= 0 && is_socket(fd, socket))
				return fd;
			if (fd >= 0) {
				close(fd);
				fd = fail(reason, ESTALE, "fd %d of %d is another file by now", cause->fd, cause->task->pid);
			}
		} else if (cause->kind == PROCNS_HOLDER_IN_FLIGHT && cause->socket) {
			cleanup_fd int queue = take_queue(cause, depth + 1, reason);

			if (queue < 0) {
				fd = queue;
				continue;
			}
			fd = peek_descriptor(queue, is_socket, socket);
			if (fd >= 0)
				return fd;
			fail(reason, -fd, "socket %llu in the queue of socket %llu: %s", (unsigned long long)socket->ino,
			     (unsigned long long)cause->socket->ino, peek_strerror(-fd));
		}
	}
	return fd;
}

static int is_namespace(int fd, const void *wanted)
{
	return namespace_is(fd, wanted);
}

int open_in_flight(const struct procns_ns *ns, const struct procns_holder *in_flight, char *text, size_t size)
{
	struct reason reason = { text, size };
	cleanup_fd int queue = take_queue(in_flight, 0, &reason);
	int fd;

	if (queue < 0)
		return queue;
	fd = peek_descriptor(queue, is_namespace, ns);
	if (fd < 0)
		return fail(&reason, -fd, "in the queue of socket %llu: %s", (unsigned long long)in_flight->socket->ino,
			    peek_strerror(-fd));
	return fd;
}

int open_by_socket(const struct procns_ns *ns, const struct procns_holder *holder, char *text, size_t size)
{
	struct reason reason = { text, size };
	bool tun = holder->kind == PROCNS_HOLDER_TUN;
	cleanup_fd int file = -1;
	int fd;

	if (!tun && (holder->flags & (PROCNS_HOLDER_CLOSED | PROCNS_HOLDER_UNACCEPTED | PROCNS_HOLDER_KERNEL_SOCKET)))
		return fail(&reason, ENOENT, "no descriptor of the socket can exist");
	file = tun ? take_descriptor(holder, &reason) : take_socket(holder->socket, holder, 0, &reason);
	if (file < 0)
		return file;
	fd = ioctl(file, SIOCGSKNS);	/* of a tun what keeps its namespace is the socket in it, wherever its device is */
	if (fd < 0)
		return fail(&reason, errno, "SIOCGSKNS: %s", strerror(errno));
	if (!namespace_is(fd, ns)) {
		close(fd);
		return fail(&reason, ESTALE, "it is in another net namespace by now");
	}
	return fd;
}
