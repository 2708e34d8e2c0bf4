// SPDX-License-Identifier: GPL-2.0-or-later
/* See fsfuzz.h. Mounts of a life's own mount namespace, which go with it: nothing here reaches another. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "fsfuzz.h"

/* <sys/mount.h> and <linux/mount.h> do not go together everywhere. */
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int umount2(const char *target, int flags);
#define MNT_DETACH 2

#define ALL_FLAGS (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_SYNCHRONOUS | MS_NOATIME | MS_NODIRATIME | MS_SILENT | \
		   MS_RELATIME | MS_STRICTATIME | MS_LAZYTIME | MS_NOSYMFOLLOW | MS_DIRSYNC)

static const char *options(struct fuzz *fuzz)
{
	static const char *const fixed[] = { "", "mode=555", "mode=500", "mode=777", "mode=0", "ro", "mode=1777", "mode=8", "mode=", "mode",
					     "mode=555,mode=700", "uid=0", "x=y", ",,,", "mode=555,x", "size=1" };
	static char text[128];
	size_t length = random_below(fuzz, sizeof(text) - 1);

	if (!one_in(fuzz, 4))
		return pick(fuzz, fixed);
	if (one_in(fuzz, 2)) {
		snprintf(text, sizeof(text), "mode=%o", (unsigned int)(random_next(fuzz) >> random_below(fuzz, 64)));
		return text;
	}
	for (size_t i = 0; i < length; i++)
		text[i] = (char)random_next(fuzz);
	text[length] = '\0';
	return text;
}

static long mount_procns(struct fuzz *fuzz)
{
	static const char *const types[] = { "procns", "procns", "procns", "procns.x", "procns." };
	unsigned long flags = one_in(fuzz, 2) ? 0 : random_bits(fuzz, ALL_FLAGS);
	long got = mount(one_in(fuzz, 8) ? NULL : "fuzz", work_dir(fuzz), pick(fuzz, types), flags, one_in(fuzz, 2) ? "" : options(fuzz));

	reopen_dir(fuzz);
	return got;
}

static long mount_away(struct fuzz *fuzz)
{
	const char *where = fuzz->blind && one_in(fuzz, 8) ? fuzz->top : work_dir(fuzz);

	return umount2(where, one_in(fuzz, 2) ? MNT_DETACH : (int)random_bits(fuzz, 0xf));
}

static long mount_again(struct fuzz *fuzz)
{
	return mount(NULL, one_in(fuzz, 4) ? fuzz->top : work_dir(fuzz), NULL,
		     MS_REMOUNT | random_bits(fuzz, ALL_FLAGS | MS_BIND), options(fuzz));
}

static long mount_bind(struct fuzz *fuzz)
{
	char from[NAME_ROOM + 256], room[NAME_ROOM], to[256];
	unsigned long flags = MS_BIND | (one_in(fuzz, 2) ? MS_REC : 0);

	if (one_in(fuzz, 2))
		return mount(fuzz->top, work_dir(fuzz), NULL, flags, NULL);
	strcpy(stpcpy(stpcpy(from, fuzz->top), "/"), flat_name(fuzz, room));
	snprintf(to, sizeof(to), "%s/file", fuzz->work);
	return mount(from, to, NULL, flags, NULL);
}

static long mount_move(struct fuzz *fuzz)
{
	char from[256];

	snprintf(from, sizeof(from), "%s", work_dir(fuzz));
	return mount(from, work_dir(fuzz), NULL, MS_MOVE, NULL);
}

static long mount_propagation(struct fuzz *fuzz)
{
	static const unsigned long ways[] = { MS_SHARED, MS_PRIVATE, MS_SLAVE, MS_UNBINDABLE };

	return mount(NULL, work_dir(fuzz), NULL, pick(fuzz, ways) | (one_in(fuzz, 2) ? MS_REC : 0), NULL);
}

/* Refused: nothing stacks on procns. Where there is no overlayfs, refused too. */
static long mount_overlay(struct fuzz *fuzz)
{
	char text[600];

	snprintf(text, sizeof(text), "lowerdir=%s:%s", fuzz->top, work_dir(fuzz));
	return mount("overlay", work_dir(fuzz), "overlay", 0, text);
}

