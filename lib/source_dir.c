// SPDX-License-Identifier: LGPL-2.1-or-later
/* The filesystem of procns.ko: a directory with an entry for every namespace the mounter's user namespace can see. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include "nsfs.h"
#include "proc_read.h"
#include "source_dir.h"
#include "type.h"
#include "util.h"

#define PROCNS_MAGIC 0x70636e73
#define EVERY_TYPE ((1u << PROCNS_NTYPES) - 1)

static int open_procns(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOCTTY);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == PROCNS_MAGIC ? steal_fd(&fd) : -ENOENT;
}

/* Tries every mount of type procns until one opens. */
static int open_mounted(const struct procns *ctx, char *path, size_t size)
{
	__attribute__((cleanup(file_text_free))) struct file_text file = { 0 };
	char *next, *line;
	int fd = -ENOENT;

	snprintf(path, size, "%s/thread-self/mountinfo", ctx->proc_root);
	if (read_whole_file(AT_FDCWD, path, &file) < 0)
		return -ENOENT;
	next = file.text;
	while (fd < 0 && (line = next_line(&next))) {
		struct mountinfo_line mount;

		if (parse_mountinfo_line(line, &mount) < 0 || strcmp(mount.fstype, "procns"))
			continue;
		fd = open_procns(mount.mount_point);
		if (fd >= 0)
			snprintf(path, size, "%s", mount.mount_point);
	}
	return fd;
}

int dir_open(struct procns *ctx, char *path, size_t size)
{
	int fd;

	snprintf(path, size, "%s/namespaces", ctx->proc_root);
	fd = open_procns(path);
	if (fd < 0)
		fd = open_mounted(ctx, path, size);
	if (fd < 0)
		snprintf(path, size, "no filesystem of type procns is mounted; load procns.ko, then mount -t procns procns "
			 "%s/namespaces", ctx->proc_root);
	return fd;
}

static int probe(struct procns *ctx, uint32_t *facts, char *reason, size_t size)
{
	char path[PATH_MAX];
	cleanup_fd int fd = dir_open(ctx, path, sizeof(path));

	*facts = NSFS_FACTS;
	if (fd >= 0)
		return 0;
	snprintf(reason, size, "%s", path);
	return fd;
}

struct listing {
	struct procns *ctx;
	struct procns_snapshot *s;
	int dir;
	uint32_t types;
	uint32_t want;
	size_t refused;
};

/* Returns 0, or whatever out_of_resources() says yes to. */
static int learn(struct listing *listing, const char *name, struct procns_ns *ns)
{
	cleanup_fd int fd = openat(listing->dir, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		listing->refused += errno == EACCES || errno == EPERM;
		return out_of_resources(-errno) ? -errno : 0;
	}
	return nsfs_learn(listing->s, ns, fd, listing->want);
}

static int add_entry(struct listing *listing, const char *name)
{
	enum procns_type type;
	struct procns_ns *ns;
	uint32_t inum;

	if (type_parse_name(name, &type, &inum) < 0 || !(listing->types & 1u << type))
		return 0;
	ns = snapshot_ns(listing->s, type, inum);
	if (!ns)
		return -ENOMEM;
	return listing->want & NSFS_FACTS && !nsfs_learned(ns) ? learn(listing, name, ns) : 0;
}

/* The whole directory, as the kernel hands it out. */
static int add_entries(struct listing *listing)
{
	alignas(8) char buffer[32768];
	ssize_t length;

	while ((length = getdents64(listing->dir, buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < length;) {
			const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);
			int err = add_entry(listing, entry->d_name);

			if (err)
				return err;
			at += entry->d_reclen;
		}
	}
	return length < 0 ? -errno : 0;
}

/* The initial user namespace is in a directory if, and only if, everything is. */
static bool sees_all(const struct listing *listing)
{
	char name[64];

	snprintf(name, sizeof(name), "user:[%u]", type_initial_inum(PROCNS_USER));
	return !faccessat(listing->dir, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

static int add_gaps(const struct listing *listing, const char *path)
{
	int err = 0;

	if (!sees_all(listing))
		err = snapshot_gap(listing->s, "%s shows the namespaces of one user namespace and what is below it; a mount made in "
				   "the initial user namespace would show all", path);
	if (!err && listing->refused)
		err = snapshot_gap(listing->s, "%zu namespaces in %s may not be opened to learn what they are: that needs "
				   "CAP_SYS_ADMIN over their owners", listing->refused, path);
	return err;
}

static int fill(struct procns *ctx, const struct procns_query *query, struct procns_snapshot *s)
{
	char path[PATH_MAX];
	cleanup_fd int dir = dir_open(ctx, path, sizeof(path));
	struct listing listing = {
		.ctx = ctx,
		.s = s,
		.dir = dir,
		.types = query->types & EVERY_TYPE ? query->types : EVERY_TYPE,
		.want = query->want,
	};
	int err;

	if (dir < 0)
		return context_error(ctx, -dir, "%s", path);
	err = add_entries(&listing);
	if (!err)
		err = add_gaps(&listing, path);
	return err ? context_error(ctx, -err, "cannot list %s: %s", path, strerror(-err)) : 0;
}

const struct source source_dir = { "dir", probe, fill };
