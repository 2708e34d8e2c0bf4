/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /proc did not show, in words. */
#ifndef PROCNS_PROC_GAPS_H
#define PROCNS_PROC_GAPS_H

#include "proc_scan.h"

#define PROC_CANNOT_SHOW \
	"namespaces kept only by a descriptor in flight, a socket, a superblock or the like can't be seen through /proc; " \
	"CAP_BPF and CAP_PERFMON, or procns.ko, would show them"

/* Says what this scan could not see of what was wanted. Returns 0, or whatever out_of_resources() says yes to. */
int proc_gaps_add(const struct proc_scan *scan, size_t unread_mount_namespaces);

/* So many mount namespaces could not be read. Returns 0 or -ENOMEM. */
int proc_gap_of_mounts(struct procns_snapshot *s, size_t unread);

#endif
