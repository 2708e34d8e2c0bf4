// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving a path walk to an nsfs file takes nd_jump_link(), which is not exported. procfs does it
 * in the get_link of /proc/PID/ns/TYPE, which is reached through the link's inode as the path
 * walk itself reaches it. That function looks at nothing but the process and the operations kept
 * in the struct proc_inode around the inode it is given, and asks those operations for the
 * namespace of that process. So it is given an object of that shape with the current task and
 * operations of our own, which answer with the namespace wanted. openat2()'s RESOLVE_* flags,
 * security modules and whatever else the path walk minds then see what they see in /proc/PID/ns.
 *
 * struct proc_inode is private to procfs: where it keeps the two is found at load by their
 * values, known for /proc/self/ns/net.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>

#include "jump.h"

/*
 * The farthest before its inode that a member of struct proc_inode is looked for. It is 80 bytes
 * as of Linux 7.3.
 */
#define REACH 256

/* What was learned of procfs at load. */
static struct {
	const char *(*get_link)(struct dentry *dentry, struct inode *inode,
				struct delayed_call *done);
	size_t pid;		/* bytes before the inode */
	size_t ns_ops;
} procfs __ro_after_init;

/*
 * One path walk on its way: procfs asks for the namespace of a task, and nothing but the task
 * tells which one is meant.
 */
struct jump {
	struct hlist_node node;
	struct task_struct *task;
	struct ns_common *target;
	u8 before_inode[REACH] __aligned(sizeof(void *));
	struct inode inode;
};

static DEFINE_HASHTABLE(jumps, 6);
static DEFINE_SPINLOCK(jumps_lock);

static void jump_begin(struct jump *jump)
{
	spin_lock(&jumps_lock);
	hash_add(jumps, &jump->node, (unsigned long)jump->task);
	spin_unlock(&jumps_lock);
}

static void jump_end(struct jump *jump)
{
	spin_lock(&jumps_lock);
	hash_del(&jump->node);
	spin_unlock(&jumps_lock);
}

/*
 * proc_ns_operations.get: the caller puts what it is given, so it gets a reference of its own,
 * each time it asks.
 */
static struct ns_common *jump_target(struct task_struct *task)
{
	struct ns_common *target = NULL;
	struct jump *jump;

	spin_lock(&jumps_lock);
	hash_for_each_possible(jumps, jump, node, (unsigned long)task) {
		if (jump->task == task) {
			target = jump->target;
			__ns_ref_inc(target);
			break;
		}
	}
	spin_unlock(&jumps_lock);
	return target;
}

static const struct proc_ns_operations jump_operations = {
	.name	= "procns",
	.get	= jump_target,
};

static void **member(struct inode *inode, size_t before)
{
	return (void **)((u8 *)inode - before);
}

const char *jump_to(struct ns_common *ns, struct dentry *dentry, struct delayed_call *done)
{
	struct jump *jump = kzalloc(sizeof(*jump), GFP_KERNEL);
	const char *result;

	if (!jump)
		return ERR_PTR(-ENOMEM);

	jump->task = current;
	jump->target = ns;
	*member(&jump->inode, procfs.pid) = task_pid(current);
	*member(&jump->inode, procfs.ns_ops) = (void *)&jump_operations;

	jump_begin(jump);
	result = procfs.get_link(dentry, &jump->inode, done);
	jump_end(jump);

	kfree(jump);
	return result;
}

/*
 * Looks for the two known values before the inode, nearest first: it stops at the farther of the
 * two, so where both are there nothing outside the object is read; where they are not, what is
 * read may not be an object at all.
 */
static bool __init find_members(struct inode *inode, const struct pid *pid, const void *ns_ops)
{
	size_t before;

	for (before = sizeof(void *); before <= REACH; before += sizeof(void *)) {
		void *value;

		if (copy_from_kernel_nofault(&value, member(inode, before), sizeof(value)))
			return false;
		if (value == pid)
			procfs.pid = before;
		if (value == ns_ops)
			procfs.ns_ops = before;
		if (procfs.pid && procfs.ns_ops)
			return true;
	}
	return false;
}

static bool __init learn(struct inode *inode)
{
	if (!S_ISLNK(inode->i_mode) || !inode->i_op->get_link)
		return false;
	procfs.get_link = inode->i_op->get_link;
	return find_members(inode, task_tgid(current), init_net.ns.ops);
}

int __init jump_init(void)
{
	struct file_system_type *type = get_fs_type("proc");
	struct vfsmount *mnt;
	struct path path;
	int error;

	if (!type) {
		pr_err("this kernel has no procfs\n");
		return -ENODEV;
	}
	mnt = kern_mount(type);
	module_put(type->owner);
	if (IS_ERR(mnt)) {
		pr_err("cannot mount procfs: error %ld\n", PTR_ERR(mnt));
		return PTR_ERR(mnt);
	}

	error = vfs_path_lookup(mnt->mnt_root, mnt, "self/ns/net", 0, &path);
	if (error) {
		pr_err("cannot find /proc/self/ns/net: error %d\n", error);
		goto out_unmount;
	}
	if (!learn(d_inode(path.dentry))) {
		pr_err("procfs keeps /proc/self/ns/net in a way this module does not know\n");
		error = -EOPNOTSUPP;
	}
	path_put(&path);
out_unmount:
	kern_unmount(mnt);
	return error;
}
