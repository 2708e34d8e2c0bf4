/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A walk through /proc: tasks, what they are in, what their descriptors hold. It is the `proc` source, and what the engine
 * uses to add members to lists that others made.
 */
#ifndef PROCNS_PROC_SCAN_H
#define PROCNS_PROC_SCAN_H

#include "bind_mounts.h"
#include "context.h"
#include "nsfs.h"
#include "proc_read.h"

struct proc_scan {
	struct procns *ctx;
	struct procns_snapshot *s;
	uint32_t want;			/* facts */
	uint32_t types;			/* bits 1 << type: of what is looked for */
	bool list;			/* is it the source of the list? Else only what is in the list already counts */
	bool tasks;			/* are tasks to be in the snapshot? */
	bool descriptors, holders;	/* look through descriptors? add holders? */
	bool learn;			/* ask new namespaces for owner and parent, which may be new too? */
	bool kcmp_missing;		/* whether threads have descriptors of their own can't be told */
	int proc;			/* /proc */
	dev_t nsfs;			/* the device of namespaces, 0: not known */
	struct bind_mount_views views;	/* the mount namespaces come across */
	struct file_text text;
	size_t processes, refused;	/* how many there were, how many of them may not be read */
};

/* One task as it is read. */
struct scanned_task {
	int dir;			/* /proc/PID or /proc/PID/task/TID */
	pid_t pid, tid;
	struct procns_task *task;	/* NULL where no tasks are wanted */
	bool private_descriptors;	/* a thread with a descriptor table that its leader does not share */
};

/* Walks all tasks. Returns 0 or a negative errno. */
int proc_scan_tasks(struct proc_scan *scan);

/* The descriptors of one task. Returns 0, -EACCES, or whatever out_of_resources() says yes to. */
int proc_scan_descriptors(struct proc_scan *scan, const struct scanned_task *task);

/* Has thread tid a descriptor table that it does not share with its leader? */
bool proc_scan_private_descriptors(struct proc_scan *scan, pid_t pid, pid_t tid);

/*
 * A namespace that was come across: the one in the snapshot; a new one, where this scan makes the list; else *ns is NULL.
 * Returns 0 or -ENOMEM.
 */
int proc_scan_found(struct proc_scan *scan, enum procns_type type, uint32_t inum, struct procns_ns **ns);

/* Is it worth opening, to ask for its owner and parent? */
static inline bool proc_scan_asks(const struct proc_scan *scan, const struct procns_ns *ns)
{
	return scan->learn && scan->nsfs && !nsfs_learned(ns);
}

/* Asks it. fd may be a negative errno. Returns 0, or whatever out_of_resources() says yes to. */
int proc_scan_ask(struct proc_scan *scan, struct procns_ns *ns, int fd);

void proc_scan_end(struct proc_scan *scan);

#endif