static long configure(struct fuzz *fuzz, int context)
{
	static const char *const keys[] = { "mode", "source", "ro", "rw", "sync", "lazytime", "x", "" };
	const char *key = one_in(fuzz, 8) ? NULL : pick(fuzz, keys);
	unsigned int command = (unsigned int)random_below(fuzz, 10);

	switch (command) {
	case FSCONFIG_SET_STRING: return syscall(SYS_fsconfig, context, command, key, options(fuzz), 0);
	case FSCONFIG_SET_BINARY: return syscall(SYS_fsconfig, context, command, key, random_room(fuzz, 64), (int)random_below(fuzz, 64));
	case FSCONFIG_SET_FD: return syscall(SYS_fsconfig, context, command, key, NULL, fuzz->dir);
	case FSCONFIG_SET_PATH:
	case FSCONFIG_SET_PATH_EMPTY: return syscall(SYS_fsconfig, context, command, key, fuzz->top, AT_FDCWD);
	default: return syscall(SYS_fsconfig, context, command, key, NULL, 0);
	}
}

static long mount_by_parts(struct fuzz *fuzz)
{
	int context = one_in(fuzz, 3) ? (int)syscall(SYS_fspick, AT_FDCWD, work_dir(fuzz), random_bits(fuzz, 0xf)) :
					(int)syscall(SYS_fsopen, "procns", FSOPEN_CLOEXEC);
	long got = -1;
	int fd;

	if (context < 0)
		return -1;
	for (unsigned int i = (unsigned int)random_below(fuzz, 5); i > 0; i--)
		configure(fuzz, context);
	if (one_in(fuzz, 8))
		read(context, random_room(fuzz, 256), 256);
	syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	fd = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, random_bits(fuzz, 0x2000ff));
	if (fd >= 0)
		got = syscall(SYS_move_mount, fd, "", AT_FDCWD, work_dir(fuzz), MOVE_MOUNT_F_EMPTY_PATH);
	keep_fd(fuzz, fd);	/* detached, if it was not moved */
	if (one_in(fuzz, 4))
		keep_fd(fuzz, context);
	else
		close(context);
	return got;
}

static long mount_clone(struct fuzz *fuzz)
{
	unsigned int flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (one_in(fuzz, 2) ? AT_RECURSIVE : 0);
	int fd = (int)syscall(SYS_open_tree, AT_FDCWD, one_in(fuzz, 2) ? fuzz->top : work_dir(fuzz), flags);
	struct mount_attr attr = {
		.attr_set = random_bits(fuzz, 0x3000ff),
		.attr_clr = random_bits(fuzz, 0xff),
		.propagation = one_in(fuzz, 4) ? random_bits(fuzz, MS_SHARED | MS_PRIVATE | MS_SLAVE) : 0,
		.userns_fd = (uint64_t)random_fd(fuzz),
	};
	long got;

	if (fd < 0)
		return -1;
	got = syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | (int)random_bits(fuzz, AT_RECURSIVE), &attr, sizeof(attr));
	if (one_in(fuzz, 2))
		syscall(SYS_move_mount, fd, "", AT_FDCWD, work_dir(fuzz), MOVE_MOUNT_F_EMPTY_PATH);
	keep_fd(fuzz, fd);
	return got;
}

/* On the entry itself, which is not followed: what it hides must come back when the mount or the namespace goes. */
static long mount_on_entry(struct fuzz *fuzz)
{
	char from[256], room[NAME_ROOM];
	int fd;
	long got;

	if (!fuzz->blind)
		return -1;
	snprintf(from, sizeof(from), "%s/file", fuzz->work);
	fd = (int)syscall(SYS_open_tree, AT_FDCWD, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	got = syscall(SYS_move_mount, fd, "", fuzz->dir, flat_name(fuzz, room), MOVE_MOUNT_F_EMPTY_PATH);
	keep_fd(fuzz, fd);
	return got;
}

const struct operation mount_operations[] = {
	{ "mount", mount_procns, SOMETIMES, true },
	{ "mount", mount_procns, SOMETIMES, true },
	{ "umount", mount_away, SOMETIMES, true },
	{ "remount", mount_again, SOMETIMES, true },
	{ "bind", mount_bind, SOMETIMES, true },
	{ "move", mount_move, ANY, true },
	{ "propagation", mount_propagation, ANY, true },
	{ "overlay", mount_overlay, NEVER, true },
	{ "fsopen, fsconfig, fsmount", mount_by_parts, ANY, true },
	{ "open_tree, mount_setattr", mount_clone, ANY, true },
	{ "mount on an entry", mount_on_entry, ANY, true },
};
const size_t mount_count = ARRAY_SIZE(mount_operations);
