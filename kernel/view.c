// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/container_of.h>
#include <linux/minmax.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "registry.h"
#include "view.h"

/* How many references a listing holds at once. */
#define VIEW_BATCH 32

static bool is_within(const struct user_namespace *child, const struct user_namespace *ancestor)
{
	while (child->level > ancestor->level)
		child = child->parent;
	return child == ancestor;
}

/* Whose authority a namespace is under: its owner's, and a user namespace's its own. */
static struct user_namespace *authority(struct ns_common *ns)
{
	if (ns_common_flag(ns) == CLONE_NEWUSER)
		return container_of(ns, struct user_namespace, ns);
	return ns->ops->owner(ns);
}

/* A pid namespace whose first process has not been made yet can be neither entered nor used. */
static bool is_ready(struct ns_common *ns)
{
	if (ns_common_flag(ns) != CLONE_NEWPID)
		return true;
	return READ_ONCE(container_of(ns, struct pid_namespace, ns)->child_reaper);
}

static bool is_shown(const struct super_block *sb, struct ns_common *ns)
{
	return is_ready(ns) && is_within(authority(ns), sb->s_user_ns);
}

struct ns_common *view_find(const struct super_block *sb, const struct ns_name *name)
{
	struct ns_common *ns = registry_find(name->type, name->inum);

	if (!ns)
		return NULL;
	if (is_shown(sb, ns))
		return ns;
	ns_put(ns);
	return NULL;
}

/* Keeps of a batch the names of those shown, and puts all. */
static size_t name_batch(const struct super_block *sb, const struct registry_entry *batch,
			 size_t count, struct view_entry *entries)
{
	size_t shown = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		struct ns_common *ns = batch[i].ns;

		if (is_shown(sb, ns)) {
			entries[shown++] = (struct view_entry) {
				.birth = batch[i].birth,
				.name = { .type = ns_common_flag(ns), .inum = ns->inum },
			};
		}
		ns_put(ns);
	}
	return shown;
}

size_t view_next(const struct super_block *sb, u64 birth, struct view_entry *entries, size_t max)
{
	struct registry_entry batch[VIEW_BATCH];
	size_t shown = 0;

	while (!shown && !fatal_signal_pending(current)) {
		size_t count = registry_next(birth, batch, min_t(size_t, max, VIEW_BATCH));

		if (!count)
			break;
		birth = batch[count - 1].birth;
		shown = name_batch(sb, batch, count, entries);
		cond_resched();
	}
	return shown;
}

static bool is_in(struct ns_common *ns)
{
	struct ns_common *own = ns->ops->get(current);

	if (own)
		ns_put(own);
	return own == ns;
}

bool view_may_open(struct ns_common *ns)
{
	return is_in(ns) || ns_capable(authority(ns), CAP_SYS_ADMIN);
}
