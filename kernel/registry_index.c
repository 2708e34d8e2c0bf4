// SPDX-License-Identifier: GPL-2.0-only
#include <linux/container_of.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "registry.h"
#include "registry_index.h"

/*
 * Enough for what is born between the reserve falling below half and a worker running; 72 bytes
 * each.
 */
#define RESERVE 1024

/* How many dead entries a walk may pass over with interrupts off. */
#define STRIDE 64

struct procns_entry {
	struct rb_node number_node;
	union {
		struct rb_node birth_node;
		struct list_head reserve_node;
	};
	struct ns_common *ns;
	u64 birth;
	unsigned int inum;
};

#define entry_by_number(node) rb_entry(node, struct procns_entry, number_node)
#define entry_by_birth(node) rb_entry(node, struct procns_entry, birth_node)

/* The reserve */

static struct procns_entry *take_entry(struct ns_index *index)
{
	struct procns_entry *entry;

	lockdep_assert_held(&index->lock);
	entry = list_first_entry_or_null(&index->reserve, struct procns_entry, reserve_node);
	if (!entry) {
		index->lost++;
		return NULL;
	}
	list_del(&entry->reserve_node);
	index->reserve_count--;
	return entry;
}

static void give_entry(struct ns_index *index, struct procns_entry *entry)
{
	lockdep_assert_held(&index->lock);
	list_add(&entry->reserve_node, &index->reserve);
	index->reserve_count++;
}

static bool reserve_is_odd(const struct ns_index *index)
{
	size_t count = READ_ONCE(index->reserve_count);

	return count < RESERVE / 2 || count > RESERVE * 4;
}

static int grow_reserve(struct ns_index *index, size_t size)
{
	while (READ_ONCE(index->reserve_count) < size) {
		struct procns_entry *entry = kmem_cache_alloc(index->cache, GFP_KERNEL);

		if (!entry)
			return -ENOMEM;
		raw_spin_lock_irq(&index->lock);
		give_entry(index, entry);
		raw_spin_unlock_irq(&index->lock);
	}
	return 0;
}

static void shrink_reserve(struct ns_index *index)
{
	struct procns_entry *entry;

	do {
		raw_spin_lock_irq(&index->lock);
		entry = index->reserve_count > RESERVE * 2 ? take_entry(index) : NULL;
		raw_spin_unlock_irq(&index->lock);
		if (entry)
			kmem_cache_free(index->cache, entry);
		cond_resched();
	} while (entry);
}

int ns_index_fill_reserve(struct ns_index *index, size_t more)
{
	return grow_reserve(index, RESERVE + more);
}

static void refill(struct work_struct *work)
{
	struct ns_index *index = container_of(work, struct ns_index, refill);

	shrink_reserve(index);
	grow_reserve(index, RESERVE);
}

/* Trees */

static int compare_number(const void *key, const struct rb_node *node)
{
	unsigned int inum = *(const unsigned int *)key;
	unsigned int other = entry_by_number(node)->inum;

	return inum < other ? -1 : inum > other;
}

static int compare_numbers(struct rb_node *new, const struct rb_node *node)
{
	return compare_number(&entry_by_number(new)->inum, node);
}

static bool is_elder(struct rb_node *new, const struct rb_node *node)
{
	return entry_by_birth(new)->birth < entry_by_birth(node)->birth;
}

static struct procns_entry *entry_of(struct ns_index *index, unsigned int inum)
{
	struct rb_node *node = rb_find(&inum, &index->by_number, compare_number);

	return node ? entry_by_number(node) : NULL;
}

static struct procns_entry *first_after(struct ns_index *index, u64 birth)
{
	struct rb_node *node = index->by_birth.rb_node;
	struct procns_entry *first = NULL;

