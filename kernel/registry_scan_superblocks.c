// SPDX-License-Identifier: GPL-2.0-only
/*
 * A superblock holds the user namespace it was made in, and procfs's its pid namespace. Each file
 * system type keeps a list of its own; types and superblocks are freed an RCU grace period after
 * they left theirs.
 *
 * Only types that can be mounted in a user namespace are looked at: others belong to the initial
 * one, and may be stuck in I/O. No superblock's lock is waited for.
 */
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/rculist.h>
#include <linux/rwsem.h>
#include <linux/user_namespace.h>

#include "registry_scan.h"

static bool is_whole(const struct super_block *sb)
{
	return !hlist_unhashed(&sb->s_instances) && sb->s_root && (sb->s_flags & SB_BORN);
}

static void scan_superblock(struct registry_scan *scan, struct super_block *sb)
{
	if (!down_read_trylock(&sb->s_umount)) {
		scan->busy++;
		return;
	}
	if (is_whole(sb)) {
		scan_offer(scan, &sb->s_user_ns->ns);
		if (sb->s_magic == PROC_SUPER_MAGIC && proc_pid_ns(sb))
			scan_offer(scan, &proc_pid_ns(sb)->ns);
	}
	up_read(&sb->s_umount);
}

static void scan_type(struct registry_scan *scan, struct file_system_type *type)
{
	struct super_block *sb;

	hlist_for_each_entry_rcu(sb, &type->fs_supers, s_instances) {
		scan_superblock(scan, sb);
		/* It left the list meanwhile, and the rest of the list cannot be found from it. */
		if (hlist_unhashed_lockless(&sb->s_instances))
			scan->busy++;
	}
}

/* Types are chained in the order they were registered: these two are among the first. */
static struct file_system_type *first_type(void)
{
	struct file_system_type *type = get_fs_type("sysfs");

	if (!type)
		type = get_fs_type("proc");
	if (type)
		module_put(type->owner);
	return type;
}

void scan_superblocks(struct registry_scan *scan)
{
	struct file_system_type *type = first_type();

	rcu_read_lock();
	for (; type; type = READ_ONCE(type->next))
		if (type->fs_flags & FS_USERNS_MOUNT)
			scan_type(scan, type);
	rcu_read_unlock();
	scan_pause(scan);
}
