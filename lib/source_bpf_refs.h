/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * References reconciled: how many of a namespace's references the recorded objects account for, each object counted once.
 */
#ifndef PROCNS_SOURCE_BPF_REFS_H
#define PROCNS_SOURCE_BPF_REFS_H

#include "index.h"
#include "source_bpf_walk.h"

struct ref_count {
	const struct ns_record *record;
	uint32_t explained;
};

struct refs {
	const struct walk *walk;
	struct index by_ns;		/* struct ref_count, by the address of the struct ns_common */
	struct ref_count *counts;
	size_t count;
	struct index counted;		/* objects counted already */
	int err;
};

/* Returns 0 or -ENOMEM. */
int refs_count(struct refs *refs, const struct walk *walk);
void refs_free(struct refs *refs);

/* How many are explained; -1: not countable, or the namespace is one of the initial ones. */
int64_t refs_explained(const struct refs *refs, uint64_t ns);

/*
 * The sum of what can't be right at one moment, or is not known: references not explained, where all should be, and more
 * explained than there are.
 */
uint64_t refs_remainder(const struct refs *refs);

#endif
