// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "restore.h"
#include "say.h"

/* The descriptor, -1: none came; and who sent it. */
static int receive(int channel, struct restore_report *report, pid_t *sender)
{
	union {
		char space[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} control = { 0 };
	struct ucred credentials = { 0 };
	struct iovec io = { report, sizeof(*report) };
	struct msghdr message = {
		.msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;
	ssize_t got;
	int fd = -1;

	do
		got = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got != sizeof(*report))
		*report = (struct restore_report){ .err = ECHILD, .what = "its helper was ended" };
	for (header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL; header; header = CMSG_NXTHDR(&message, header)) {
		if (header->cmsg_type == SCM_RIGHTS)
			memcpy(&fd, CMSG_DATA(header), sizeof(fd));
		else if (header->cmsg_type == SCM_CREDENTIALS)
			memcpy(&credentials, CMSG_DATA(header), sizeof(credentials));
	}
	*sender = credentials.pid;
	if (fd < 0 && !report->err)
		*report = (struct restore_report){ .err = EMFILE, .what = "receiving it" };
	return fd;
}

static const char *hint(const struct restored *one, int err)
{
	switch (err) {
	case ENOSPC:
		return " (a limit: see /proc/sys/user, and how deep namespaces may go)";
	case EPERM:
		return one->ns->type == PROCNS_USER ? " (needs CAP_SYS_ADMIN, and CAP_SETUID, CAP_SETGID, CAP_SETPCAP and CAP_SETFCAP over its parent)" :
						      " (needs CAP_SYS_ADMIN over its owner)";
	case EINVAL:
		return " (this kernel may not have that type)";
	case ERANGE:
		return " (its clocks would go before the boot of this system)";
	default:
		return "";
	}
}

static int say_failure(const struct restore *restore, const struct restored *one, const struct restore_report *report)
{
	return fail(restore->cli, "cannot restore %s, a %s namespace: %s: %s%s", one->ns->id, procns_type_name(one->ns->type),
		    report->what, strerror(report->err), hint(one, report->err));
}

static void wait_for(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* The helper and what it started for its work, which is in its group. */
static void wait_for_group(pid_t pid)
{
	wait_for(pid);
	while (waitpid(-pid, NULL, 0) > 0 || errno == EINTR)
		;
}

static int run_helper(const struct restore *restore, struct restored *one, int leash, struct restore_report *report)
{
	int pair[2], yes = 1;
	pid_t pid, sender;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return fail(restore->cli, "cannot make a socket: %s", strerror(errno));
	setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes));
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		if (one->leash >= 0)
			close(one->leash);
		restore_help(restore, one, pair[1], leash);
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return fail(restore->cli, "cannot start a process: %s", strerror(errno));
	}
	one->fd = receive(pair[0], report, &sender);
	close(pair[0]);
	wait_for_group(pid);
	if (one->ns->type == PROCNS_PID && one->fd >= 0)
		one->init = sender;
	return EXIT_OK;
}

static int make(struct restore *restore, struct restored *one)
{
	struct restore_report report = { 0 };
	int leash[2] = { -1, -1 }, status;
	struct stat st;

	if (one->ns->type == PROCNS_PID && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, leash) < 0)
		return fail(restore->cli, "cannot make a socket: %s", strerror(errno));
	one->leash = leash[0];
	status = run_helper(restore, one, leash[1], &report);
	if (leash[1] >= 0)
		close(leash[1]);
	if (status == EXIT_OK && report.err)
		status = say_failure(restore, one, &report);
	if (status == EXIT_OK && !fstat(one->fd, &st))
		one->inum = st.st_ino;
	return status;
}

static bool is_interrupted(void)
{
	sigset_t pending;

	return !sigpending(&pending) && (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) || sigismember(&pending, SIGHUP));
}

int restore_make_all(struct restore *restore)
{
	int status = EXIT_OK;

	for (size_t i = 0; status == EXIT_OK && i < restore->dump->count; i++) {
		struct restored *one = &restore->list[i];

		if (one->own || one->left_out)
			continue;
		status = is_interrupted() ? fail(restore->cli, "interrupted") : make(restore, one);
	}
	return status;
}

int restore_let_go(struct restore *restore)
{
	for (size_t i = 0; i < restore->dump->count; i++) {
		struct restored *one = &restore->list[i];
		char byte = 0;

		if (one->leash < 0)
			continue;
		if (send(one->leash, &byte, 1, MSG_NOSIGNAL) != 1 || read(one->leash, &byte, 1) != 1)
			return fail(restore->cli, "the first process of %s was ended", one->ns->id);
	}
	return EXIT_OK;
}

static void end_init(struct restored *one)
{
	if (one->leash >= 0)
		close(one->leash);
	one->leash = -1;
	if (!one->init)
		return;
	kill(one->init, SIGKILL);
	wait_for(one->init);
	one->init = 0;
}

/* From the last: the first process of a pid namespace ends only when those below it have. */
void restore_undo(struct restore *restore)
{
	char path[PATH_MAX];

	for (size_t i = restore->list ? restore->dump->count : 0; i--;) {
		struct restored *one = &restore->list[i];

		if (one->pinned) {
			restore_pin_path(restore, one, path);
			umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
			unlink(path);
			one->pinned = false;
		}
		end_init(one);
	}
	if (restore->made_pins)
		rmdir(restore->pins);
	restore->made_pins = false;
}

void restore_end(struct restore *restore)
{
	for (size_t i = 0; restore->list && i < restore->dump->count; i++) {
		if (restore->list[i].fd >= 0)
			close(restore->list[i].fd);
		if (restore->list[i].leash >= 0)
			close(restore->list[i].leash);
	}
	free(restore->list);
	if (restore->cgroup >= 0)
		close(restore->cgroup);
}
