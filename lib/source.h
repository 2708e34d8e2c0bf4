/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A source fills a snapshot and says what it can and cannot know. Nobody but source_*.c asks which kernel this is.
 *
 * The engine (source.c) takes the cheapest source that is available and provides the facts wanted; where none provides them
 * all, the first available one makes the list and `proc` adds what it can to it.
 */
#ifndef PROCNS_SOURCE_H
#define PROCNS_SOURCE_H

#include "procns.h"
#include "snapshot.h"

/* Each is found out by going through all tasks. */
#define TASK_FACTS (PROCNS_FACT_COUNTS | PROCNS_FACT_MEMBERS | PROCNS_FACT_HOLDERS)

struct source {
	const char *name;

	/*
	 * May it work here, for this caller? Cheap: no list is made. Returns 0 or a negative errno; `reason` (size bytes) then
	 * says why not and what would help. *facts is what it can know here.
	 */
	int (*probe)(struct procns *ctx, uint32_t *facts, char *reason, size_t size);

	/*
	 * Adds what it sees to the snapshot: namespaces, and the facts of query->want it provides. Facts it could not learn
	 * stay unknown; whatever it could not see it says by snapshot_gap(). Returns 0 or a negative errno with the
	 * message set on ctx.
	 */
	int (*fill)(struct procns *ctx, const struct procns_query *query, struct procns_snapshot *s);

	/* What fill() can know, if it can work at all. Not 0: it then finds out by itself, and nobody has to probe first. */
	uint32_t facts;
};

extern const struct source source_dir, source_bpf, source_listns, source_proc;

/* Sets the message procns_error() gives and returns -err. */
int context_error(struct procns *ctx, int err, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
