/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registry: every namespace of the system. This is all the rest of the module knows of it:
 * find one, walk all.
 *
 * registry_tree.c  for kernels that keep a tree of all namespaces themselves
 * registry_track.c for kernels that do not: a tree of our own, fed by probes and by one scan at
 *                  load
 */
#ifndef PROCNS_REGISTRY_H
#define PROCNS_REGISTRY_H

#include <linux/types.h>

struct ns_common;

/*
 * Says in the log which registry is in use and how many namespaces it found. 0 or a negative
 * errno, after one clear line.
 */
int registry_init(void);
void registry_exit(void);

/*
 * The namespace of this type (one CLONE_NEW* bit) and number with a reference taken, or NULL where
 * no such namespace is alive. Does not walk. The caller puts it by ns->ops->put(), which may sleep.
 */
struct ns_common *registry_find(unsigned int type, unsigned int inum);

/*
 * One namespace met on a walk; birth orders namespaces and is the cursor of directories (never
 * reused, never 0).
 */
struct registry_entry {
	struct ns_common *ns;	/* with a reference taken: the caller puts it */
	u64 birth;
};

/*
 * Up to max namespaces alive and born after `birth`, in order of birth. Returns how many; 0 at the
 * end. A namespace alive during a whole walk is met exactly once, whatever else is born or dies
 * meanwhile.
 */
size_t registry_next(u64 birth, struct registry_entry *batch, size_t max);

#endif
