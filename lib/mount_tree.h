/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mounts of one /proc/PID/mountinfo by where they are: which of them whoever follows the path gets to. For bind_mounts.c. */
#ifndef PROCNS_MOUNT_TREE_H
#define PROCNS_MOUNT_TREE_H

#include "index.h"
#include "proc_read.h"

struct mount_tree {
	struct index by_path;
	struct mount_place *places;
	size_t count;
};

/* Of these lines, which stay where they are. Returns 0 or -ENOMEM; then mount_tree_free() is right, too. */
int mount_tree_make(struct mount_tree *tree, const struct mountinfo_line *lines, size_t count);
void mount_tree_free(struct mount_tree *tree);

/*
 * Does its mount point lead to this mount, one of the lines? True where the mounts on the way are each alone at their place and mounted on one
 * another; false also where it only cannot be told so simply.
 */
bool mount_tree_leads_to(const struct mount_tree *tree, const struct mountinfo_line *mount);

#endif
