// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing here keeps a namespace alive: a dentry and its inode are a name, looked up anew each
 * time it matters. Dentries go with their last user, so that a namespace's death leaves nothing
 * behind in the dcache.
 */
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/fs_parser.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/pid_namespace.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "fs.h"
#include "jump.h"
#include "name.h"
#include "view.h"

#define PROCNS_MAGIC	0x70636e73	/* "pcns", for statfs(2) */
#define ROOT_INO	1
#define ENTRIES_AT_ONCE	32
#define DEFAULT_MODE	0555

/* Where in the directory the entry born at `birth` ends; "." and ".." end at 1 and 2. */
static loff_t pos_after(u64 birth)
{
	return birth + 2;
}

static u64 birth_before(loff_t pos)
{
	return pos - 2;
}

static int refuse_setattr(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	return -EPERM;
}

static struct inode *make_inode(struct super_block *sb, u64 ino, umode_t mode)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;

	inode->i_ino = ino;
	inode->i_mode = mode;
	inode->i_uid = make_kuid(sb->s_user_ns, 0);
	if (!uid_valid(inode->i_uid))
		inode->i_uid = GLOBAL_ROOT_UID;
	inode->i_gid = make_kgid(sb->s_user_ns, 0);
	if (!gid_valid(inode->i_gid))
		inode->i_gid = GLOBAL_ROOT_GID;
	simple_inode_init_ts(inode);
	return inode;
}

/* Entries */

static struct ns_name entry_name(const struct inode *inode)
{
	return (struct ns_name) {
		.type = (unsigned long)inode->i_private,
		.inum = inode->i_ino,
	};
}

static int entry_readlink(struct dentry *dentry, char __user *buffer, int size)
{
	struct ns_name name = entry_name(d_inode(dentry));
	char text[NS_NAME_SIZE];
	size_t len = min_t(size_t, ns_name_format(&name, text), size);

	return copy_to_user(buffer, text, len) ? -EFAULT : len;
}

static const char *entry_get_link(struct dentry *dentry, struct inode *inode,
				  struct delayed_call *done)
{
	struct ns_name name = entry_name(inode);
	struct ns_common *ns;
	const char *result;

	if (!dentry)
		return ERR_PTR(-ECHILD);

	ns = view_find(inode->i_sb, &name);
	if (!ns)
		return ERR_PTR(-ENOENT);

	result = ERR_PTR(-EACCES);
	if (view_may_open(ns))
		result = jump_to(ns, dentry, done);
	ns_put(ns);
	return result;
}

static const struct inode_operations entry_inode_operations = {
	.readlink	= entry_readlink,
	.get_link	= entry_get_link,
	.setattr	= refuse_setattr,
};

static int entry_revalidate(D_REVALIDATE_ARGS)
{
	struct ns_common *ns;
	struct ns_name name;

	if (flags & LOOKUP_RCU)
		return -ECHILD;

	name = entry_name(d_inode(dentry));
	ns = view_find(dentry->d_sb, &name);
	if (!ns)
		return 0;
	ns_put(ns);
	return 1;
}

static const struct dentry_operations entry_dentry_operations = {
	.d_revalidate	= entry_revalidate,
	.d_delete	= always_delete_dentry,
};

/* The directory */

static struct dentry *root_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	struct inode *inode;
	struct ns_common *ns;
	struct ns_name name;

	if (!ns_name_parse(&dentry->d_name, &name))
		return ERR_PTR(-ENOENT);

	ns = view_find(dir->i_sb, &name);
	if (!ns)
		return ERR_PTR(-ENOENT);
	ns_put(ns);

	inode = make_inode(dir->i_sb, name.inum, S_IFLNK | 0777);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_op = &entry_inode_operations;
	inode->i_private = (void *)(unsigned long)name.type;
	return d_splice_alias(inode, dentry);
}

static bool emit(struct dir_context *ctx, const struct view_entry *entry)
{
	char text[NS_NAME_SIZE];
	size_t len = ns_name_format(&entry->name, text);

	/* A type newer than this module has no name here. */
	return !len || dir_emit(ctx, text, len, entry->name.inum, DT_LNK);
}

static int root_iterate(struct file *file, struct dir_context *ctx)
{
	const struct super_block *sb = file_inode(file)->i_sb;
	struct view_entry entries[ENTRIES_AT_ONCE];
	size_t count;
	size_t i;

	if (!dir_emit_dots(file, ctx))
		return 0;

	while ((count = view_next(sb, birth_before(ctx->pos), entries, ENTRIES_AT_ONCE))) {
		for (i = 0; i < count; i++) {
			if (!emit(ctx, &entries[i]))
				return 0;
			ctx->pos = pos_after(entries[i].birth);
		}
	}
	return 0;
}

