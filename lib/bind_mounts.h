/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bind mounts of namespaces, from /proc/PID/mountinfo: they keep namespaces alive, and are their names. Every mount namespace
 * is read once, by one of the tasks in it.
 */
#ifndef PROCNS_BIND_MOUNTS_H
#define PROCNS_BIND_MOUNTS_H

#include "index.h"
#include "proc_read.h"
#include "snapshot.h"
#include "vector.h"

struct bind_mount_views {
	struct index by_inum;		/* of the mount namespace */
	struct vector views;		/* struct bind_mount_view, in the order they were met */
};

struct bind_mount_request {
	struct procns_snapshot *s;
	int proc;			/* /proc */
	dev_t nsfs;			/* the device of namespaces, 0: not known */
	bool list;			/* add the namespaces that are not in the snapshot yet */
	bool learn;			/* ask those for owner and parent */
	uint32_t want;			/* facts */
	bool names, holders;		/* what to add to namespaces */
};

/* Task tid of process pid is in this mount namespace. Returns 0 or -ENOMEM. */
int bind_mount_views_add(struct bind_mount_views *views, uint32_t inum, pid_t pid, pid_t tid);

/* Reads the caller's own mount namespace and all views. Returns 0, or whatever out_of_resources() says yes to. */
int bind_mounts_add(const struct bind_mount_request *request, struct bind_mount_views *views);

/* How many mount namespaces of the snapshot were not read. */
size_t bind_mounts_unread(const struct bind_mount_request *request, const struct bind_mount_views *views);

void bind_mount_views_free(struct bind_mount_views *views);

#endif
