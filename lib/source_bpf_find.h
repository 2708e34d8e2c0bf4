/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Namespaces of a kernel that keeps no lists of them. */
#ifndef PROCNS_SOURCE_BPF_FIND_H
#define PROCNS_SOURCE_BPF_FIND_H

#include "source_bpf_walk.h"

/*
 * Fills ARRAY_NS with every namespace that tasks, files, sockets, mounts, filesystems and namespaces recorded so far lead to,
 * and their owners and parents. Returns 0 or a negative errno with the message set.
 */
int find_namespaces(struct walk *walk);

#endif
