// SPDX-License-Identifier: GPL-2.0-or-later
/* See fsfuzz.h. Of what would change the directory, nothing ever may succeed. What follows an entry reaches nsfs, which is not ours. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "fsfuzz.h"

static long change_create(struct fuzz *fuzz)
{
	char room[NAME_ROOM];
	int flags = (int)random_bits(fuzz, 0x7fffff & ~O_DIRECTORY) | O_CREAT | O_EXCL | O_CLOEXEC;

	return openat(fuzz->dir, flat_name(fuzz, room), flags & ~O_PATH, 0666);
}

/* An entry that is there is followed, and opened or not. */
static long change_open(struct fuzz *fuzz)
{
	char room[NAME_ROOM];
	int fd = openat(fuzz->dir, flat_name(fuzz, room), (int)random_bits(fuzz, 0x7fffff) | O_CREAT | O_CLOEXEC, 0666);

	keep_fd(fuzz, fd);
	return fd;
}

static long change_temporary(struct fuzz *fuzz)
{
	return openat(fuzz->dir, ".", O_TMPFILE | (one_in(fuzz, 2) ? O_RDWR : O_WRONLY) | O_CLOEXEC, 0600);
}

static long change_mkdir(struct fuzz *fuzz)
{
	char room[NAME_ROOM];

	return mkdirat(fuzz->dir, flat_name(fuzz, room), (mode_t)random_below(fuzz, 010000));
}

static long change_mknod(struct fuzz *fuzz)
{
	static const mode_t kinds[] = { S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK };
	char room[NAME_ROOM];

	return mknodat(fuzz->dir, flat_name(fuzz, room), pick(fuzz, kinds) | 0666, random_below(fuzz, 0x1000));
}

static long change_symlink(struct fuzz *fuzz)
{
	char room[NAME_ROOM];

	return symlinkat("x", fuzz->dir, flat_name(fuzz, room));
}

static long change_link(struct fuzz *fuzz)
{
	char from[NAME_ROOM], to[NAME_ROOM];
	int follow = one_in(fuzz, 2) ? AT_SYMLINK_FOLLOW : 0;

	if (one_in(fuzz, 2))
		return linkat(random_fd(fuzz), "", fuzz->dir, flat_name(fuzz, to), AT_EMPTY_PATH);
	return linkat(fuzz->dir, flat_name(fuzz, from), fuzz->dir, flat_name(fuzz, to), follow);
}

static long change_unlink(struct fuzz *fuzz)
{
	char room[NAME_ROOM];

	return unlinkat(fuzz->dir, flat_name(fuzz, room), one_in(fuzz, 2) ? AT_REMOVEDIR : 0);
}

static long change_rename(struct fuzz *fuzz)
{
	char from[NAME_ROOM], to[NAME_ROOM], file[256];
	unsigned int flags = (unsigned int)random_bits(fuzz, RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT);

	snprintf(file, sizeof(file), "%s/file", fuzz->work);
	flat_name(fuzz, from);
	flat_name(fuzz, to);
	if (!strcmp(from, to))
		return -1;	/* which is none, and may succeed */
	switch (random_below(fuzz, 3)) {
	case 0: return (long)syscall(SYS_renameat2, AT_FDCWD, file, fuzz->dir, to, flags);
	case 1: return (long)syscall(SYS_renameat2, fuzz->dir, from, AT_FDCWD, file, flags);
	default: return (long)syscall(SYS_renameat2, fuzz->dir, from, fuzz->dir, to, flags);
	}
}

/* Where the directory itself is meant, by its descriptor; or an entry, which is not followed. */
static long change_owner(struct fuzz *fuzz)
{
	char room[NAME_ROOM];
	uid_t uid = (uid_t)random_next(fuzz) >> random_below(fuzz, 32);

	if (one_in(fuzz, 2))
		return fchownat(fuzz->dir, "", uid, uid, AT_EMPTY_PATH);
	return fchownat(fuzz->dir, flat_name(fuzz, room), uid, uid, AT_SYMLINK_NOFOLLOW);
}

