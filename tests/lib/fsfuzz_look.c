// SPDX-License-Identifier: GPL-2.0-or-later
/* See fsfuzz.h. What is seen has to be in order: names that are names, numbers that are theirs, places that rise. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "fsfuzz.h"

#define PROCNS_MAGIC 0x70636e73

/* The procns itself, and not what a mount on an entry shows. */
static bool is_of_dir(struct fuzz *fuzz, const struct stat *stat)
{
	struct stat dir;

	return !fstat(fuzz->dir, &dir) && dir.st_dev == stat->st_dev;
}

static long look_lstat(struct fuzz *fuzz)
{
	char room[NAME_ROOM];
	const char *name = any_name(fuzz, room);
	struct stat stat;
	long got = fstatat(fuzz->dir, name, &stat, AT_SYMLINK_NOFOLLOW);

	if (!got && name_number(name) && is_of_dir(fuzz, &stat) && (!S_ISLNK(stat.st_mode) || stat.st_ino != name_number(name)))
		wrong(fuzz, "lstat of %s: inode %lu, mode %o", name, (unsigned long)stat.st_ino, stat.st_mode);
	return got;
}

static long look_stat(struct fuzz *fuzz)
{
	char room[NAME_ROOM];
	const char *name = any_name(fuzz, room);
	struct stat stat;
	long got = fstatat(fuzz->dir, name, &stat, 0);

	if (!got && name_number(name) && S_ISREG(stat.st_mode) && stat.st_ino != name_number(name))
		wrong(fuzz, "stat of %s: inode %lu", name, (unsigned long)stat.st_ino);
	return got;
}

static long look_statx(struct fuzz *fuzz)
{
	char room[NAME_ROOM];

	return statx(fuzz->dir, any_name(fuzz, room), (int)random_bits(fuzz, 0x7fff), (unsigned int)random_next(fuzz),
		     random_room(fuzz, sizeof(struct statx)));
}

static long look_readlink(struct fuzz *fuzz)
{
	char room[NAME_ROOM], text[64];
	const char *name = any_name(fuzz, room);
	size_t size = 1 + random_below(fuzz, sizeof(text)), length = strlen(name);
	long got = readlinkat(fuzz->dir, name, text, size);

	if (got >= 0 && name_number(name) && ((size_t)got != (length < size ? length : size) || memcmp(text, name, got)))
		wrong(fuzz, "readlink of %s into %zu bytes: %.*s", name, size, (int)got, text);
	return got;
}

static long look_readlink_badly(struct fuzz *fuzz)
{
	char room[NAME_ROOM];
	size_t size = random_below(fuzz, 64);

	return readlinkat(fuzz->dir, any_name(fuzz, room), random_room(fuzz, size), one_in(fuzz, 8) ? random_next(fuzz) : size);
}

static long look_open(struct fuzz *fuzz)
{
	static const int flags[] = { O_RDONLY, O_PATH, O_PATH | O_NOFOLLOW, O_RDONLY | O_NONBLOCK, O_RDWR, O_WRONLY,
				     O_DIRECTORY, O_NOFOLLOW };
	char room[NAME_ROOM];
	const char *name = any_name(fuzz, room);
	int how = one_in(fuzz, 3) ? (int)random_bits(fuzz, 0x7fffff & ~(O_CREAT | O_TMPFILE | O_TRUNC)) : pick(fuzz, flags);
	int fd = openat(fuzz->dir, name, how | O_CLOEXEC);
	struct stat stat;

	if (fd >= 0 && name_number(name) && !fstat(fd, &stat) && S_ISREG(stat.st_mode) && stat.st_ino != name_number(name))
		wrong(fuzz, "open of %s: inode %lu", name, (unsigned long)stat.st_ino);
	keep_fd(fuzz, fd);
	return fd;
}

static long look_openat2(struct fuzz *fuzz)
{
	char room[NAME_ROOM];
	struct open_how how = {
		.flags = random_bits(fuzz, 0x7fffff & ~(O_CREAT | O_TMPFILE | O_TRUNC)) | O_CLOEXEC,
		.resolve = one_in(fuzz, 2) ? 0 : random_bits(fuzz, 0x3f),
	};
	int fd;

	if (one_in(fuzz, 2))
		how.flags = O_CLOEXEC | (one_in(fuzz, 2) ? O_PATH : O_RDONLY);
	fd = (int)syscall(SYS_openat2, fuzz->dir, any_name(fuzz, room), &how, sizeof(how));
	keep_fd(fuzz, fd);
	return fd;
}

