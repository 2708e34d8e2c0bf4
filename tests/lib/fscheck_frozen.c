// SPDX-License-Identifier: GPL-2.0-or-later
/* Names that are none, and attempts to change a directory that cannot be changed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "fscheck.h"

static const char *const bad_names[] = {
	"net:[]", "net:[ 1]", "net:[-1]", "net:[+1]", "net:[01]", "net:[0]", "net:[0x1]", "net:[1e3]", "net:[1", "net:1]", "net:1",
	"net[1]", "net:[1]]", "net:[[1]", "net:[1] ", " net:[1]", "net:[1]\n", "net:[4294967296]", "net:[18446744073709551616]",
	"net:[18446744077728548671]", "net:[99999999999999999999999999]", "net:[4026531840]x", "net:[4026531840", "x:[4026531840]",
	"NET:[4026531840]", "Net:[1]", ":[1]", "[1]", "net", "net:", "net:[", "net:[x]", "net:[1,2]", "net:[\xd9\xa1]", "user", "mnt:",
	"nett:[4026531840]", "ne:[4026531840]", "netuser:[1]", "pid_for_children:[4026531836]", "time_for_children:[4026531834]",
	"net:[1]/x", "../no-such-thing", "./net:[1]", "*", "\\", "...", "\x01", "\xff\xfe", "net:[4026531840].", "cgroup2:[4026531835]",
};

/* What each way to use a name answers: 0 or a negative errno. */
static long try_stat(int dir, const char *name) { struct stat st; return fstatat(dir, name, &st, 0) ? -errno : 0; }
static long try_lstat(int dir, const char *name) { struct stat st; return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) ? -errno : 0; }
static long try_readlink(int dir, const char *name) { char c[64]; return readlinkat(dir, name, c, 64) < 0 ? -errno : 0; }
static long try_unlink(int dir, const char *name) { return unlinkat(dir, name, 0) ? -errno : 0; }

static long try_open(int dir, const char *name)
{
	cleanup_fd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : 0;
}

static const struct {
	const char *text;
	long (*try)(int dir, const char *name);
} uses[] = {
	{ "stat", try_stat }, { "lstat", try_lstat }, { "readlink", try_readlink }, { "open", try_open }, { "unlink", try_unlink },
};

static const char *printable(const char *name)
{
	static char text[64];
	size_t n = 0;

	for (; *name && n < sizeof(text) - 5; name++)
		n += snprintf(text + n, sizeof(text) - n, *name < 0x21 || *name > 0x7e ? "\\%03o" : "%c", (unsigned char)*name);
	text[n] = 0;
	return text;
}

/* The last of the errnos a missing name may have is for one that is too long. */
static void check_name(struct verdict *v, int dir, const char *name, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++) {
		long got = uses[i].try(dir, name);
		bool too_long = strlen(name) > 255 && got == -ENAMETOOLONG;

		say(v, got == -ENOENT || too_long, "%s of %s: ENOENT", uses[i].text, text);
		if (got != -ENOENT)
			remark("got %s", errno_text(got));
	}
}

static void check_long_names(struct verdict *v, int dir)
{
	static const int lengths[] = { 254, 255, 256, 300, 4000 };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		char name[4096], text[64];

		memset(name, '1', lengths[i]);
		memcpy(name, "net:[", 5);
		name[lengths[i] - 1] = ']';
		name[lengths[i]] = 0;
		snprintf(text, sizeof(text), "a name of %d characters", lengths[i]);
		check_name(v, dir, name, text);
	}
}

int check_names(int argc, char **argv)
{
	cleanup_fd dir = open(argv[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct verdict v = { 0 };

	(void)argc;
	if (dir < 0) {
		perror(argv[0]);
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad_names); i++)
		check_name(&v, dir, bad_names[i], printable(bad_names[i]));
	check_long_names(&v, dir);
	return v.failures > 0;
}

/* Each attempt, on the directory (name NULL) or in it. */
static long at_directory(int dir, const char *how)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
	if (!strcmp(how, "chmod"))
		return chmod(path, 0777);
	if (!strcmp(how, "chown"))
		return chown(path, 1, 1);
	if (!strcmp(how, "setxattr"))
		return setxattr(path, "user.x", "1", 1, 0);
	if (!strcmp(how, "open to write")) {
		cleanup_fd fd = open(path, O_RDWR | O_CLOEXEC);

		return fd < 0 ? -1 : 0;
	}
	return rmdir(path);
}

static long in_directory(int dir, const char *name, const char *how)
{
	if (!strcmp(how, "create")) {
		cleanup_fd fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		return fd < 0 ? -1 : 0;
	}
	if (!strcmp(how, "temporary file")) {
		cleanup_fd fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

		return fd < 0 ? -1 : 0;
	}
	if (!strcmp(how, "mkdir"))
		return mkdirat(dir, name, 0755);
	if (!strcmp(how, "mknod"))
		return mknodat(dir, name, S_IFIFO | 0600, 0);
	if (!strcmp(how, "symlink"))
		return symlinkat("x", dir, name);
	return renameat(AT_FDCWD, "/proc/self/comm", dir, name);
}

static long of_entry(int dir, const char *name, const char *how)
{
	if (!strcmp(how, "lchown"))
		return fchownat(dir, name, 1, 1, AT_SYMLINK_NOFOLLOW);
	if (!strcmp(how, "lutimes"))
		return utimensat(dir, name, NULL, AT_SYMLINK_NOFOLLOW);
	if (!strcmp(how, "unlink"))
		return unlinkat(dir, name, 0);
	if (!strcmp(how, "rename"))
		return renameat(dir, name, dir, "new");
	return linkat(dir, name, dir, "new", 0);
}

static bool is_refusal(long result, int error)
{
	static const int refusals[] = { ENOENT, EPERM, EACCES, EROFS, EXDEV, EISDIR, ENOTDIR, EOPNOTSUPP, EBUSY, EEXIST };

	for (size_t i = 0; result < 0 && i < ARRAY_SIZE(refusals); i++)
		if (error == refusals[i])
			return true;
	return false;
}

static void refused(struct verdict *v, long result, const char *text, const char *where)
{
	int error = errno;

	say(v, is_refusal(result, error), "%s %s is refused", text, where);
	remark("%s", errno_text(result < 0 ? -error : result));
}

int check_frozen(int argc, char **argv)
{
	static const char *const of_directory[] = { "chmod", "chown", "setxattr", "open to write", "rmdir" };
	static const char *const of_an_entry[] = { "lchown", "lutimes", "unlink", "rename", "link" };
	static const char *const inside[] = { "create", "temporary file", "mkdir", "mknod", "symlink", "rename into" };
	cleanup_fd dir = open(argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *names[] = { "new", "net:[1]", argv[1] };
	struct verdict v = { 0 };

	(void)argc;
	if (dir < 0) {
		perror(argv[0]);
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_directory); i++)
		refused(&v, at_directory(dir, of_directory[i]), of_directory[i], "of the directory");
	for (size_t i = 0; i < ARRAY_SIZE(of_an_entry); i++)
		refused(&v, of_entry(dir, argv[1], of_an_entry[i]), of_an_entry[i], argv[1]);
	for (size_t i = 0; i < ARRAY_SIZE(inside); i++)
		for (size_t n = 0; n < ARRAY_SIZE(names); n++)
			refused(&v, in_directory(dir, names[n], inside[i]), inside[i], names[n]);
	return v.failures > 0;
}
