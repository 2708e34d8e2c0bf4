/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a snapshot keeps what is added to it, and what snapshot_finish() makes of that. For snapshot*.c alone. */
#ifndef PROCNS_SNAPSHOT_RECORD_H
#define PROCNS_SNAPSHOT_RECORD_H

#include "arena.h"
#include "index.h"
#include "snapshot.h"
#include "vector.h"

/* The lists of a namespace that are made by snapshot_finish(). */
enum record_list {
	LIST_MEMBERS,
	LIST_CHILDREN,
	LIST_OWNED,
	LIST_HOLDERS,
	LIST_COUNT,
};

struct pointer_list {
	const void **items;
	size_t count;
};

struct name_node {
	struct name_node *next;
	const char *path;
};

struct ns_record {
	struct procns_ns ns;
	struct pointer_list lists[LIST_COUNT];
	struct name_node *names;
	size_t nnames;
};

struct cause_node {
	struct cause_node *next;
	const struct procns_holder *cause;
};

struct position_node {
	struct position_node *next;
	struct procns_position position;
};

struct holder_record {
	struct procns_holder holder;
	struct ns_record *of;		/* NULL: it is a cause alone */
	struct cause_node *causes;	/* the last first */
	struct position_node *positions; /* the last first */
};

struct procns_snapshot {
	struct arena arena;
	const char *source;
	struct vector namespaces;	/* struct ns_record, by type and number */
	struct vector tasks;		/* struct procns_task, by pid and tid */
	struct vector holders;		/* struct holder_record, until it is finished */
	struct vector gaps;		/* text */
	struct index by_number, by_id;
	uint32_t known;			/* of every namespace in it */
	bool counted;			/* the source has counted members: the tasks are not all there are */
	uint32_t types;			/* bits 1 << type: those asked for */
	const struct procns_ns **listed;	/* the namespaces of these types */
	size_t nlisted;
};

static inline struct ns_record *record_of(const struct procns_ns *ns)
{
	return (struct ns_record *)ns;
}

static inline uint64_t number_key(enum procns_type type, uint32_t inum)
{
	return (uint64_t)type << 32 | inum;
}

#endif
