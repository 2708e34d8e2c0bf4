/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From an entry to the nsfs file of its namespace, as following /proc/PID/ns/TYPE does it.
 */
#ifndef PROCNS_JUMP_H
#define PROCNS_JUMP_H

struct delayed_call;
struct dentry;
struct ns_common;

/*
 * Finds procfs's own way to follow such a link. Refuses, with a line in the log, where procfs is
 * not as expected.
 */
int jump_init(void);

/*
 * For get_link: moves the path walk of the current task to the namespace. The caller holds a
 * reference to it and keeps it.
 */
const char *jump_to(struct ns_common *ns, struct dentry *dentry, struct delayed_call *done);

#endif
