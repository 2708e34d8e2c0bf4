// SPDX-License-Identifier: LGPL-2.1-or-later
/* The best of several samples. */
#include <errno.h>

#include "source_bpf_refs.h"

static bool is_initial(const struct refs *refs, const struct ns_record *record)
{
	return refs->walk->ns->initial[record->type] == record->ns;
}

/* How far off it is. More explained than there are is worse than any rest: something was counted that has gone. */
static uint64_t distance(uint32_t refs, uint32_t explained)
{
	return explained > refs ? UINT32_MAX + (uint64_t)(explained - refs) : refs - explained;
}

static int improve(struct refs_best *best, const struct ref_count *count)
{
	const struct ns_record *record = count->record;
	void **place = index_place(&best->by_ns, record->ns);
	struct refs_verdict *verdict = place ? *place : NULL;

	if (place && !verdict)
		*place = verdict = arena_alloc(&best->arena, sizeof(*verdict));
	if (!verdict)
		return -ENOMEM;
	if (verdict->inum != record->inum ||
	    distance(record->refs, count->explained) <= distance(verdict->refs, verdict->explained))
		*verdict = (struct refs_verdict){ record->inum, record->refs, count->explained };
	return 0;
}

int refs_improve(struct refs_best *best, const struct refs *refs)
{
	for (size_t i = 0; i < refs->count; i++)
		if (!is_initial(refs, refs->counts[i].record) && improve(best, &refs->counts[i]) < 0)
			return -ENOMEM;
	return 0;
}

const struct refs_verdict *refs_verdict(const struct refs_best *best, const struct ns_record *record)
{
	const struct refs_verdict *verdict = index_find(&best->by_ns, record->ns);

	return verdict && verdict->inum == record->inum ? verdict : NULL;
}

/* Of user namespaces there may be holders that can't be seen: a rest is no reason to look again. */
static bool is_unexplained(const struct ns_record *record, const struct refs_verdict *verdict)
{
	return verdict->explained > verdict->refs || (record->type != NS_USER && verdict->explained < verdict->refs);
}

bool refs_unexplained(const struct refs_best *best, const struct refs *refs)
{
	for (size_t i = 0; i < refs->count; i++) {
		const struct refs_verdict *verdict = refs_verdict(best, refs->counts[i].record);

		if (verdict && is_unexplained(refs->counts[i].record, verdict))
			return true;
	}
	return false;
}

void refs_best_free(struct refs_best *best)
{
	index_free(&best->by_ns);
	arena_free(&best->arena);
}
