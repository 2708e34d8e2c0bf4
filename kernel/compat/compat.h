/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before everything else (Kbuild): what a newer kernel has and this one lacks, under the
 * newer kernel's name, so that the rest reads as written for the newest. PROCNS_HAVE_* are found
 * by Kbuild beside this file.
 */
#ifndef PROCNS_COMPAT_H
#define PROCNS_COMPAT_H

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/ns_common.h>
#include <linux/path.h>
#include <linux/proc_ns.h>
#include <linux/refcount.h>

#ifndef CONFIG_64BIT
#error "procns orders namespaces by a 64-bit cursor that directories of 32-bit kernels cannot carry"
#endif

/* 6.18: ns_common's count has accessors of its own */
#ifndef PROCNS_HAVE_NS_REF
static inline int __ns_ref_read(const struct ns_common *ns)
{
	return refcount_read(&ns->count);
}

static inline void __ns_ref_inc(struct ns_common *ns)
{
	refcount_inc(&ns->count);
}

static inline bool __must_check __ns_ref_get(struct ns_common *ns)
{
	return refcount_inc_not_zero(&ns->count);
}
#endif

/* 6.18: the type moved from the operations to the namespace */
static inline unsigned int ns_common_flag(const struct ns_common *ns)
{
#ifdef PROCNS_HAVE_NS_TYPE
	return ns->ns_type;
#else
	return ns->ops->type;
#endif
}

/* 6.3: inode operations take the mount's id mapping, and before that its user namespace */
#ifndef PROCNS_HAVE_IDMAP_SETATTR
#define mnt_idmap user_namespace
#endif

/* 6.3: exported long before it was declared where modules see it */
#ifndef PROCNS_HAVE_PATH_LOOKUP
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name,
		    unsigned int flags, struct path *path);
#endif

/* 6.7; 6.6 has the change time alone behind a function */
#ifndef PROCNS_HAVE_INODE_INIT_TS
static inline void simple_inode_init_ts(struct inode *inode)
{
#ifdef PROCNS_HAVE_INODE_SET_CTIME
	struct timespec64 now = inode_set_ctime_current(inode);
#else
	struct timespec64 now = current_time(inode);

	inode->i_ctime = now;
#endif
	inode->i_atime = now;
	inode->i_mtime = now;
}
#endif

/* 6.17 */
#ifndef PROCNS_HAVE_DEFAULT_D_OP
static inline void set_default_d_op(struct super_block *sb, const struct dentry_operations *ops)
{
	sb->s_d_op = ops;
}
#endif

/* 6.14: d_revalidate takes the directory and the name too */
#ifdef PROCNS_HAVE_REVALIDATE_DIR
#define D_REVALIDATE_ARGS \
	struct inode *dir, const struct qstr *name_seen, struct dentry *dentry, unsigned int flags
#else
#define D_REVALIDATE_ARGS struct dentry *dentry, unsigned int flags
#endif

#endif