	while (node) {
		struct procns_entry *entry = entry_by_birth(node);

		if (entry->birth > birth) {
			first = entry;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return first;
}

static struct procns_entry *next_born(struct procns_entry *entry)
{
	struct rb_node *node = rb_next(&entry->birth_node);

	return node ? entry_by_birth(node) : NULL;
}

/* True when it was not there. */
static bool insert(struct ns_index *index, struct ns_common *ns)
{
	struct procns_entry *entry = entry_of(index, ns->inum);

	if (entry) {
		/* A removal passed unseen would have left an entry pointing to freed memory. */
		if (WARN_ON_ONCE(entry->ns != ns))
			entry->ns = ns;
		return false;
	}

	entry = take_entry(index);
	if (!entry)
		return false;
	entry->ns = ns;
	entry->inum = ns->inum;
	entry->birth = ++index->last_birth;
	rb_find_add(&entry->number_node, &index->by_number, compare_numbers);
	rb_add(&entry->birth_node, &index->by_birth, is_elder);
	index->count++;
	return true;
}

static bool add_one(struct ns_index *index, struct ns_common *ns)
{
	unsigned long flags;
	bool added;

	/*
	 * Without operations it is of a type built out of this kernel; without a number it is an
	 * anonymous mount namespace. Neither has a name.
	 */
	if (!ns->ops || !ns->inum)
		return false;

	raw_spin_lock_irqsave(&index->lock, flags);
	added = insert(index, ns);
	raw_spin_unlock_irqrestore(&index->lock, flags);
	return added;
}

/* Where one is known those above it are: they were added with it, or are about to be. */
static unsigned int add_users(struct ns_index *index, struct user_namespace *user)
{
	unsigned int added = 0;

	for (; user && add_one(index, &user->ns); user = user->parent)
		added++;
	return added;
}

static unsigned int add_pids(struct ns_index *index, struct pid_namespace *pid)
{
	unsigned int added = 0;

	for (; pid && add_one(index, &pid->ns); pid = pid->parent)
		added += 1 + add_users(index, pid->user_ns);
	return added;
}

static unsigned int add_owned(struct ns_index *index, struct ns_common *ns)
{
	return add_one(index, ns) ? 1 + add_users(index, ns_owner(ns)) : 0;
}

/* What the rest of the registry calls */

struct user_namespace *ns_owner(struct ns_common *ns)
{
	return ns->ops->owner(ns);
}

unsigned int ns_index_add(struct ns_index *index, struct ns_common *ns)
{
	unsigned int added;

	if (!ns->ops)
		return 0;

	switch (ns_common_flag(ns)) {
	case CLONE_NEWUSER:
		added = add_users(index, container_of(ns, struct user_namespace, ns));
		break;
	case CLONE_NEWPID:
		added = add_pids(index, container_of(ns, struct pid_namespace, ns));
		break;
	default:
		added = add_owned(index, ns);
		break;
	}

	if (reserve_is_odd(index))
		schedule_work(&index->refill);
	return added;
}

void ns_index_remove(struct ns_index *index, unsigned int inum)
{
	struct procns_entry *entry;
	unsigned long flags;

	raw_spin_lock_irqsave(&index->lock, flags);
	entry = entry_of(index, inum);
	if (entry) {
		rb_erase(&entry->number_node, &index->by_number);
		rb_erase(&entry->birth_node, &index->by_birth);
		index->count--;
		give_entry(index, entry);
	}
	raw_spin_unlock_irqrestore(&index->lock, flags);

	if (reserve_is_odd(index))
		schedule_work(&index->refill);
}

struct ns_common *ns_index_find(struct ns_index *index, unsigned int type, unsigned int inum)
{
	struct ns_common *found = NULL;
	struct procns_entry *entry;
	unsigned long flags;

	raw_spin_lock_irqsave(&index->lock, flags);
	entry = entry_of(index, inum);
	if (entry && ns_common_flag(entry->ns) == type && __ns_ref_get(entry->ns))
		found = entry->ns;
	raw_spin_unlock_irqrestore(&index->lock, flags);
	return found;
}

/* One step of a walk, from *birth to where it came. False at the end. */
static bool walk(struct ns_index *index, u64 *birth, struct registry_entry *batch, size_t max,
		 size_t *count)
{
	struct procns_entry *entry;
	unsigned int left = STRIDE;
	unsigned long flags;

	raw_spin_lock_irqsave(&index->lock, flags);
	entry = first_after(index, *birth);
	for (; entry && *count < max && left; entry = next_born(entry)) {
		*birth = entry->birth;
		left--;
		if (!__ns_ref_get(entry->ns))
			continue;
		batch[*count].ns = entry->ns;
		batch[*count].birth = entry->birth;
		++*count;
	}
	raw_spin_unlock_irqrestore(&index->lock, flags);
	return entry;
}

size_t ns_index_next(struct ns_index *index, u64 birth, struct registry_entry *batch, size_t max)
{
	size_t count = 0;

	while (walk(index, &birth, batch, max, &count) && count < max)
		cond_resched();
	return count;
}

int ns_index_init(struct ns_index *index)
{
	int error;

	raw_spin_lock_init(&index->lock);
	index->by_number = RB_ROOT;
	index->by_birth = RB_ROOT;
	INIT_LIST_HEAD(&index->reserve);
	INIT_WORK(&index->refill, refill);

	index->cache = KMEM_CACHE(procns_entry, 0);
	if (!index->cache)
		return -ENOMEM;

	error = ns_index_fill_reserve(index, 0);
	if (error)
		ns_index_destroy(index);
	return error;
}

void ns_index_destroy(struct ns_index *index)
{
	struct procns_entry *entry;
	struct procns_entry *next;

	cancel_work_sync(&index->refill);

	rbtree_postorder_for_each_entry_safe(entry, next, &index->by_number, number_node)
		kmem_cache_free(index->cache, entry);
	list_for_each_entry_safe(entry, next, &index->reserve, reserve_node)
		kmem_cache_free(index->cache, entry);
	kmem_cache_destroy(index->cache);
}
