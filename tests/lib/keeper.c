// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What must be done inside a namespace, or kept by another process, is a job: it runs in a child with no descriptor
 * but what it needs, tells its parent what it made, and then leaves or lingers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "nsmake.h"

struct report {
	int result;
	pid_t tid;
	uint64_t number;
	char text[64];
	char why[256];
};

#define FDS_MAX 4

union one_fd_control {
	char space[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

union control {
	char space[CMSG_SPACE(FDS_MAX * sizeof(int))];
	struct cmsghdr align;
};

static int send_with_fds(int socket, const void *data, size_t size, const int *fds, size_t count, int flags)
{
	union control control = { 0 };
	struct iovec io = { (void *)data, size };
	struct msghdr message = { .msg_iov = &io, .msg_iovlen = 1 };
	struct cmsghdr *c = &control.align;

	if (count) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	}
	return sendmsg(socket, &message, flags | MSG_NOSIGNAL) == (ssize_t)size ? 0 : -1;
}

int send_fd(int socket, int fd, int flags)
{
	return send_with_fds(socket, "x", 1, &fd, fd >= 0, flags);
}

/* At most FDS_MAX; none is a message like any other. */
int send_fds(int socket, const int *fds, size_t count)
{
	return send_with_fds(socket, "x", 1, fds, count, 0);
}

/* The descriptor that came, -1 where none did, -2 where no message did. */
int recv_fd(int socket, void *data, size_t size)
{
	union one_fd_control control;
	struct iovec io = { data, size };
	struct msghdr message = {
		.msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	ssize_t n;
	int fd;

	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)size)
		return -2;
	c = CMSG_FIRSTHDR(&message);
	if (!c || c->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(int));
	return fd;
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void close_from_to(unsigned int first, unsigned int last)
{
	if (first <= last)
		syscall(SYS_close_range, first, last, 0);
}

/* Standard error stays; input and output are somebody else's to see the end of. */
void close_all_but(const int *keep, size_t count)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int sorted[8];
	unsigned int from = 3;

	if (null >= 0) {
		dup2(null, 0);
		dup2(null, 1);
	}
	if (count)
		memcpy(sorted, keep, count * sizeof(int));
	qsort(sorted, count, sizeof(int), by_number);
	for (size_t i = 0; i < count; i++) {
		if (sorted[i] < (int)from)
			continue;
		close_from_to(from, sorted[i] - 1);
		from = sorted[i] + 1;
	}
	close_from_to(from, ~0U);
}

void pause_forever(void)
{
	for (;;)
		pause();
}

void keeper_wait(int channel)
{
	char c;

	while (read(channel, &c, 1) < 0 && errno == EINTR)
		;
}

/* A pid namespace is entered by the fork itself: the parent steps in and out around it. */
static pid_t fork_for(struct job *job)
{
	bool into_pid = job->enter && job->ns->flag == CLONE_NEWPID;
	cleanup_fd home = -1;
	pid_t pid;

	if (!into_pid)
		return fork_into(0);
	home = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	if (home < 0 || setns(job->ns->fd, CLONE_NEWPID))
		return -1;
	pid = fork_into(0);
	if (pid != 0 && setns(home, CLONE_NEWPID))
		abort();
	return pid;
}

static int enter(struct job *job)
{
	if (!job->enter || job->ns->flag == CLONE_NEWPID)
		return 0;
	if (setns(job->ns->fd, job->ns->flag))
		return fail(job->m, "entering a %s namespace", ns_type(job->ns->flag)->name);
	return 0;
}

static void child_main(struct job *job)
{
	const int keep[] = { job->channel, job->ns->fd, job->also };
	struct report report = { 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_all_but(keep, ARRAY_SIZE(keep));
	job->give = -1;
	report.result = enter(job);
	if (!report.result)
		report.result = job->run(job);
	report.tid = job->tid;
	report.number = job->number;
	memcpy(report.text, job->text, sizeof(report.text));
	memcpy(report.why, job->m->why, sizeof(report.why));
	if (job->linger && job->ns->fd >= 0)
		close(job->ns->fd);
	if (job->linger && job->also > 0)
		close(job->also);
	send_with_fds(job->channel, &report, sizeof(report), &job->give, job->give >= 0, 0);
	if (job->linger) {
		close_fd(&job->give);
		if (job->leave)
			syscall(SYS_exit, 0);
		keeper_wait(job->channel);
	}
	_exit(0);
}

static int hear(struct job *job, int channel)
{
	struct report report;
	int fd = recv_fd(channel, &report, sizeof(report));

	if (fd == -2) {
		errno = ECHILD;
		return fail(job->m, "a helper process died");
	}
	job->give = fd;
	job->tid = report.tid;
	job->number = report.number;
	memcpy(job->text, report.text, sizeof(job->text));
	if (report.result) {
		memcpy(job->m->why, report.why, sizeof(report.why));
		close_fd(&fd);
	}
	return report.result;
}

static pid_t start(struct job *job, int *channel)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return fail(job->m, "making a socket pair");
	job->channel = pair[1];
	pid = fork_for(job);
	if (pid == 0)
		child_main(job);
	close(pair[1]);
	*channel = pair[0];
	if (pid > 0)
		return pid;
	close(pair[0]);
	return fail(job->m, "starting a helper process");
}

int job_run(struct job *job)
{
	int channel, result;
	pid_t pid = start(job, &channel);

	if (pid < 0)
		return pid;
	result = hear(job, channel);
	close(channel);
	waitpid(pid, NULL, 0);
	if (result)
		return result;
	return job->give >= 0 ? job->give : 0;
}

pid_t job_start(struct job *job)
{
	int channel, result;
	pid_t pid;

	job->linger = true;
	pid = start(job, &channel);
	if (pid < 0)
		return pid;
	result = hear(job, channel);
	if (!result)
		result = undo_keeper(job->m, pid, channel);
	else {
		close(channel);
		waitpid(pid, NULL, 0);
	}
	if (result)
		return result;
	return pid;
}
