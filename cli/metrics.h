/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `procns metrics` counts, and how it is written. */
#ifndef CLI_METRICS_H
#define CLI_METRICS_H

#include <stdbool.h>
#include <stdio.h>

#include "charges.h"
#include "procns.h"

struct metrics {
	uint32_t known;					/* PROCNS_FACT_* bits that are known of every namespace */
	uint64_t alive[PROCNS_NTYPES];
	uint64_t persistent[PROCNS_NTYPES];		/* no member */
	uint64_t orphans[PROCNS_NTYPES][PROCNS_HOLDER_NKINDS]; /* one descriptor, mount, message or socket alone holds it */
	uint64_t in_flight[PROCNS_NTYPES];		/* some descriptor of it is */
	bool users_known;
	const struct charge *users;			/* nearest to their limits first */
	size_t nusers;					/* as many as are named */
	uint64_t other_users[PROCNS_NTYPES];		/* what all others have */
	int64_t limits[PROCNS_NTYPES];			/* of each user; -1: not known */
	double scan_seconds;
	size_t gaps;
	const char *source;
};

/* Counts everything but users. */
void metrics_count(struct metrics *metrics, const struct procns_snapshot *snapshot);

/*
 * The users that are charged for namespaces in this user namespace, sorted, and the first `named` of them told; the others are
 * counted together. metrics->users points into charges.
 */
void metrics_count_users(struct metrics *metrics, struct charges *charges, const struct procns_ns *user_ns, size_t named);

/* The whole as OpenMetrics text, which is also text for Prometheus's older format. */
void metrics_write(const struct metrics *metrics, FILE *out);

#endif
