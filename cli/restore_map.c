// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "restore.h"
#include "text.h"

/* The kernel takes a map by one write, once. */
static int write_map(pid_t pid, const char *file, const struct dump_map *map)
{
	struct text text = { 0 };
	cleanup_free char *lines = NULL;
	cleanup_fd int fd = -1;
	char path[64];

	if (!map->count)
		return 0;
	for (size_t i = 0; i < map->count; i++)
		text_add(&text, "%u %u %u\n", map->ranges[i].inside, map->ranges[i].outside, map->ranges[i].count);
	lines = text_take(&text);
	if (!lines)
		return ENOMEM;
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	return write(fd, lines, strlen(lines)) < 0 ? errno : 0;
}

/* Allowed is what it is, unless its parent says otherwise. The kernel takes this only before a gid_map. */
static int deny_setgroups(pid_t pid)
{
	cleanup_fd int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/setgroups", pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 || write(fd, "deny", 4) < 0 ? errno : 0;
}

int restore_write_maps(const struct dump_ns *ns, pid_t pid, const char **what)
{
	int err;

	*what = "writing its uid_map";
	err = write_map(pid, "uid_map", &ns->uid_map);
	if (err)
		return err;
	*what = "forbidding setgroups in it";
	err = ns->setgroups == DUMP_SETGROUPS_DENY ? deny_setgroups(pid) : 0;
	if (err)
		return err;
	*what = "writing its gid_map";
	return write_map(pid, "gid_map", &ns->gid_map);
}
