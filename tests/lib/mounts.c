// SPDX-License-Identifier: GPL-2.0-or-later
/* Places to mount at: a tmpfs over /tmp, or what else there is, in a mount namespace of our own, so nothing is left behind. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "nsmake.h"

int own_mounts(struct nsmake *m)
{
	static const char *const places[] = { "/tmp", "/run", "/mnt", "/root" };

	if (m->dir[0])
		return 0;
	if (unshare(CLONE_NEWNS))
		return fail(m, "making a mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return fail(m, "making all mounts private");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (mount("nsmake", places[i], "tmpfs", 0, NULL))
			continue;
		strcpy(m->dir, places[i]);
		return 0;
	}
	return fail(m, "mounting a tmpfs on /tmp");
}

static void next_path(struct nsmake *m, char *path, size_t size)
{
	snprintf(path, size, "%s/nsmake-%u", m->dir, m->files++);
}

int new_file(struct nsmake *m, char *path, size_t size)
{
	cleanup_fd fd = -1;

	next_path(m, path, size);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? fail(m, "creating %s", path) : 0;
}

int new_dir(struct nsmake *m, char *path, size_t size)
{
	next_path(m, path, size);
	return mkdir(path, 0755) ? fail(m, "creating %s", path) : 0;
}

int bind_ns(struct nsmake *m, int nsfd, const char *path)
{
	char from[32];

	snprintf(from, sizeof(from), "/proc/self/fd/%d", nsfd);
	return mount(from, path, NULL, MS_BIND, NULL) ? fail(m, "binding a namespace to %s", path) : 0;
}

int our_mntns(struct nsmake *m)
{
	cleanup_fd fd = ns_open_of(m, getpid(), "mnt");

	if (fd < 0)
		return fd;
	json_ns(m, "mntns", fd);
	return 0;
}
