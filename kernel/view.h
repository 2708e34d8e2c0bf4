/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may see a namespace, and who may open it.
 *
 * A superblock shows what belongs to its user namespace: what it owns, what user namespaces below
 * it own, and those user namespaces themselves.
 */
#ifndef PROCNS_VIEW_H
#define PROCNS_VIEW_H

#include <linux/fs.h>
#include <linux/proc_ns.h>

#include "name.h"

static inline void ns_put(struct ns_common *ns)
{
	ns->ops->put(ns);
}

/* The namespace of this name, with a reference, or NULL where this superblock shows none. */
struct ns_common *view_find(const struct super_block *sb, const struct ns_name *name);

struct view_entry {
	u64 birth;
	struct ns_name name;
};

/*
 * Up to max namespaces this superblock shows, born after `birth`, in order of birth. Returns how
 * many; 0 at the end. An entry is a name: it keeps nothing alive.
 */
size_t view_next(const struct super_block *sb, u64 birth, struct view_entry *entries, size_t max);

bool view_may_open(struct ns_common *ns);

#endif
