/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * References reconciled: how many of a namespace's references the recorded objects account for, each object counted once.
 */
#ifndef PROCNS_SOURCE_BPF_REFS_H
#define PROCNS_SOURCE_BPF_REFS_H

#include "arena.h"
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

/* Counts what the last sample recorded. Returns 0 or -ENOMEM. */
int refs_count(struct refs *refs, const struct walk *walk);
void refs_free(struct refs *refs);

/*
 * What is known by several samples: of each namespace, the one that explains it best. For things happen while a sample is
 * taken, and what was read first may not fit what was read last.
 */
struct refs_verdict {
	uint32_t inum;			/* an address may be given to another namespace between two samples */
	uint32_t refs, explained;
};

struct refs_best {
	struct index by_ns;		/* struct refs_verdict, by the address of the struct ns_common */
	struct arena arena;
};

/* Takes over what this sample explains better than those before it. Returns 0 or -ENOMEM. */
int refs_improve(struct refs_best *best, const struct refs *refs);

/* Is there a namespace of this sample that none explained whole, though it could be? */
bool refs_unexplained(const struct refs_best *best, const struct refs *refs);

/* NULL: the namespace is one of the initial ones, of which the kernel keeps no true count. */
const struct refs_verdict *refs_verdict(const struct refs_best *best, const struct ns_record *record);
void refs_best_free(struct refs_best *best);

#endif
