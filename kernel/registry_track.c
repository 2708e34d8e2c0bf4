// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry of kernels that keep no list of all namespaces: probes tell of births and deaths,
 * and one scan finds what lived before. docs/tracking.md says how, and what is missed.
 */
#include <linux/mutex.h>
#include <linux/rcupdate.h>

#include "registry.h"
#include "registry_index.h"
#include "registry_scan.h"
#include "registry_track.h"

static struct {
	struct ns_index index;
	struct landmarks marks;
	struct mutex scanning;	/* one scan at a time */
	long missed;		/* births missed, as far as a scan has made up for them */
} registry;

static long missed_so_far(void)
{
	return births_missed() + READ_ONCE(registry.index.lost);
}

static bool misses_some(void)
{
	return missed_so_far() != READ_ONCE(registry.missed);
}

static int scan(void)
{
	long missed = missed_so_far();
	int found = registry_scan(&registry.index, &registry.marks);

	if (found >= 0)
		WRITE_ONCE(registry.missed, missed);
	return found;
}

/*
 * Makes up for births the probes missed, before an answer is given that they belong in. True when
 * there were any.
 */
static bool make_up(void)
{
	int found = 0;

	if (likely(!misses_some()))
		return false;
	/* A birth beginning just now is counted and not yet watched. */
	synchronize_rcu();
	if (!misses_some())
		return false;

	if (mutex_lock_killable(&registry.scanning))
		return false;
	if (misses_some())
		found = scan();
	mutex_unlock(&registry.scanning);

	if (found > 0)
		pr_notice_ratelimited("a new scan found %d namespaces whose birth was missed\n",
				      found);
	return true;
}

struct ns_common *registry_find(unsigned int type, unsigned int inum)
{
	struct ns_common *ns = ns_index_find(&registry.index, type, inum);

	if (!ns && make_up())
		ns = ns_index_find(&registry.index, type, inum);
	return ns;
}

size_t registry_next(u64 birth, struct registry_entry *batch, size_t max)
{
	if (!birth)
		make_up();
	return ns_index_next(&registry.index, birth, batch, max);
}

int registry_init(void)
{
	int error;
	int found;

	mutex_init(&registry.scanning);
	error = landmarks_find(&registry.marks);
	if (error)
		return error;
	error = ns_index_init(&registry.index);
	if (error) {
		pr_err("cannot allocate the tracked registry: error %d\n", error);
		return error;
	}
	error = deaths_watch(&registry.index);
	if (error)
		goto err_deaths;
	error = births_watch(&registry.index, &registry.marks);
	if (error)
		goto err_births;

	found = scan();
	if (found < 0) {
		error = found;
		pr_err("the scan for namespaces failed: error %d\n", error);
		goto err_scan;
	}
	pr_info("tracked registry: %d namespaces found by the scan at load\n", found);
	return 0;

err_scan:
	births_unwatch();
err_births:
	deaths_unwatch();
err_deaths:
	ns_index_destroy(&registry.index);
	return error;
}

void registry_exit(void)
{
	births_unwatch();
	deaths_unwatch();
	ns_index_destroy(&registry.index);
}
