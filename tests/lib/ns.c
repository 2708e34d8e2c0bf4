// SPDX-License-Identifier: GPL-2.0-or-later
/* Namespaces: their types, making one, naming it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include "nsmake.h"

const struct ns_type ns_types[8] = {
	{ "cgroup", CLONE_NEWCGROUP, "cgroup" },
	{ "ipc", CLONE_NEWIPC, "ipc" },
	{ "mnt", CLONE_NEWNS, "mnt" },
	{ "net", CLONE_NEWNET, "net" },
	{ "pid", CLONE_NEWPID, "pid" },
	{ "time", CLONE_NEWTIME, "time" },
	{ "user", CLONE_NEWUSER, "user" },
	{ "uts", CLONE_NEWUTS, "uts" },
};

const struct ns_type *ns_type(int flag)
{
	for (size_t i = 0; i < ARRAY_SIZE(ns_types); i++)
		if (ns_types[i].flag == flag)
			return &ns_types[i];
	return NULL;
}

int ns_flag(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ns_types); i++)
		if (!strcmp(ns_types[i].name, name))
			return ns_types[i].flag;
	return 0;
}

pid_t fork_into(int flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };

	fflush(NULL);
	return syscall(SYS_clone3, &args, sizeof(args));
}

/*
 * A child that ends with its parent, also with one that is killed before the child could ask for that: such a child finds
 * nobody to tell that it has asked.
 */
pid_t fork_tied(int flags)
{
	int pair[2];
	char asked;
	pid_t pid;
	int err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -1;
	pid = fork_into(flags);
	if (pid == 0) {
		close(pair[0]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (send(pair[1], "x", 1, MSG_NOSIGNAL) != 1)
			_exit(0);
		close(pair[1]);
		return 0;
	}
	err = errno;
	close(pair[1]);
	while (pid > 0 && recv(pair[0], &asked, 1, 0) < 0 && errno == EINTR)
		;
	close(pair[0]);
	errno = err;
	return pid;
}

static void stay(void)
{
	close_all_but(NULL, 0);
	pause_forever();
}

static int write_to(struct nsmake *m, pid_t pid, const char *file, const char *text)
{
	cleanup_fd fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return fail(m, "writing %s", path);
	return 0;
}

static int map_root(struct nsmake *m, pid_t pid)
{
	char users[32], groups[32];

	snprintf(users, sizeof(users), "0 %u 1\n", geteuid());
	snprintf(groups, sizeof(groups), "0 %u 1\n", getegid());
	return (geteuid() ? write_to(m, pid, "setgroups", "deny") : 0) ?:
	       write_to(m, pid, "uid_map", users) ?: write_to(m, pid, "gid_map", groups);
}

int ns_create(struct nsmake *m, struct ns *ns)
{
	const struct ns_type *type = ns_type(ns->flag);
	pid_t pid = fork_tied(ns->flag);
	int err = 0;

	if (pid == 0)
		stay();
	if (pid < 0 && (errno == EINVAL || errno == ENOSYS))
		return skip(m, "this kernel has no %s namespaces (clone3: %s)", type->name, strerror(errno));
	if (pid < 0)
		return fail(m, "making a %s namespace", type->name);

	ns->init = pid;
	ns->fd = ns_open_of(m, pid, type->link);
	if (ns->fd < 0)
		err = ns->fd;
	else if (ns->flag == CLONE_NEWUSER)
		err = map_root(m, pid);
	if (err || ns->flag != CLONE_NEWPID) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		ns->init = 0;
	}
	return err;
}

void ns_close(struct ns *ns)
{
	if (ns->fd >= 0)
		close(ns->fd);
	if (ns->init) {
		kill(ns->init, SIGKILL);
		waitpid(ns->init, NULL, 0);
	}
	ns->fd = -1;
	ns->init = 0;
}

int ns_open_of(struct nsmake *m, pid_t pid, const char *link)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, link);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail(m, "opening %s", path) : fd;
}

uint64_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

int ns_name(int nsfd, char *name, size_t size)
{
	int flag = ioctl(nsfd, NS_GET_NSTYPE);

	if (flag < 0)
		return -errno;
	snprintf(name, size, "%s:[%" PRIu64 "]", ns_type(flag)->name, inode_of(nsfd));
	return 0;
}

#define IOCTL_NS_GET_ID _IOR(NSIO, 13, uint64_t)	/* 6.18 and later */

uint64_t ns_id(int nsfd)
{
	uint64_t id = 0;

	return ioctl(nsfd, IOCTL_NS_GET_ID, &id) ? 0 : id;
}

/* What name_to_handle_at() gives for an nsfs file, 6.18 and later. */
struct nsfs_handle {
	unsigned int handle_bytes;
	int handle_type;
	uint64_t ns_id;
	uint32_t ns_type;
	uint32_t ns_inum;
};

#define FILEID_NSFS 0xf1
#define FD_NSFS_ROOT -10003

int ns_alive(const char *name, uint64_t id)
{
	struct nsfs_handle handle = { .handle_bytes = 16, .handle_type = FILEID_NSFS, .ns_id = id };
	char type[16];
	int fd;

	if (!id || sscanf(name, "%15[a-z]:[%" SCNu32 "]", type, &handle.ns_inum) != 2)
		return NSMAKE_SKIP;
	handle.ns_type = ns_flag(type);
	fd = syscall(SYS_open_by_handle_at, FD_NSFS_ROOT, &handle, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ESTALE ? 1 : NSMAKE_SKIP;
	close(fd);
	return 0;
}
