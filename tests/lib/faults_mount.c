// SPDX-License-Identifier: GPL-2.0-or-later
/* See faults.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "faults.h"

#define UNLOAD_SECONDS 30

static int mount_new(const struct place *place)
{
	return negative_errno(mount("procns", place->scratch, "procns", 0, "mode=500"));
}

static int unmount(const struct place *place)
{
	return negative_errno(umount2(place->scratch, 0));
}

static int mount_on_file(const struct place *place)
{
	char path[NAME_SIZE * 2];

	snprintf(path, sizeof(path), "%s/%s", place->dir, place->entry);
	return negative_errno(mount(path, place->target, NULL, MS_BIND, NULL));
}

static int unmount_file(const struct place *place)
{
	return negative_errno(umount2(place->target, 0));
}

static int remount(const struct place *place)
{
	return negative_errno(mount(NULL, place->dir, NULL, MS_REMOUNT, "mode=555"));
}

static int load(const struct place *place)
{
	cleanup_fd fd = open(place->module, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : negative_errno(syscall(SYS_finit_module, fd, "", 0));
}

static int unload_now(const struct place *place)
{
	(void)place;
	return negative_errno(syscall(SYS_delete_module, "procns", O_NONBLOCK));
}

/* The kernel may be taking the last of it apart. */
static int unload(const struct place *place)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	time_t end = time(NULL) + UNLOAD_SECONDS;
	int error;

	while ((error = unload_now(place)) == -EAGAIN && time(NULL) < end)
		nanosleep(&pause, NULL);
	return error;
}

/* What the loader allocates before it calls the module is not the module's. procfs, where it has no memory for an inode, finds nothing. */
#define INIT "do_init_module"

const struct operation mount_operations[] = {
	{ "mount", .fails = true, .own = true, .run = mount_new, .end = unmount },
	{ "remount", .fails = true, .own = true, .run = remount },
	{ "unmount", .fails = true, .begin = mount_new, .run = unmount },
	{ "bind", .fails = true, .own = true, .run = mount_on_file, .end = unmount_file },
	{ "load", .beneath = INIT, .never_beneath = DISARM, .fails = true, .also = ENOENT, .edge = 400, .run = load, .end = unload },
	{ "unload", .never_beneath = DISARM, .fails = false, .begin = load, .run = unload_now },
};
const size_t mount_count = ARRAY_SIZE(mount_operations);