static long look_access(struct fuzz *fuzz)
{
	char room[NAME_ROOM];

	return syscall(SYS_faccessat2, fuzz->dir, any_name(fuzz, room), (int)random_below(fuzz, 8), (int)random_bits(fuzz, 0x1300));
}

static long look_again(struct fuzz *fuzz)
{
	reopen_dir(fuzz);
	return fuzz->dir < 0 ? -1 : 0;
}

static void remember(struct fuzz *fuzz, const struct dirent64 *entry)
{
	size_t at = fuzz->nnames < FUZZ_NAMES ? fuzz->nnames++ : random_below(fuzz, FUZZ_NAMES);

	snprintf(fuzz->names[at], FUZZ_NAME, "%.*s", FUZZ_NAME - 1, entry->d_name);
}

static void check_entries(struct fuzz *fuzz, const char *entries, long length)
{
	int64_t last = 0;

	for (long at = 0; at < length;) {
		const struct dirent64 *entry = (const void *)(entries + at);
		uint32_t number = name_number(entry->d_name);
		bool dot = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");

		if (!dot && (!number || number != entry->d_ino || entry->d_type != DT_LNK))
			wrong(fuzz, "listed: %.40s, inode %lu, type %u", entry->d_name, (unsigned long)entry->d_ino, entry->d_type);
		if (entry->d_off <= last)
			wrong(fuzz, "%.40s ends at %ld, after %ld", entry->d_name, (long)entry->d_off, (long)last);
		last = entry->d_off;
		if (number)
			remember(fuzz, entry);
		at += entry->d_reclen;
	}
}

static long look_list(struct fuzz *fuzz)
{
	char entries[4096];
	struct statfs fs;
	long got;

	if (fstatfs(fuzz->dir, &fs) || fs.f_type != PROCNS_MAGIC)
		return -1;	/* what a mount has put there */
	got = syscall(SYS_getdents64, fuzz->dir, entries, 24 + random_below(fuzz, sizeof(entries) - 24));
	check_entries(fuzz, entries, got);
	if (!got)
		lseek(fuzz->dir, 0, SEEK_SET);
	return got > 0 ? 0 : -1;
}

static long look_list_badly(struct fuzz *fuzz)
{
	size_t size = random_below(fuzz, 4096);

	return syscall(SYS_getdents64, fuzz->dir, random_room(fuzz, size), one_in(fuzz, 8) ? random_next(fuzz) : size);
}

static long look_seek(struct fuzz *fuzz)
{
	static const int64_t edges[] = { 0, 1, 2, 3, -1, INT64_MAX, INT64_MIN, INT32_MAX, UINT32_MAX, INT64_MAX - 1 };
	int64_t to = one_in(fuzz, 2) ? pick(fuzz, edges) : (int64_t)(random_next(fuzz) >> random_below(fuzz, 64));

	return lseek(fuzz->dir, to, (int)random_below(fuzz, 6)) < 0 ? -1 : 0;
}

static long look_statfs(struct fuzz *fuzz)
{
	struct statfs fs;

	return one_in(fuzz, 4) ? syscall(SYS_fstatfs, fuzz->dir, random_room(fuzz, sizeof(fs))) : fstatfs(fuzz->dir, &fs);
}

static long look_handle(struct fuzz *fuzz)
{
	char room[NAME_ROOM];
	struct {
		struct file_handle head;
		unsigned char bytes[128];
	} handle = { .head.handle_bytes = (unsigned int)random_below(fuzz, 130) };
	int mount, fd;

	if (name_to_handle_at(fuzz->dir, any_name(fuzz, room), &handle.head, &mount,
			      (int)random_bits(fuzz, AT_EMPTY_PATH | AT_SYMLINK_FOLLOW))) {
		handle.head.handle_bytes = (unsigned int)random_below(fuzz, 129);
		handle.head.handle_type = (int)random_below(fuzz, 256);
		for (size_t i = 0; i < sizeof(handle.bytes); i++)
			handle.bytes[i] = (unsigned char)random_next(fuzz);
	}
	fd = open_by_handle_at(fuzz->dir, &handle.head, O_RDONLY | O_CLOEXEC);
	keep_fd(fuzz, fd);
	return fd;
}

