// SPDX-License-Identifier: GPL-2.0-only
/*
 * nsfs's superblock lists all its mounts: every bind mount of a namespace in every mount namespace,
 * and the detached. The lock of that list is not for modules. But a mount is freed an RCU grace
 * period after it left the list, and on leaving its link is poisoned; so a walk inside RCU sees
 * only memory that is there, and knows when it has lost its way.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mount.h>
#include <linux/poison.h>
#include <linux/rcupdate.h>

#include "registry_scan.h"
#include "registry_track.h"

/* A walk that lost its way starts again: offering twice does no harm. */
#define MAX_WALKS 100

static const struct vfsmount *mount_of(const struct landmarks *marks,
				       const struct list_head *instance)
{
	return (const struct vfsmount *)((const char *)instance - marks->mount_instance);
}

/* Under its lock a dentry that has an inode keeps it, and the inode the namespace. */
static void scan_mount(struct registry_scan *scan, const struct vfsmount *mnt)
{
	struct dentry *dentry = mnt->mnt_root;
	const struct inode *inode;

	if (mnt->mnt_sb != scan->marks->nsfs || !dentry)
		return;

	spin_lock(&dentry->d_lock);
	inode = d_inode(dentry);
	if (inode && inode->i_private)
		scan_offer(scan, inode->i_private);
	spin_unlock(&dentry->d_lock);
}

static bool is_lost(const struct list_head *node)
{
	return !node || node == LIST_POISON1;
}

static bool walk_mounts(struct registry_scan *scan)
{
	const struct list_head *head = &scan->marks->nsfs->s_mounts;
	const struct list_head *node;

	for (node = READ_ONCE(head->next); node != head; node = READ_ONCE(node->next)) {
		if (is_lost(node))
			return false;
		scan_mount(scan, mount_of(scan->marks, node));
	}
	return true;
}

void scan_bind_mounts(struct registry_scan *scan)
{
	unsigned int walks = 0;
	bool whole;

	do {
		rcu_read_lock();
		whole = walk_mounts(scan);
		rcu_read_unlock();
		scan_pause(scan);
	} while (!whole && ++walks < MAX_WALKS);

	if (!whole)
		scan->busy++;
}
