/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracked registry's parts, in the order they start: landmarks (what cannot be known at build
 * time), deaths, births, then the scan (registry_scan.h) for what lived before.
 */
#ifndef PROCNS_REGISTRY_TRACK_H
#define PROCNS_REGISTRY_TRACK_H

#include <linux/types.h>

struct file_operations;
struct mnt_namespace;
struct ns_common;
struct ns_index;
struct super_block;
struct vfsmount;

/* Where things private to the VFS are, found at load by values known for the current task. */
struct landmarks {
	struct super_block *nsfs;
	/* from a mnt_namespace to its ns_common */
	ptrdiff_t mnt_ns_common;
	/* from a vfsmount to its node in its superblock's list of mounts */
	ptrdiff_t mount_instance;
	/* of /proc/PID/mounts, mountinfo and mountstats */
	const struct file_operations *mounts_files[3];
	unsigned int mounts_count;
};

/* 0, or a negative errno after one line in the log; and so below. */
int landmarks_find(struct landmarks *marks);

static inline struct ns_common *mnt_ns_common(const struct landmarks *marks,
					      struct mnt_namespace *ns)
{
	return (struct ns_common *)((char *)ns + marks->mnt_ns_common);
}

int deaths_watch(struct ns_index *index);
void deaths_unwatch(void);

int births_watch(struct ns_index *index, const struct landmarks *marks);
void births_unwatch(void);

/*
 * How many births began without being watched to their end. Off by those that are beginning on
 * another processor just now: a value other than the last one counts only when it stays after an
 * RCU grace period.
 */
long births_missed(void);

#endif
