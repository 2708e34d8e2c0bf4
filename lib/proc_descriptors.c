// SPDX-License-Identifier: LGPL-2.1-or-later
/* Descriptors of namespaces, as /proc/PID/fd shows them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "nsfs.h"
#include "proc_scan.h"
#include "type.h"
#include "util.h"

bool proc_scan_private_descriptors(struct proc_scan *scan, pid_t pid, pid_t tid)
{
	long order = syscall(SYS_kcmp, pid, tid, KCMP_FILES, 0, 0);

	scan->kcmp_missing |= order < 0 && errno == ENOSYS;
	return order > 0;
}

/* The link of an O_PATH descriptor allows neither reading nor writing. */
static bool is_opath(int fds, const char *name)
{
	struct stat st;

	return !fstatat(fds, name, &st, AT_SYMLINK_NOFOLLOW) && !(st.st_mode & (S_IRUSR | S_IWUSR));
}

static int add_descriptor(struct proc_scan *scan, const struct scanned_task *task, int fds,
			  const struct number_entry *entry, struct procns_ns *ns)
{
	struct procns_holder *holder;

	if (!scan->holders || !ns)
		return 0;
	holder = snapshot_holder(scan->s, ns, PROCNS_HOLDER_FD);
	if (!holder)
		return -ENOMEM;
	holder->task = task->task;
	holder->fd = entry->number;
	if (is_opath(fds, entry->name))
		holder->flags |= PROCNS_HOLDER_OPATH;
	if (task->private_descriptors)
		holder->flags |= PROCNS_HOLDER_PRIVATE_TABLE;
	return 0;
}

/* Which namespace a link of /proc/PID/fd leads to. Its text says so, or is a path if the file was opened by a bind mount. */
static int identify(const struct proc_scan *scan, int fds, const char *name, enum procns_type *type, uint32_t *inum)
{
	cleanup_fd int fd = -1;
	char text[64];
	ssize_t length = readlinkat(fds, name, text, sizeof(text) - 1);

	if (length < 0)
		return -errno;
	text[length] = '\0';
	if (!type_parse_name(text, type, inum))
		return 0;
	if (!scan->nsfs)
		return -ENOTTY;
	fd = nsfs_open_path(fds, name);
	return fd < 0 ? fd : nsfs_identify(fd, type, inum);
}

static int ask(struct proc_scan *scan, struct procns_ns *ns, int fds, const char *name)
{
	cleanup_fd int fd = -1;

	if (!ns || !proc_scan_asks(scan, ns))
		return 0;
	fd = nsfs_open_path(fds, name);
	return proc_scan_ask(scan, ns, fd);
}

/* Nothing is asked of the filesystem a file is on, be it slow or dead; and no file is opened that is not on nsfs. */
static bool is_namespace(const struct proc_scan *scan, int fds, const char *name)
{
	struct statx st;

	if (!scan->nsfs)
		return true;	/* the text of the link has to tell */
	if (statx(fds, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_INO, &st) < 0)
		return false;
	return makedev(st.stx_dev_major, st.stx_dev_minor) == scan->nsfs;
}

static int scan_descriptor(struct proc_scan *scan, const struct scanned_task *task, int fds,
			   const struct number_entry *entry)
{
	enum procns_type type;
	struct procns_ns *ns;
	uint32_t inum;
	int err;

	if (!is_namespace(scan, fds, entry->name))
		return 0;
	err = identify(scan, fds, entry->name, &type, &inum);
	if (err)
		return out_of_resources(err) ? err : 0;
	if (!(scan->types & 1u << type))
		return 0;
	err = proc_scan_found(scan, type, inum, &ns);
	if (!err)
		err = ask(scan, ns, fds, entry->name);
	return err ? err : add_descriptor(scan, task, fds, entry, ns);
}

int proc_scan_descriptors(struct proc_scan *scan, const struct scanned_task *task)
{
	cleanup_fd int fd = openat(task->dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct number_dir fds = { .fd = fd };
	struct number_entry entry;

	if (fd < 0)
		return out_of_resources(-errno) || errno == EACCES ? -errno : 0;
	while (number_dir_next(&fds, &entry) > 0) {
		int err = scan_descriptor(scan, task, fd, &entry);

		if (err)
			return err;
	}
	return 0;
}
