// SPDX-License-Identifier: GPL-2.0-only
/*
 * struct mount and struct mnt_namespace are private to the VFS. The few places in them that the
 * scan and the probes need are measured on objects that are known twice: by a pointer to the whole
 * and by one to the part.
 */
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>

#include "registry_track.h"

/* Farther apart than this the two are not in one object. */
#define REACH 512

static bool is_offset(ptrdiff_t distance)
{
	return distance >= 0 && distance < REACH && IS_ALIGNED(distance, sizeof(void *));
}

static int find_in_nsfs(struct landmarks *marks, const struct path *net)
{
	const struct inode *inode = d_inode(net->dentry);

	if (inode->i_private != &current->nsproxy->net_ns->ns)
		return -EOPNOTSUPP;
	marks->nsfs = inode->i_sb;

	/* Mounts are listed in the order they were made, and nsfs's own mount was made at boot. */
	marks->mount_instance = (char *)marks->nsfs->s_mounts.next - (char *)net->mnt;
	return is_offset(marks->mount_instance) ? 0 : -EOPNOTSUPP;
}

static int find_in_mnt_ns(struct landmarks *marks, const struct path *mnt)
{
	struct ns_common *ns = d_inode(mnt->dentry)->i_private;

	marks->mnt_ns_common = (char *)ns - (char *)current->nsproxy->mnt_ns;
	if (!is_offset(marks->mnt_ns_common) || ns_common_flag(ns) != CLONE_NEWNS)
		return -EOPNOTSUPP;
	return 0;
}

/* Such a file keeps its mount namespace in the first word of what it keeps: seen on our own. */
static int find_mounts_file(struct landmarks *marks, const struct path *path)
{
	struct file *file = dentry_open(path, O_RDONLY, current_cred());
	const struct seq_file *seq;
	int error = -EOPNOTSUPP;

	if (IS_ERR(file))
		return PTR_ERR(file);

	seq = file->private_data;
	if (seq && seq->private && *(void **)seq->private == current->nsproxy->mnt_ns) {
		marks->mounts_files[marks->mounts_count++] = d_inode(path->dentry)->i_fop;
		error = 0;
	}
	fput(file);
	return error;
}

static const struct {
	const char *path;
	int (*find)(struct landmarks *marks, const struct path *path);
} known[] = {
	{ "self/ns/net",	find_in_nsfs },
	{ "self/ns/mnt",	find_in_mnt_ns },
	{ "self/mounts",	find_mounts_file },
	{ "self/mountinfo",	find_mounts_file },
	{ "self/mountstats",	find_mounts_file },
};

static int look_at_all(struct landmarks *marks, struct vfsmount *proc)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		struct path path;
		int error;

		error = vfs_path_lookup(proc->mnt_root, proc, known[i].path, LOOKUP_FOLLOW, &path);
		if (!error) {
			error = known[i].find(marks, &path);
			path_put(&path);
		}
		if (error) {
			pr_err("cannot learn from /proc/%s what is needed: error %d\n",
			       known[i].path, error);
			return error;
		}
	}
	return 0;
}

int landmarks_find(struct landmarks *marks)
{
	struct file_system_type *type = get_fs_type("proc");
	struct vfsmount *proc;
	int error;

	if (!type) {
		pr_err("this kernel has no procfs\n");
		return -ENODEV;
	}
	proc = kern_mount(type);
	module_put(type->owner);
	if (IS_ERR(proc)) {
		pr_err("cannot mount procfs: error %ld\n", PTR_ERR(proc));
		return PTR_ERR(proc);
	}
	error = look_at_all(marks, proc);
	kern_unmount(proc);
	return error;
}
