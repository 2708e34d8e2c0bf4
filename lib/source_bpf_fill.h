/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what the walkers recorded to the snapshot: one file per concern, each adding its part. For source_bpf*.c alone. */
#ifndef PROCNS_SOURCE_BPF_FILL_H
#define PROCNS_SOURCE_BPF_FILL_H

#include "index.h"
#include "snapshot.h"
#include "source_bpf_walk.h"

struct refs_best;

/* Joins records by kernel address. */
struct fill {
	const struct walk *walk;
	const struct refs_best *refs;	/* with PROCNS_FACT_HOLDERS */
	struct procns_snapshot *snapshot;
	uint32_t want;			/* PROCNS_FACT_* bits */
	struct index namespaces;	/* struct procns_ns, by the address of its struct ns_common */
	struct index tasks;		/* struct procns_task, by the address of its struct task_struct */
};

/* The namespace whose structure (struct net, …) is at this address; NULL: none, or it is gone. */
struct procns_ns *fill_find(const struct fill *fill, enum procns_type type, uint64_t object);

/* Each adds its records; returns 0 or -ENOMEM. */
int fill_namespaces(struct fill *fill);
int fill_maps(struct fill *fill);	/* after the namespaces */
int fill_inside(struct fill *fill);	/* after the namespaces */
int fill_tasks(struct fill *fill);
int fill_counts(struct fill *fill);	/* where tasks were counted only */
int fill_holders(struct fill *fill);	/* after the tasks */

#endif
