// SPDX-License-Identifier: LGPL-2.1-or-later
/* From the id of a cgroup to its path: the id is its file handle in cgroup2. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "util.h"
#include "watch.h"

#define KERNFS_HANDLE 0xfe		/* FILEID_KERNFS */
#define MOST_PATHS 4096

static int open_cgroup2(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != CGROUP2_SUPER_MAGIC)
		return -1;
	return steal_fd(&fd);
}

void watch_cgroups_open(struct watch_cgroups *cgroups)
{
	cgroups->mount = open_cgroup2("/sys/fs/cgroup");
	if (cgroups->mount < 0)
		cgroups->mount = open_cgroup2("/sys/fs/cgroup/unified");
}

static void forget(struct watch_cgroups *cgroups)
{
	for (size_t i = 0; i < cgroups->paths.size; i++)
		free(cgroups->paths.slots[i].value);
	index_free(&cgroups->paths);
}

void watch_cgroups_close(struct watch_cgroups *cgroups)
{
	forget(cgroups);
	if (cgroups->mount >= 0)
		close(cgroups->mount);
	cgroups->mount = -1;
}

static int link_text(int fd, char *text, size_t size)
{
	char path[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	length = readlink(path, text, size - 1);
	if (length < 0)
		return -errno;
	text[length] = '\0';
	return 0;
}

/* Allocated, NULL where there is none. */
static char *find_path(const struct watch_cgroups *cgroups, uint64_t id)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} file = { .handle = { .handle_bytes = sizeof(id), .handle_type = KERNFS_HANDLE } };
	cleanup_fd int fd = -1;
	char root[4096], path[4096];
	size_t length;

	memcpy(file.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(cgroups->mount, &file.handle, O_PATH | O_CLOEXEC);
	if (fd < 0 || link_text(cgroups->mount, root, sizeof(root)) < 0 || link_text(fd, path, sizeof(path)) < 0)
		return NULL;
	length = strlen(root);
	if (strncmp(path, root, length))
		return NULL;
	return strdup(path[length] ? path + length : "/");
}

const char *watch_cgroup_path(struct watch_cgroups *cgroups, uint64_t id)
{
	void **place;

	if (cgroups->mount < 0 || !id)
		return NULL;
	if (cgroups->paths.count >= MOST_PATHS)
		forget(cgroups);
	place = index_place(&cgroups->paths, id);
	if (place && !*place)
		*place = find_path(cgroups, id);
	return place ? *place : NULL;
}
