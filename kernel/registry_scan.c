// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "registry.h"
#include "registry_scan.h"
#include "registry_track.h"

#define MAX_PASSES 10
#define PASS_INTERVAL_MS 10

#define RELATIVES_AT_ONCE 16

void scan_pause(struct registry_scan *scan)
{
	ns_index_fill_reserve(scan->index, 0);
	cond_resched();
}

static void offer_relatives(struct registry_scan *scan, struct ns_common *ns)
{
	struct user_namespace *owner = ns_owner(ns);

	if (owner)
		scan_offer(scan, &owner->ns);

	if (ns_common_flag(ns) == CLONE_NEWPID) {
		struct pid_namespace *parent = container_of(ns, struct pid_namespace, ns)->parent;

		if (parent)
			scan_offer(scan, &parent->ns);
	}
}

/* Owners and parents came with those they belong to, except where the reserve was empty. */
static void scan_relatives(struct registry_scan *scan)
{
	struct registry_entry batch[RELATIVES_AT_ONCE];
	u64 birth = 0;
	size_t count;
	size_t i;

	while ((count = ns_index_next(scan->index, birth, batch, RELATIVES_AT_ONCE))) {
		birth = batch[count - 1].birth;
		for (i = 0; i < count; i++) {
			offer_relatives(scan, batch[i].ns);
			batch[i].ns->ops->put(batch[i].ns);
		}
		scan_pause(scan);
	}
}

static int pass(struct registry_scan *scan)
{
	unsigned long lost = READ_ONCE(scan->index->lost);
	int error;

	/* What the last pass had no entries for, this one will have. */
	error = ns_index_fill_reserve(scan->index, scan->lost);
	if (error)
		return error;

	scan->found = 0;
	scan->busy = 0;

	scan_nets(scan);
	scan_tasks(scan);
	scan_bind_mounts(scan);
	scan_superblocks(scan);
	scan_relatives(scan);

	scan->lost = READ_ONCE(scan->index->lost) - lost;
	return 0;
}

/* Returns how many were found, or a negative errno. */
static int scan_until_nothing_new(struct registry_scan *scan)
{
	int passes = 0;
	int found = 0;

	do {
		int error;

		if (passes)
			msleep(PASS_INTERVAL_MS);
		error = pass(scan);
		if (error)
			return error;
		found += scan->found;
	} while ((scan->found || scan->lost || scan->busy) && ++passes < MAX_PASSES);
	return found;
}

int registry_scan(struct ns_index *index, const struct landmarks *marks)
{
	struct registry_scan scan = { .index = index, .marks = marks };
	int moved;
	int found;

	scan_moves_begin(index, marks);
	found = scan_until_nothing_new(&scan);
	moved = scan_moves_end();
	if (found < 0)
		return found;

	if (scan.busy || scan.lost)
		pr_warn_ratelimited("the scan is not whole: %u places stayed busy, %lu namespaces found no memory\n",
				    scan.busy, scan.lost);
	return found + moved;
}