static long look_watch(struct fuzz *fuzz)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	char room[NAME_ROOM], path[NAME_ROOM + 256];
	long got;

	strcpy(stpcpy(stpcpy(path, fuzz->top), "/"), any_name(fuzz, room));
	got = inotify_add_watch(fd, path, (uint32_t)random_bits(fuzz, 0xf7ffffff));
	keep_fd(fuzz, fd);
	return got;
}

/* What is done with open files; a directory and links have next to none of it. */
static long look_use(struct fuzz *fuzz)
{
	int fd = one_in(fuzz, 2) ? fuzz->dir : random_fd(fuzz);
	size_t size = random_below(fuzz, 4096);
	void *room = random_room(fuzz, size), *map;
	struct pollfd wait = { .fd = fd, .events = (short)random_next(fuzz) };
	off_t from = (off_t)random_next(fuzz);

	switch (random_below(fuzz, 12)) {
	case 0: return read(fd, room, size);
	case 1: return pread(fd, room, size, from);
	case 2: return write(fd, room, size);
	case 3: return poll(&wait, 1, 0);
	case 4: return flock(fd, (int)random_bits(fuzz, LOCK_SH | LOCK_EX | LOCK_UN) | LOCK_NB);
	case 5: return fcntl(fd, F_NOTIFY, random_bits(fuzz, 0x3f) | DN_MULTISHOT);
	case 6: return fcntl(fd, F_SETLEASE, (int)random_below(fuzz, 3));
	case 7: return fsync(fd);
	case 8: return sendfile(fd, fuzz->dir, NULL, size);
	case 9: return fcntl(fd, F_SETFL, (int)random_bits(fuzz, O_APPEND | O_DIRECT | O_NOATIME | O_NONBLOCK));
	case 10: return posix_fadvise(fd, from, (off_t)size, (int)random_below(fuzz, 6));
	default:
		map = mmap(NULL, 4096, (int)random_below(fuzz, 8), one_in(fuzz, 2) ? MAP_SHARED : MAP_PRIVATE, fd, 0);
		return map == MAP_FAILED ? -1 : munmap(map, 4096);
	}
}

static long look_ioctl(struct fuzz *fuzz)
{
	static const unsigned long known[] = { FIBMAP, FIGETBSZ, FIFREEZE, FITHAW, FIONREAD, FICLONE, FIDEDUPERANGE, FS_IOC_FIEMAP,
					       FS_IOC_GETFLAGS, FS_IOC_FSGETXATTR, FS_IOC_GETFSLABEL };
	unsigned long request = one_in(fuzz, 2) ? pick(fuzz, known) : (unsigned long)random_next(fuzz) >> random_below(fuzz, 33);

	return ioctl(fuzz->dir, request, random_room(fuzz, 256));
}

static long look_go(struct fuzz *fuzz)
{
	return fchdir(fuzz->dir);
}

const struct operation look_operations[] = {
	{ "list", look_list, SOMETIMES, false },
	{ "list", look_list, SOMETIMES, false },
	{ "list into bad room", look_list_badly, ANY, false },
	{ "seek", look_seek, SOMETIMES, false },
	{ "lstat", look_lstat, SOMETIMES, false },
	{ "stat", look_stat, SOMETIMES, false },
	{ "statx", look_statx, SOMETIMES, false },
	{ "readlink", look_readlink, SOMETIMES, false },
	{ "readlink into bad room", look_readlink_badly, ANY, false },
	{ "open", look_open, SOMETIMES, false },
	{ "openat2", look_openat2, SOMETIMES, false },
	{ "access", look_access, ANY, false },
	{ "open the directory", look_again, SOMETIMES, false },
	{ "statfs", look_statfs, SOMETIMES, false },
	{ "handles", look_handle, ANY, false },
	{ "inotify", look_watch, ANY, false },
	{ "read, write, poll, map, …", look_use, ANY, false },
	{ "ioctl of the directory", look_ioctl, ANY, false },
	{ "fchdir", look_go, SOMETIMES, false },
};
const size_t look_count = ARRAY_SIZE(look_operations);
