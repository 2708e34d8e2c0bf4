/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The snapshot as sources build it. A source adds namespaces, tasks and holders in any order and links them by pointer;
 * snapshot_finish() then sorts, indexes and makes the lists that go the other way (children, owned, members).
 * All memory comes from the snapshot's arena and goes with it. Every function that allocates fails with NULL or -ENOMEM.
 */
#ifndef PROCNS_SNAPSHOT_H
#define PROCNS_SNAPSHOT_H

#include "procns.h"

struct procns_snapshot *snapshot_new(const char *source);

/* Makes room at once, where a source knows how many more namespaces and tasks it will add. Returns 0 or -ENOMEM. */
int snapshot_expect(struct procns_snapshot *s, size_t namespaces, size_t tasks);

/* The namespace of this type and number: the one already there, or a new one. Constant time. */
struct procns_ns *snapshot_ns(struct procns_snapshot *s, enum procns_type type, uint32_t inum);

/* The same, but only the one already there, else NULL. */
struct procns_ns *snapshot_find(const struct procns_snapshot *s, enum procns_type type, uint32_t inum);

/* Number i of the namespaces so far, in the order they were added; NULL past the last. */
struct procns_ns *snapshot_ns_at(const struct procns_snapshot *s, size_t i);

/* A new task; the source fills all but comm's memory. Tasks are never looked up while a snapshot is built. */
struct procns_task *snapshot_task(struct procns_snapshot *s, pid_t pid, pid_t tid, const char *comm, size_t comm_len);

/*
 * A source that counts members itself, instead of adding each: beside this task, whose ns are set, `nprocs` processes and `nthreads` threads
 * (with it) are in the same. Then no task is listed as a member, and those added are the ones that may be shown as the first.
 */
void snapshot_counted(struct procns_snapshot *s, const struct procns_task *task, size_t nprocs, size_t nthreads);

/* A new holder of ns, or, with ns NULL, one that is only a cause of others. fd is -1 and all else zero. */
struct procns_holder *snapshot_holder(struct procns_snapshot *s, struct procns_ns *ns, enum procns_holder_kind kind);

/* Adds a cause to a holder. */
int snapshot_cause(struct procns_snapshot *s, struct procns_holder *holder, const struct procns_holder *cause);

/* Adds a place where it is in flight. Those whose queue is the holder itself are put before the others. */
int snapshot_position(struct procns_snapshot *s, struct procns_holder *holder, const struct procns_position *position);

/* Adds a name (a path of a bind mount). */
int snapshot_name(struct procns_snapshot *s, struct procns_ns *ns, const char *path);

/* Memory that lives as long as the snapshot; zeroed. */
void *snapshot_alloc(struct procns_snapshot *s, size_t size);
char *snapshot_strdup(struct procns_snapshot *s, const char *text);

/* One more thing that could not be seen: what, why, and what would help. Equal lines are kept once. */
int snapshot_gap(struct procns_snapshot *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* These facts are known of every namespace that is or will be in the snapshot: a short way to set the bits of each. */
void snapshot_knows(struct procns_snapshot *s, uint32_t facts);

/* Only namespaces of these types (bits 1 << type; 0: all) are listed; others can still be reached as owners and parents. */
void snapshot_list_types(struct procns_snapshot *s, uint32_t types);

/* Sorts, indexes, links. Nothing may be added after it. */
int snapshot_finish(struct procns_snapshot *s);

#endif
