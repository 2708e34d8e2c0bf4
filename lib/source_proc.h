/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the engine asks of /proc for lists that another source made. */
#ifndef PROCNS_SOURCE_PROC_H
#define PROCNS_SOURCE_PROC_H

#include "context.h"
#include "source.h"

/* What a scan of /proc finds, of a list that another source made, too. */
#define PROC_FACTS (TASK_FACTS | PROCNS_FACT_NAMES)

/*
 * Adds tasks to the snapshot, and, where wanted, names and holders, as far as /proc shows them. The list is left as it is,
 * unless may_list: then what is new gets the other facts wanted as well. Returns 0 or a negative errno with the message set on ctx.
 */
int proc_add_facts(struct procns *ctx, uint32_t want, bool may_list, struct procns_snapshot *s);

/* Adds names alone to a snapshot that has its tasks. */
int proc_add_names(struct procns *ctx, struct procns_snapshot *s);

/* Marks the kernel's own net and mount namespaces, where their numbers don't tell and /proc does. */
void proc_mark_initial(const struct procns *ctx, struct procns_snapshot *s);

/* Opens /proc. Returns a descriptor, or a negative errno with the message set on ctx. */
int proc_open(struct procns *ctx);

#endif
