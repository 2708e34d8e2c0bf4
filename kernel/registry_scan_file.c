// SPDX-License-Identifier: GPL-2.0-only
/* What one open file holds, wherever it is: in a descriptor table or on its way in a socket. */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/pid.h>
#include <linux/seq_file.h>

#include "registry_scan.h"
#include "registry_track.h"

static bool is_mounts_file(const struct landmarks *marks, const struct file *file)
{
	unsigned int i;

	for (i = 0; i < marks->mounts_count; i++)
		if (file->f_op == marks->mounts_files[i])
			return true;
	return false;
}

static void scan_mounts_file(struct registry_scan *scan, const struct file *file)
{
	const struct seq_file *seq = file->private_data;
	struct mnt_namespace **first = seq->private;

	scan_offer(scan, mnt_ns_common(scan->marks, *first));
}

/*
 * Before 6.9, and where it has no filesystem of its own, a pidfd is an anonymous file known by its
 * name alone.
 */
static struct pid *pid_of_pidfd(const struct file *file)
{
	const struct inode *inode = file_inode(file);

#ifdef PID_FS_MAGIC
	if (inode->i_sb->s_magic == PID_FS_MAGIC)
		return inode->i_private;
#endif
	if (inode->i_sb->s_magic == ANON_INODE_FS_MAGIC && !(file->f_mode & FMODE_PATH) &&
	    !strcmp(file->f_path.dentry->d_name.name, "[pidfd]"))
		return file->private_data;
	return NULL;
}

void scan_file(struct registry_scan *scan, struct file *file)
{
	const struct inode *inode = file_inode(file);
	struct pid *pid;

	scan_cred(scan, file->f_cred);

	if (inode->i_sb == scan->marks->nsfs) {
		scan_offer(scan, inode->i_private);
		return;
	}
	if (is_mounts_file(scan->marks, file)) {
		scan_mounts_file(scan, file);
		return;
	}
	pid = pid_of_pidfd(file);
	if (pid)
		scan_pid(scan, pid);
}
