/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scan: finds the namespaces that lived before the probes did, by whatever holds them.
 *
 * It looks at living structures, so it holds each one's own lock while looking, and what cannot be
 * locked without waiting for others (a queue whose reader sleeps on its user's memory) is counted
 * and looked at again in another pass.
 */
#ifndef PROCNS_REGISTRY_SCAN_H
#define PROCNS_REGISTRY_SCAN_H

#include "registry_index.h"

struct cred;
struct file;
struct landmarks;
struct net;
struct ns_common;
struct nsproxy;
struct pid;

/* One pass. */
struct registry_scan {
	struct ns_index *index;
	const struct landmarks *marks;
	unsigned int found;	/* namespaces not known before */
	unsigned int busy;	/* places that could not be looked at */
	unsigned long lost;	/* namespaces the index had no entries for */
};

/*
 * Returns how many were found, or a negative errno. What stayed busy to the end is said in the log.
 */
int registry_scan(struct ns_index *index, const struct landmarks *marks);

/* Something must hold a reference to what is offered while it is. */
static inline void scan_offer(struct registry_scan *scan, struct ns_common *ns)
{
	scan->found += ns_index_add(scan->index, ns);
}

/* Between two looks, no lock held: lets others run and fills the index's reserve. */
void scan_pause(struct registry_scan *scan);

/* What moves while a scan runs; the end returns how many namespaces were found by it. */
void scan_moves_begin(struct ns_index *index, const struct landmarks *marks);
unsigned int scan_moves_end(void);

/* The parts of a pass */
void scan_tasks(struct registry_scan *scan);
void scan_nets(struct registry_scan *scan);
void scan_bind_mounts(struct registry_scan *scan);
void scan_superblocks(struct registry_scan *scan);

/* What several parts come across; these do not sleep. */
void scan_file(struct registry_scan *scan, struct file *file);
void scan_cred(struct registry_scan *scan, const struct cred *cred);
void scan_pid(struct registry_scan *scan, struct pid *pid);
void scan_nsproxy(struct registry_scan *scan, const struct nsproxy *nsproxy);
void scan_unix(struct registry_scan *scan, struct net *net);

#endif
