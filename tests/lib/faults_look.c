// SPDX-License-Identifier: GPL-2.0-or-later
/* See faults.h. An entry's dentry goes with its last user, so each of these looks it up anew. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "faults.h"

static void path_of(const struct place *place, char path[NAME_SIZE * 2])
{
	snprintf(path, NAME_SIZE * 2, "%s/%s", place->dir, place->entry);
}

static int list(const struct place *place)
{
	cleanup_fd fd = open(place->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char buffer[256];
	long got;

	if (fd < 0)
		return -errno;
	do
		got = syscall(SYS_getdents64, fd, buffer, sizeof(buffer));
	while (got > 0);
	return negative_errno(got);
}

static int look_up(const struct place *place)
{
	char path[NAME_SIZE * 2];
	struct stat st;

	path_of(place, path);
	return negative_errno(lstat(path, &st));
}

static int read_link(const struct place *place)
{
	char path[NAME_SIZE * 2], text[NAME_SIZE] = "";
	ssize_t length;

	path_of(place, path);
	length = readlink(path, text, sizeof(text) - 1);
	if (length < 0)
		return -errno;
	return strcmp(text, place->entry) ? -EBADMSG : 0;
}

/* Not its directory, which has no parts that could be missing. */
static int look_up_missing(const struct place *place)
{
	char path[NAME_SIZE * 2];
	struct stat st;

	snprintf(path, sizeof(path), "%s/net:[1]", place->dir);
	if (!lstat(path, &st))
		return -EEXIST;
	return errno == ENOENT ? 0 : -errno;
}

static int descriptor_of(const struct place *place)
{
	char path[NAME_SIZE * 2];

	path_of(place, path);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int open_entry(const struct place *place)
{
	cleanup_fd fd = descriptor_of(place);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	return ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWUTS ? 0 : -EBADMSG;
}

static int follow(const struct place *place)
{
	char path[NAME_SIZE * 2];
	struct stat st;

	path_of(place, path);
	return negative_errno(stat(path, &st));
}

static int enter(const struct place *place)
{
	cleanup_fd fd = descriptor_of(place);

	return fd < 0 ? -errno : negative_errno(setns(fd, CLONE_NEWUTS));
}

/* The namespaces that are born here end where the first of the process is entered again. */
static int give_birth(const struct place *place)
{
	(void)place;
	return negative_errno(unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWPID | CLONE_NEWTIME));
}

static int come_back(const struct place *place)
{
	(void)place;
	for (const char *const *type = (const char *const[]) { "uts", "ipc", "cgroup", "pid", "time", "mnt", NULL }; *type; type++) {
		char path[64];
		cleanup_fd fd = -1;

		snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)getppid(), *type);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || setns(fd, 0))
			return -errno;
	}
	return 0;
}

const struct operation look_operations[] = {
	{ "list", .fails = true, .run = list },
	{ "lookup", .fails = true, .own = true, .run = look_up },
	{ "readlink", .fails = true, .own = true, .run = read_link },
	{ "missing", .fails = true, .run = look_up_missing },
	{ "follow", .fails = true, .own = true, .run = follow },
	{ "open", .fails = true, .own = true, .run = open_entry },
	{ "enter", .fails = true, .own = true, .run = enter },
	{ "birth", .fails = true, .run = give_birth, .end = come_back },
};
const size_t look_count = ARRAY_SIZE(look_operations);
