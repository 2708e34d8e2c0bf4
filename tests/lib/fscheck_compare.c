// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Side by side: every way to look at, open, follow or change an entry of the directory and a link of /proc/PID/ns to the
 * same namespace. What the kernel's own links answer is the expectation.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include "fscheck.h"

/* Where the name is: a directory, so that RESOLVE_BENEATH and the like can be asked. */
struct place {
	int dir;
	const char *name;
};

struct probe {
	const char *text;
	long (*ask)(const struct place *place, long argument);
	long argument;
};

static long result_of(long result)
{
	return result < 0 ? -errno : result;
}

/* A descriptor is no answer to compare, what it is of is. */
static long number_of(int fd)
{
	struct stat st;
	long result;

	if (fd < 0)
		return -errno;
	result = fstat(fd, &st) ? -errno : (long)st.st_ino;
	close(fd);
	return result;
}

static long ask_open(const struct place *p, long flags)
{
	int fd = openat(p->dir, p->name, flags | O_CLOEXEC);

	/* the link itself has an inode of its own */
	if (fd >= 0 && (flags & O_NOFOLLOW))
		return close(fd);
	return number_of(fd);
}

static long ask_openat2(const struct place *p, long resolve)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC, .resolve = resolve };

	return number_of(syscall(SYS_openat2, p->dir, p->name, &how, sizeof(how)));
}

static long ask_openat2_path(const struct place *p, long resolve)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = resolve };

	return number_of(syscall(SYS_openat2, p->dir, p->name, &how, sizeof(how)));
}

static long ask_openat2_nofollow(const struct place *p, long resolve)
{
	struct open_how how = { .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC, .resolve = resolve };
	int fd = syscall(SYS_openat2, p->dir, p->name, &how, sizeof(how));

	return fd < 0 ? -errno : close(fd);
}

/* Beyond the link: a namespace is no directory. */
static long ask_beyond(const struct place *p, long unused)
{
	char path[300];

	(void)unused;
	snprintf(path, sizeof(path), "%s/x", p->name);
	return number_of(openat(p->dir, path, O_RDONLY | O_CLOEXEC));
}

