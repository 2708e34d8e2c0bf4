// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernels that keep a tree of all namespaces themselves (6.19 and later).
 *
 * That tree, ns_unified_root, is the only truth here: its list in order of id is what is walked,
 * an id is its birth. Its members stay in memory for a grace period after they left it, so it is
 * read under RCU, and a namespace found is taken by __ns_ref_get(), which fails for a dying one.
 *
 * The tree is sorted by id, and names have the inode number. So there is an index from numbers to
 * ids: plain numbers, with no pointers, so that a stale one costs a failed lookup and nothing
 * else. It is brought up to date when a number is not found in it, by walking what was born
 * since. As ids are allotted some time before the namespace is in the tree, that is not just what
 * is above the highest id known: a probe keeps the lowest that came late. A listing does as well,
 * should the probe have missed one.
 */
#include <linux/kprobes.h>
#include <linux/ipc_namespace.h>
#include <linux/mutex.h>
#include <linux/nstree.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "registry.h"

#define NOTHING_MISSING	U64_MAX
#define INDEX_BATCH	32

static struct ns_tree_root *tree __ro_after_init;

static DEFINE_MUTEX(index_mutex);		/* held to write to the two below */
static DEFINE_XARRAY(index);			/* inode number -> id */
static u64 highest_indexed;
static atomic64_t lowest_missing = ATOMIC64_INIT(NOTHING_MISSING);

static struct ns_common *namespace_at(const struct list_head *entry)
{
	return list_entry(entry, struct ns_common, ns_unified_node.ns_list_entry);
}

/*
 * Before 7.3 a namespace's id is overwritten, for the sake of its rcu_head, once it has left the
 * tree. So it is to be relied on only if the namespace is found alive after its id was read.
 */
static u64 id_if_alive(const struct ns_common *ns)
{
	u64 id = READ_ONCE(ns->ns_id);

	smp_rmb();	/* the last reference goes before the id is overwritten */
	return __ns_ref_read(ns) ? id : 0;
}

/* Where an id is or would be in the list: either may be the list's head. */
struct place {
	struct list_head *before;	/* the last whose id is not above */
	struct list_head *after;	/* the first whose id is above */
};

static bool is_exactly(const struct place *place, u64 id)
{
	return place->before != &tree->ns_list_head && namespace_at(place->before)->ns_id == id;
}

/*
 * Descending without the tree's lock, which is out of reach, may pass by what a rotation is
 * moving. What comes out is true where it is the very id, and where the two are neighbours in the
 * list, each by its own link. Had a namespace T been between them since before the descent:
 * `before` links to T or to something before T from the moment both are in the list, and keeps
 * that link when it leaves; it links beyond T only if it left before T came, and then `after`, if
 * it was in the list at that time, was linked back to something else. Being neighbours, both were
 * in the list when their ids were read.
 */
static bool descend(u64 id, struct place *place)
{
	struct rb_node *node = rcu_dereference_raw(tree->ns_rb.rb_node);

	place->before = &tree->ns_list_head;
	place->after = &tree->ns_list_head;
	while (node) {
		struct ns_common *ns = rb_entry(node, struct ns_common, ns_unified_node.ns_node);

		if (ns->ns_id <= id) {
			place->before = &ns->ns_unified_node.ns_list_entry;
			node = rcu_dereference_raw(node->rb_right);
		} else {
			place->after = &ns->ns_unified_node.ns_list_entry;
			node = rcu_dereference_raw(node->rb_left);
		}
	}

	if (is_exactly(place, id)) {
		place->after = rcu_dereference_raw(list_next_rcu(place->before));
		return true;
	}
	smp_rmb();	/* the ids were read while both were in the list, if they still are */
	return READ_ONCE(place->before->next) == place->after &&
	       READ_ONCE(place->after->prev) == place->before;
}

static void walk_to(u64 id, struct place *place)
{
	struct list_head *entry;

	place->before = &tree->ns_list_head;
	list_for_each_rcu(entry, &tree->ns_list_head) {
		u64 this = id_if_alive(namespace_at(entry));

		if (this > id)
			break;
		if (this)
			place->before = entry;
	}
	place->after = entry;
}

/* Under RCU. */
static struct place seek(u64 id)
{
	struct place place;
	int attempts;

	for (attempts = 0; attempts < 8; attempts++) {
		if (descend(id, &place))
			return place;
		cpu_relax();
	}
	walk_to(id, &place);
	return place;
}

static void note_missing(u64 id)
{
	s64 lowest = atomic64_read(&lowest_missing);

	do {
		if ((u64)lowest <= id)
			return;
	} while (!atomic64_try_cmpxchg(&lowest_missing, &lowest, id));
}

/*
 * Numbers are handed out from a little above this, lowest first: counted from here they keep the
 * index flat.
 */
static unsigned long index_key(unsigned int inum)
{
	return inum - 0xefffff00U;
}

static u64 indexed_id(unsigned int inum)
{
	void *id = xa_load(&index, index_key(inum));

	return id ? xa_to_value(id) : 0;
}

struct index_entry {
	u64 id;
	unsigned int inum;
};

static size_t born_after(u64 id, struct index_entry *entries, size_t max)
{
	struct list_head *entry;
	size_t count = 0;

	rcu_read_lock();
	for (entry = seek(id).after; entry != &tree->ns_list_head && count < max;
	     entry = rcu_dereference_raw(list_next_rcu(entry))) {
		const struct ns_common *ns = namespace_at(entry);
		u64 born = id_if_alive(ns);

		if (born <= id)
			continue;
		entries[count].id = born;
		entries[count].inum = ns->inum;
		count++;
	}
	rcu_read_unlock();
	return count;
}

