// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "metrics.h"
#include "why.h"

static bool is_in_flight(const struct procns_ns *ns)
{
	for (size_t i = 0; i < ns->nholders; i++)
		if (ns->holders[i]->kind == PROCNS_HOLDER_IN_FLIGHT)
			return true;
	return false;
}

/* What an orphan is held by: of a detached mount and the descriptor that keeps it, the descriptor. */
static enum procns_holder_kind orphan_kind(const struct procns_ns *ns)
{
	for (size_t i = 0; i < ns->nholders; i++)
		if (ns->holders[i]->kind == PROCNS_HOLDER_FD)
			return PROCNS_HOLDER_FD;
	return ns->holders[0]->kind;
}

void metrics_count(struct metrics *metrics, const struct procns_snapshot *snapshot)
{
	metrics->known = ~0u;
	for (size_t i = 0; i < procns_count(snapshot); i++) {
		const struct procns_ns *ns = procns_at(snapshot, i);

		metrics->known &= ns->known;
		metrics->alive[ns->type]++;
		metrics->persistent[ns->type] += !ns->nthreads;
		metrics->in_flight[ns->type] += is_in_flight(ns);
		if (why_is_orphan(ns))
			metrics->orphans[ns->type][orphan_kind(ns)]++;
	}
	metrics->gaps = procns_snapshot_gaps(snapshot);
	metrics->source = procns_snapshot_source(snapshot);
}

static uint64_t total(const struct charge *charge)
{
	uint64_t sum = 0;

	for (int type = 0; type < PROCNS_NTYPES; type++)
		sum += charge->counts[type];
	return sum;
}

static int nearest_first(const void *left, const void *right, void *limits)
{
	const struct charge *a = left, *b = right;
	double share_a = charge_share(a, limits), share_b = charge_share(b, limits);

	if (share_a != share_b)
		return share_a > share_b ? -1 : 1;
	if (total(a) != total(b))
		return total(a) > total(b) ? -1 : 1;
	return a->uid < b->uid ? -1 : a->uid > b->uid;
}

void metrics_count_users(struct metrics *metrics, struct charges *charges, const struct procns_ns *user_ns, size_t named)
{
	size_t n = 0;

	for (size_t i = 0; i < charges->n; i++)
		if (charges->list[i].user_ns == user_ns)
			charges->list[n++] = charges->list[i];
	if (n)
		qsort_r(charges->list, n, sizeof(*charges->list), nearest_first, metrics->limits);
	metrics->users_known = true;
	metrics->users = charges->list;
	metrics->nusers = n < named ? n : named;
	for (size_t i = metrics->nusers; i < n; i++)
		for (int type = 0; type < PROCNS_NTYPES; type++)
			metrics->other_users[type] += charges->list[i].counts[type];
}
