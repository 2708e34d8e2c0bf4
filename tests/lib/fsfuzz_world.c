// SPDX-License-Identifier: GPL-2.0-or-later
/* See fsfuzz.h. Whoever may mount is first taken out of the mount namespace this began in. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fsfuzz.h"

static void put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(EXIT_SUCCESS);
	close(fd);
}

static void become_root_there(uid_t uid, gid_t gid)
{
	char text[64];

	put_text("/proc/self/setgroups", "deny");
	snprintf(text, sizeof(text), "0 %u 1", uid);
	put_text("/proc/self/uid_map", text);
	snprintf(text, sizeof(text), "0 %u 1", gid);
	put_text("/proc/self/gid_map", text);
}

/* A pid namespace is that of the children: this one waits for the child that goes on. */
static void go_on_in_child(void)
{
	pid_t child = fork();
	int status = 0;

	if (child < 0)
		_exit(EXIT_SUCCESS);
	if (child) {
		waitpid(child, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void enter_user_namespace(struct fuzz *fuzz)
{
	const int others = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP | (one_in(fuzz, 8) ? CLONE_NEWNET : 0);
	int flags = CLONE_NEWUSER | (int)random_bits(fuzz, (uint64_t)others);
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (one_in(fuzz, 2))
		flags |= CLONE_NEWNS | CLONE_NEWPID;	/* who may mount procns */
	if (unshare(flags))
		_exit(EXIT_SUCCESS);
	become_root_there(uid, gid);
	if (flags & CLONE_NEWNS)
		fuzz->may_mount = true;
	if (flags & CLONE_NEWPID)
		go_on_in_child();
	/* as a container does */
	if ((flags & CLONE_NEWNS) && (flags & CLONE_NEWPID) && one_in(fuzz, 2) && !mount("proc", "/proc", "proc", 0, NULL))
		mount("procns", "/proc/namespaces", "procns", 0, NULL);
}

static void become_user(struct fuzz *fuzz)
{
	static const uid_t users[] = { 1000, 1000, 65534 };
	uid_t uid = pick(fuzz, users);

	if (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		_exit(EXIT_SUCCESS);
	prctl(PR_SET_DUMPABLE, 1);	/* else its files in /proc are root's */
	fuzz->may_mount = false;
}

void enter_world(struct fuzz *fuzz)
{
	if (getuid() == 0) {
		if (unshare(CLONE_NEWNS | (one_in(fuzz, 2) ? (int)random_bits(fuzz, CLONE_NEWUTS | CLONE_NEWIPC) : 0)) ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
			_exit(EXIT_SUCCESS);
		fuzz->may_mount = true;
		if (one_in(fuzz, 2))
			become_user(fuzz);
	}
	if (one_in(fuzz, 2))
		enter_user_namespace(fuzz);
}