/* Of two that had a number the later born has it now. */
static int index_one(const struct index_entry *entry)
{
	if (indexed_id(entry->inum) >= entry->id)
		return 0;
	return xa_err(xa_store(&index, index_key(entry->inum), xa_mk_value(entry->id), GFP_KERNEL));
}

/* Returns how many namespaces it went through. */
static ssize_t index_from(u64 lowest)
{
	struct index_entry entries[INDEX_BATCH];
	u64 id = lowest ? lowest - 1 : 0;
	ssize_t total = 0;
	size_t count;
	size_t i;
	int error;

	while ((count = born_after(id, entries, INDEX_BATCH))) {
		for (i = 0; i < count; i++) {
			error = index_one(&entries[i]);
			if (error)
				return error;
		}
		id = entries[count - 1].id;
		highest_indexed = max(highest_indexed, id);
		total += count;
		cond_resched();
	}
	return total;
}

static void index_missing(void)
{
	u64 lowest;

	mutex_lock(&index_mutex);
	lowest = atomic64_xchg(&lowest_missing, NOTHING_MISSING);
	lowest = min(lowest, highest_indexed + 1);
	if (index_from(lowest) < 0)
		note_missing(lowest);
	mutex_unlock(&index_mutex);
}

/* A type this kernel is built without still has its initial namespace, and no operations. */
static bool take(struct ns_common *ns)
{
	return ns->ops && __ns_ref_get(ns);
}

static struct ns_common *find_indexed(unsigned int type, unsigned int inum)
{
	struct ns_common *ns = NULL;
	struct place place;
	u64 id;

	rcu_read_lock();
	id = indexed_id(inum);
	if (!id)
		goto out;
	place = seek(id);
	if (!is_exactly(&place, id))
		goto out;
	ns = namespace_at(place.before);
	if (ns->ns_type != type || ns->inum != inum || !take(ns))
		ns = NULL;
out:
	rcu_read_unlock();
	return ns;
}

struct ns_common *registry_find(unsigned int type, unsigned int inum)
{
	struct ns_common *ns = find_indexed(type, inum);

	if (ns)
		return ns;
	index_missing();
	return find_indexed(type, inum);
}

size_t registry_next(u64 birth, struct registry_entry *batch, size_t max)
{
	struct list_head *entry;
	size_t count = 0;

	rcu_read_lock();
	for (entry = seek(birth).after; entry != &tree->ns_list_head && count < max;
	     entry = rcu_dereference_raw(list_next_rcu(entry))) {
		struct ns_common *ns = namespace_at(entry);

		if (id_if_alive(ns) <= birth || !take(ns))
			continue;
		if (indexed_id(ns->inum) < ns->ns_id)
			note_missing(ns->ns_id);
		batch[count].ns = ns;
		batch[count].birth = ns->ns_id;
		count++;
	}
	rcu_read_unlock();
	return count;
}

/*
 * __ns_tree_add_raw(): at its end the namespace is in the tree, and nobody has been told its
 * number yet.
 */
static int birth_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	const struct ns_common *ns = (void *)regs_get_kernel_argument(regs, 0);

	*(u64 *)instance->data = ns->ns_id;
	return 0;
}

static int birth_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	note_missing(*(u64 *)instance->data);
	return 0;
}

static struct kretprobe births = {
	.kp.symbol_name	= "__ns_tree_add_raw",
	.entry_handler	= birth_begins,
	.handler	= birth_ends,
	.data_size	= sizeof(u64),
};

static bool __init is_in_tree(const struct ns_common *ns)
{
	struct place place;
	bool found;

	rcu_read_lock();
	place = seek(ns->ns_id);
	found = place.before == &ns->ns_unified_node.ns_list_entry;
	rcu_read_unlock();
	return found;
}

/*
 * The tree is static in the kernel. Its first member is the initial ipc namespace, so what
 * precedes that is its head.
 */
static bool __init find_tree(void)
{
	struct list_head *first = &init_ipc_ns.ns.ns_unified_node.ns_list_entry;

	BUILD_BUG_ON(IPC_NS_INIT_ID != 1);
	if (list_empty(first) || init_ipc_ns.ns.ns_id != IPC_NS_INIT_ID)
		return false;

	tree = container_of(first->prev, struct ns_tree_root, ns_list_head);
	return is_in_tree(&init_ipc_ns.ns) && is_in_tree(&init_net.ns) &&
	       is_in_tree(&init_user_ns.ns) && is_in_tree(&init_pid_ns.ns);
}

int __init registry_init(void)
{
	ssize_t found;
	int error;

	if (!find_tree()) {
		pr_err("this kernel keeps its tree of namespaces in a way this module does not know\n");
		return -EOPNOTSUPP;
	}

	error = register_kretprobe(&births);
	if (error) {
		pr_err("cannot probe %s: error %d\n", births.kp.symbol_name, error);
		return error;
	}

	mutex_lock(&index_mutex);
	found = index_from(0);
	mutex_unlock(&index_mutex);
	if (found < 0) {
		pr_err("cannot index the namespaces: error %zd\n", found);
		registry_exit();
		return found;
	}
	pr_info("using the kernel's own tree, %zd namespaces found\n", found);
	return 0;
}

void registry_exit(void)
{
	unregister_kretprobe(&births);
	xa_destroy(&index);
}