static long ask_reopen_opath(const struct place *p, long flags)
{
	cleanup_fd fd = openat(p->dir, p->name, O_PATH | O_CLOEXEC);
	char path[32];

	if (fd < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return number_of(open(path, flags | O_CLOEXEC));
}

static long ask_stat(const struct place *p, long what)
{
	struct stat st;

	if (fstatat(p->dir, p->name, &st, 0))
		return -errno;
	return what == 'i' ? (long)st.st_ino : what == 'd' ? (long)st.st_dev : what == 'm' ? (long)st.st_mode : (long)st.st_nlink;
}

static long ask_lstat(const struct place *p, long what)
{
	struct stat st;

	if (fstatat(p->dir, p->name, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	return what == 'm' ? (long)st.st_mode : what == 's' ? (long)st.st_size : what == 'n' ? (long)st.st_nlink :
	       what == 'u' ? (long)st.st_uid : (long)st.st_gid;
}

static long ask_statfs_type(const struct place *p, long unused)
{
	cleanup_fd fd = openat(p->dir, p->name, O_RDONLY | O_CLOEXEC);
	struct { long type; long rest[30]; } fs;

	(void)unused;
	if (fd < 0)
		return -errno;
	return syscall(SYS_fstatfs, fd, &fs) ? -errno : fs.type;
}

/* The text, as a number: a checksum of it. */
static long ask_readlink(const struct place *p, long size)
{
	char text[64] = "";
	long n = readlinkat(p->dir, p->name, text, size), sum = 0;

	if (n < 0)
		return -errno;
	for (long i = 0; i < n; i++)
		sum = sum * 31 + text[i];
	return (sum & 0xffffff) * 100 + n;
}

static long ask_readlink_fd(const struct place *p, long unused)
{
	cleanup_fd fd = openat(p->dir, p->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char text[64];

	(void)unused;
	return fd < 0 ? -errno : result_of(readlinkat(fd, "", text, sizeof(text)));
}

static long ask_ioctl_number(const struct place *p, long request)
{
	cleanup_fd fd = openat(p->dir, p->name, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : result_of(ioctl(fd, request));
}

static long ask_ioctl_ns(const struct place *p, long request)
{
	cleanup_fd fd = openat(p->dir, p->name, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : number_of(ioctl(fd, request));
}

static long ask_ioctl_value(const struct place *p, long request)
{
	cleanup_fd fd = openat(p->dir, p->name, O_RDONLY | O_CLOEXEC);
	uint64_t value = 1;

	if (fd < 0)
		return -errno;
	return ioctl(fd, request, &value) < 0 ? -errno : (long)value;
}

static long ask_owner_uid(const struct place *p, long unused)
{
	cleanup_fd fd = openat(p->dir, p->name, O_RDONLY | O_CLOEXEC);
	uid_t uid;

	(void)unused;
	if (fd < 0)
		return -errno;
	return ioctl(fd, NS_GET_OWNER_UID, &uid) ? -errno : (long)uid;
}

/* In a child: the answer is whether it could, as its exit status. */
static long ask_setns(const struct place *p, long flag)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int fd = openat(p->dir, p->name, O_RDONLY | O_CLOEXEC);

		_exit(fd < 0 ? errno : setns(fd, flag) ? errno : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

static long ask_bind(const struct place *p, long unused)
{
	char target[] = "/tmp/fscheck-XXXXXX", source[4096];
	cleanup_fd file = mkostemp(target, O_CLOEXEC);
	long result = -errno;

	(void)unused;
	if (file < 0)
		return result;
	snprintf(source, sizeof(source), "/proc/self/fd/%d/%s", p->dir, p->name);
	result = mount(source, target, NULL, MS_BIND, NULL) ? -errno : 0;
	if (!result) {
		result = number_of(open(target, O_RDONLY | O_CLOEXEC));
		umount2(target, 0);
	}
	unlink(target);
	return result;
}

static long ask_open_tree(const struct place *p, long flags)
{
	return number_of(syscall(SYS_open_tree, p->dir, p->name, flags | O_CLOEXEC));
}

static long ask_access(const struct place *p, long mode)
{
	return result_of(faccessat(p->dir, p->name, mode, 0));
}

static long ask_read(const struct place *p, long unused)
{
	cleanup_fd fd = openat(p->dir, p->name, O_RDONLY | O_CLOEXEC);
	char c;

	(void)unused;
	return fd < 0 ? -errno : result_of(read(fd, &c, 1));
}

static long ask_mmap(const struct place *p, long unused)
{
	cleanup_fd fd = openat(p->dir, p->name, O_RDONLY | O_CLOEXEC);
	void *at;

	(void)unused;
	if (fd < 0)
		return -errno;
	at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	return at == MAP_FAILED ? -errno : munmap(at, 4096);
}

static long ask_handle(const struct place *p, long flags)
{
	struct { struct file_handle handle; char space[128]; } h = { .handle.handle_bytes = 128 };
	int mount;

	return result_of(name_to_handle_at(p->dir, p->name, &h.handle, &mount, flags));
}

static long ask_xattr(const struct place *p, long unused)
{
	cleanup_fd fd = openat(p->dir, p->name, O_RDONLY | O_CLOEXEC);
	char list[256];

	(void)unused;
	return fd < 0 ? -errno : result_of(flistxattr(fd, list, sizeof(list)));
}

static long ask_chmod(const struct place *p, long mode)
{
	return result_of(fchmodat(p->dir, p->name, mode, 0));
}

static long ask_chown(const struct place *p, long flags)
{
	return result_of(fchownat(p->dir, p->name, 0, 0, flags));
}

static long ask_utimes(const struct place *p, long flags)
{
	return result_of(utimensat(p->dir, p->name, NULL, flags));
}

static long ask_unlink(const struct place *p, long flags)
{
	return result_of(unlinkat(p->dir, p->name, flags));
}

static long ask_rename(const struct place *p, long unused)
{
	(void)unused;
	return result_of(renameat(p->dir, p->name, p->dir, "x"));
}

static long ask_link(const struct place *p, long flags)
{
	return result_of(linkat(p->dir, p->name, p->dir, "x", flags));
}

static long ask_chdir(const struct place *p, long unused)
{
	cleanup_fd fd = openat(p->dir, p->name, O_PATH | O_CLOEXEC);

	(void)unused;
	return fd < 0 ? -errno : result_of(fchdir(fd));
}

static long ask_watch(const struct place *p, long unused)
{
	cleanup_fd fd = inotify_init1(IN_CLOEXEC);
	char path[4096];

	(void)unused;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", p->dir, p->name);
	return fd < 0 ? -errno : result_of(inotify_add_watch(fd, path, IN_ATTRIB));
}

#define NS_ID _IOR(NSIO, 13, uint64_t)
#define NS_MNT_ID _IOR(NSIO, 5, uint64_t)

static const struct probe probes[] = {
	{ "open", ask_open, O_RDONLY },
	{ "open O_RDWR", ask_open, O_RDWR },
	{ "open O_WRONLY", ask_open, O_WRONLY },
	{ "open O_TRUNC", ask_open, O_RDONLY | O_TRUNC },
	{ "open O_CREAT", ask_open, O_RDONLY | O_CREAT },
	{ "open O_CREAT|O_EXCL", ask_open, O_RDONLY | O_CREAT | O_EXCL },
	{ "open O_DIRECTORY", ask_open, O_RDONLY | O_DIRECTORY },
	{ "open O_NOFOLLOW", ask_open, O_RDONLY | O_NOFOLLOW },
	{ "open O_PATH", ask_open, O_PATH },
	{ "open O_PATH|O_NOFOLLOW", ask_open, O_PATH | O_NOFOLLOW },
	{ "open O_PATH|O_DIRECTORY", ask_open, O_PATH | O_DIRECTORY },
	{ "open O_TMPFILE", ask_open, O_TMPFILE | O_RDWR },
	{ "open of an O_PATH descriptor", ask_reopen_opath, O_RDONLY },
	{ "open below it", ask_beyond, 0 },
	{ "openat2", ask_openat2, 0 },
	{ "openat2 RESOLVE_NO_XDEV", ask_openat2, RESOLVE_NO_XDEV },
	{ "openat2 RESOLVE_NO_MAGICLINKS", ask_openat2, RESOLVE_NO_MAGICLINKS },
	{ "openat2 RESOLVE_NO_SYMLINKS", ask_openat2, RESOLVE_NO_SYMLINKS },
	{ "openat2 RESOLVE_BENEATH", ask_openat2, RESOLVE_BENEATH },
	{ "openat2 RESOLVE_IN_ROOT", ask_openat2, RESOLVE_IN_ROOT },
	{ "openat2 RESOLVE_CACHED", ask_openat2, RESOLVE_CACHED },
	{ "openat2 O_PATH", ask_openat2_path, 0 },
	{ "openat2 O_PATH RESOLVE_NO_XDEV", ask_openat2_path, RESOLVE_NO_XDEV },
	{ "openat2 O_PATH RESOLVE_NO_MAGICLINKS", ask_openat2_path, RESOLVE_NO_MAGICLINKS },
	{ "openat2 O_PATH RESOLVE_NO_SYMLINKS", ask_openat2_path, RESOLVE_NO_SYMLINKS },
	{ "openat2 O_PATH RESOLVE_BENEATH", ask_openat2_path, RESOLVE_BENEATH },
	{ "openat2 O_PATH|O_NOFOLLOW", ask_openat2_nofollow, 0 },
	{ "openat2 O_PATH|O_NOFOLLOW RESOLVE_NO_MAGICLINKS", ask_openat2_nofollow, RESOLVE_NO_MAGICLINKS },
	{ "openat2 O_PATH|O_NOFOLLOW RESOLVE_NO_SYMLINKS", ask_openat2_nofollow, RESOLVE_NO_SYMLINKS },
	{ "openat2 O_PATH|O_NOFOLLOW RESOLVE_BENEATH", ask_openat2_nofollow, RESOLVE_BENEATH },
	{ "openat2 O_PATH|O_NOFOLLOW RESOLVE_NO_XDEV", ask_openat2_nofollow, RESOLVE_NO_XDEV },
	{ "stat inode", ask_stat, 'i' },
	{ "stat device", ask_stat, 'd' },
	{ "stat mode", ask_stat, 'm' },
	{ "stat links", ask_stat, 'n' },
	{ "lstat mode", ask_lstat, 'm' },
	{ "lstat size", ask_lstat, 's' },
	{ "lstat links", ask_lstat, 'n' },
	{ "lstat owner", ask_lstat, 'u' },
	{ "lstat group", ask_lstat, 'g' },
	{ "fstatfs", ask_statfs_type, 0 },
	{ "readlink", ask_readlink, 64 },
	{ "readlink into 5 bytes", ask_readlink, 5 },
	{ "readlink into 0 bytes", ask_readlink, 0 },
	{ "readlink of an O_PATH descriptor", ask_readlink_fd, 0 },
	{ "NS_GET_NSTYPE", ask_ioctl_number, NS_GET_NSTYPE },
	{ "NS_GET_USERNS", ask_ioctl_ns, NS_GET_USERNS },
	{ "NS_GET_PARENT", ask_ioctl_ns, NS_GET_PARENT },
	{ "NS_GET_OWNER_UID", ask_owner_uid, 0 },
	{ "NS_GET_MNTNS_ID", ask_ioctl_value, NS_MNT_ID },
	{ "NS_GET_ID", ask_ioctl_value, NS_ID },
	{ "an unknown ioctl", ask_ioctl_value, _IO(NSIO, 99) },
	{ "setns", ask_setns, 0 },
	{ "setns to another type", ask_setns, CLONE_FS },
	{ "mount --bind", ask_bind, 0 },
	{ "open_tree", ask_open_tree, 0 },
	{ "open_tree OPEN_TREE_CLONE", ask_open_tree, 1 },
	{ "access R_OK", ask_access, R_OK },
	{ "access W_OK", ask_access, W_OK },
	{ "access X_OK", ask_access, X_OK },
	{ "read", ask_read, 0 },
	{ "mmap", ask_mmap, 0 },
	{ "name_to_handle_at, followed", ask_handle, AT_SYMLINK_FOLLOW },
	{ "listxattr", ask_xattr, 0 },
	{ "chmod", ask_chmod, 0600 },
	{ "chown", ask_chown, 0 },
	{ "utimes", ask_utimes, 0 },
	{ "unlink", ask_unlink, 0 },
	{ "rmdir", ask_unlink, AT_REMOVEDIR },
	{ "rename", ask_rename, 0 },
	{ "link", ask_link, 0 },
	{ "link, followed", ask_link, AT_SYMLINK_FOLLOW },
	{ "chdir", ask_chdir, 0 },
	{ "inotify", ask_watch, 0 },
};

static int open_place(const char *path, struct place *place)
{
	const char *slash = strrchr(path, '/');
	char dir[4096];

	snprintf(dir, sizeof(dir), "%.*s", (int)(slash ? slash - path : 1), slash ? path : ".");
	place->name = slash ? slash + 1 : path;
	place->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return place->dir < 0 ? -errno : 0;
}

int check_compare(int argc, char **argv)
{
	struct verdict v = { 0 };
	struct place entry, link;

	(void)argc;
	if (open_place(argv[0], &entry) || open_place(argv[1], &link)) {
		perror("fscheck: compare");
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		long got = probes[i].ask(&entry, probes[i].argument);
		long wanted = probes[i].ask(&link, probes[i].argument);

		say(&v, got == wanted, "%s of %s as of %s", probes[i].text, entry.name, argv[1]);
		if (got != wanted) {
			remark("got    %s", errno_text(got));
			remark("wanted %s", errno_text(wanted));
		}
	}
	return v.failures > 0;
}