static long change_mode(struct fuzz *fuzz)
{
	return fchmod(fuzz->dir, (mode_t)random_below(fuzz, 010000));
}

static long change_times(struct fuzz *fuzz)
{
	struct timespec times[2] = { { .tv_sec = (time_t)random_next(fuzz) }, { .tv_nsec = UTIME_NOW } };
	char room[NAME_ROOM];

	if (one_in(fuzz, 2))
		return futimens(fuzz->dir, one_in(fuzz, 2) ? times : NULL);
	return utimensat(fuzz->dir, flat_name(fuzz, room), times, AT_SYMLINK_NOFOLLOW);
}

static const char *attribute(struct fuzz *fuzz)
{
	static const char *const names[] = { "user.x", "trusted.x", "security.capability", "security.selinux", "system.posix_acl_access",
					     "system.posix_acl_default", "x", "" };

	return pick(fuzz, names);
}

/* security.* may be taken by a security module, without asking us. */
static long change_attribute(struct fuzz *fuzz)
{
	const char *name = attribute(fuzz);
	long got;

	if (one_in(fuzz, 3))
		got = fremovexattr(fuzz->dir, name);
	else
		got = fsetxattr(fuzz->dir, name, random_room(fuzz, 64), random_below(fuzz, 64), (int)random_below(fuzz, 4));
	return strncmp(name, "security.", 9) ? got : -1;
}

static long change_read_attributes(struct fuzz *fuzz)
{
	return one_in(fuzz, 2) ? flistxattr(fuzz->dir, random_room(fuzz, 256), random_below(fuzz, 256)) :
				 fgetxattr(fuzz->dir, attribute(fuzz), random_room(fuzz, 64), random_below(fuzz, 64));
}

static long change_flags(struct fuzz *fuzz)
{
	long flags = (long)random_next(fuzz);

	return ioctl(fuzz->dir, FS_IOC_SETFLAGS, &flags);
}

static long change_size(struct fuzz *fuzz)
{
	return one_in(fuzz, 2) ? ftruncate(fuzz->dir, (off_t)random_below(fuzz, 4096)) :
				 fallocate(fuzz->dir, (int)random_bits(fuzz, 0x7f), 0, (off_t)random_below(fuzz, 4096) + 1);
}

/* Through the entry, at what it leads to. */
static long change_namespace(struct fuzz *fuzz)
{
	char room[NAME_ROOM], path[NAME_ROOM + 256];
	const char *name = flat_name(fuzz, room);

	strcpy(stpcpy(stpcpy(path, fuzz->top), "/"), name);
	switch (random_below(fuzz, 5)) {
	case 0: return truncate(path, 0);
	case 1: return fchmodat(fuzz->dir, name, 0444, 0);
	case 2: return setxattr(path, attribute(fuzz), "1", 1, 0);
	case 3: return utimensat(fuzz->dir, name, NULL, 0);
	default: return fchownat(fuzz->dir, name, (uid_t)-1, (gid_t)-1, 0);
	}
}

const struct operation change_operations[] = {
	{ "create", change_create, NEVER, false },
	{ "open or create", change_open, ANY, false },
	{ "make a temporary file", change_temporary, NEVER, false },
	{ "mkdir", change_mkdir, NEVER, false },
	{ "mknod", change_mknod, NEVER, false },
	{ "symlink", change_symlink, NEVER, false },
	{ "link", change_link, NEVER, false },
	{ "unlink", change_unlink, NEVER, false },
	{ "rename", change_rename, NEVER, false },
	{ "chown", change_owner, NEVER, false },
	{ "chmod", change_mode, NEVER, false },
	{ "utimes", change_times, NEVER, false },
	{ "set an attribute", change_attribute, NEVER, false },
	{ "read attributes", change_read_attributes, ANY, false },
	{ "set flags", change_flags, NEVER, false },
	{ "truncate, allocate", change_size, NEVER, false },
	{ "change through an entry", change_namespace, ANY, false },
};
const size_t change_count = ARRAY_SIZE(change_operations);