static const struct inode_operations root_inode_operations = {
	.lookup		= root_lookup,
	.setattr	= refuse_setattr,
};

static const struct file_operations root_file_operations = {
	.owner		= THIS_MODULE,
	.read		= generic_read_dir,
	.iterate_shared	= root_iterate,
	.llseek		= generic_file_llseek,
};

/* Superblocks: each mount has its own, for its own mode and its own view */

static int show_options(struct seq_file *seq, struct dentry *root)
{
	seq_printf(seq, ",mode=%03o", d_inode(root)->i_mode & 0777);
	return 0;
}

static const struct super_operations super_operations = {
	.statfs		= simple_statfs,
	.show_options	= show_options,
};

struct mount_options {
	umode_t mode;
	bool mode_is_given;	/* a remount without it keeps the mode there is */
};

static int fill_super(struct super_block *sb, struct fs_context *fc)
{
	const struct mount_options *options = fc->fs_private;
	struct inode *inode;

	sb->s_iflags |= SB_I_NOEXEC | SB_I_NODEV;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_magic = PROCNS_MAGIC;
	sb->s_time_gran = 1;
	sb->s_op = &super_operations;
	set_default_d_op(sb, &entry_dentry_operations);
	/* Links that jump and names that come and go are nothing to stack another filesystem on. */
	sb->s_stack_depth = FILESYSTEM_MAX_STACK_DEPTH;

	inode = make_inode(sb, ROOT_INO, S_IFDIR | options->mode);
	if (!inode)
		return -ENOMEM;
	inode->i_op = &root_inode_operations;
	inode->i_fop = &root_file_operations;
	set_nlink(inode, 2);

	sb->s_root = d_make_root(inode);
	return sb->s_root ? 0 : -ENOMEM;
}

static int get_tree(struct fs_context *fc)
{
	return get_tree_nodev(fc, fill_super);
}

static int reconfigure(struct fs_context *fc)
{
	const struct mount_options *options = fc->fs_private;
	struct inode *inode = d_inode(fc->root);

	/* Who looks meanwhile takes no lock, as after chmod, and sees the old or the new. */
	if (options->mode_is_given)
		data_race(inode->i_mode = S_IFDIR | options->mode);
	return 0;
}

enum { OPTION_MODE };

static const struct fs_parameter_spec parameters[] = {
	fsparam_u32oct("mode", OPTION_MODE),
	{}
};

static int parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	struct mount_options *options = fc->fs_private;
	struct fs_parse_result result;
	int option = fs_parse(fc, parameters, param, &result);

	if (option < 0)
		return option;
	if (result.uint_32 & ~0777)
		return invalfc(fc, "mode is an octal number up to 777");
	options->mode = result.uint_32;
	options->mode_is_given = true;
	return 0;
}

static void free_context(struct fs_context *fc)
{
	kfree(fc->fs_private);
}

static const struct fs_context_operations context_operations = {
	.free		= free_context,
	.parse_param	= parse_param,
	.get_tree	= get_tree,
	.reconfigure	= reconfigure,
};

/*
 * As with procfs, what a mount shows and who may mount it is decided by the user namespace of the
 * mounter's pid namespace. fc->user_ns is what the mounter must have CAP_SYS_ADMIN over, and
 * becomes the superblock's s_user_ns.
 */
static int init_context(struct fs_context *fc)
{
	struct mount_options *options = kzalloc(sizeof(*options), GFP_KERNEL);

	if (!options)
		return -ENOMEM;

	options->mode = DEFAULT_MODE;

	put_user_ns(fc->user_ns);
	fc->user_ns = get_user_ns(task_active_pid_ns(current)->user_ns);
	fc->fs_private = options;
	fc->ops = &context_operations;
	return 0;
}

static struct file_system_type procns_type = {
	.owner			= THIS_MODULE,
	.name			= "procns",
	.init_fs_context	= init_context,
	.parameters		= parameters,
	.kill_sb		= kill_anon_super,
	.fs_flags		= FS_USERNS_MOUNT,
};

int __init fs_init(void)
{
	return register_filesystem(&procns_type);
}

void fs_exit(void)
{
	unregister_filesystem(&procns_type);
}
