/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an open namespace says of itself, and how one is opened by what is known of it. */
#ifndef PROCNS_NSFS_H
#define PROCNS_NSFS_H

#include "snapshot.h"

/* What nsfs_learn() can find out. */
#define NSFS_FACTS (PROCNS_FACT_ID | PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_CREATOR)

/* Which namespace fd is. Returns 0, or -ENOTTY: none. Safe on any file: nothing is asked of a device. */
int nsfs_identify(int fd, enum procns_type *type, uint32_t *inum);

/* Is fd this very namespace? */
bool namespace_is(int fd, const struct procns_ns *ns);

/* The same for whoever knows the device of nsfs: one call. */
bool nsfs_is(int fd, dev_t nsfs, const struct procns_ns *ns);

/*
 * Opens the namespace at a path that may lead to anything by now: no device is opened, no fifo waited for. Returns a
 * descriptor, or a negative errno, -ENOTTY where it is no namespace.
 */
int nsfs_open_path(int dirfd, const char *path);

/* The same of a descriptor of that place, which may be O_PATH. */
int nsfs_open_place(int place);

/* By id (6.18 and later). type may be 0 and inum 0 from 6.19 on. Returns a descriptor or a negative errno. */
int nsfs_open_handle(uint64_t id, int clone_flag, uint32_t inum);

/* Has nsfs_learn() been successful with it? */
static inline bool nsfs_learned(const struct procns_ns *ns)
{
	return ns->known & PROCNS_FACT_OWNER;
}

/*
 * Finds out owner, parent and what else is wanted of id and creator of the open namespace, and of the owners and parents this
 * leads to, up to the top. What the kernel does not tell stays unknown. Returns 0, or -ENOMEM, -EMFILE, -ENFILE.
 */
int nsfs_learn(struct procns_snapshot *s, struct procns_ns *ns, int fd, uint32_t want);

/* Did a call fail for want of memory or descriptors? Then nothing is learned from going on. */
bool out_of_resources(int err);

#endif
