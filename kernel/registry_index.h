/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracked registry's index: namespaces by number, for looking one up, and by order of birth,
 * for walking all.
 *
 * The index holds no reference. It stays true because whoever adds a namespace does so while
 * something else holds one, and because its number is removed before its memory goes. So what is
 * found in it under its lock is memory still, though it may be dying; and is alive where a
 * reference can be taken.
 *
 * Adding and removing happen inside probes: neither sleeps nor allocates. Entries come from a
 * reserve filled from process context.
 */
#ifndef PROCNS_REGISTRY_INDEX_H
#define PROCNS_REGISTRY_INDEX_H

#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct kmem_cache;
struct ns_common;
struct registry_entry;

struct ns_index {
	raw_spinlock_t lock;		/* for all below; taken in probes, with interrupts off */
	struct rb_root by_number;	/* one namespace has a number, whatever the type */
	struct rb_root by_birth;
	u64 last_birth;
	size_t count;
	struct list_head reserve;
	size_t reserve_count;
	unsigned long lost;		/* namespaces not added for want of an entry */
	struct work_struct refill;
	struct kmem_cache *cache;
};

int ns_index_init(struct ns_index *index);

/* Nothing may be adding or removing any more. */
void ns_index_destroy(struct ns_index *index);

/*
 * Brings the reserve to its full size and `more`; sleeps. For when much is to be added at once:
 * else the index sees to it.
 */
int ns_index_fill_reserve(struct ns_index *index, size_t more);

/*
 * Adds a namespace that something holds a reference to meanwhile, and with it the user namespaces
 * that own it and the pid namespaces above it. Returns how many of these were new.
 */
unsigned int ns_index_add(struct ns_index *index, struct ns_common *ns);

/* Forgets the namespace of this number, if it is one. Its memory may go as soon as this returns. */
void ns_index_remove(struct ns_index *index, unsigned int inum);

/* As registry_find() and registry_next(). */
struct ns_common *ns_index_find(struct ns_index *index, unsigned int type, unsigned int inum);
size_t ns_index_next(struct ns_index *index, u64 birth, struct registry_entry *batch, size_t max);

/*
 * The user namespace that owns this one, NULL for the initial user namespace. Lives as long as its
 * namespace.
 */
struct user_namespace *ns_owner(struct ns_common *ns);

#endif
