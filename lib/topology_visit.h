/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Going into network namespaces, by threads of our own: the caller's stay where they are. */
#ifndef PROCNS_TOPOLOGY_VISIT_H
#define PROCNS_TOPOLOGY_VISIT_H

#include "topology.h"

struct visitor;

/* What is done in a namespace: reader->route is open there. Returns 0 or a negative errno; -ENOMEM ends all visits. */
typedef int visit_function(struct netns_reader *reader);

struct visit {
	visit_function *visit;
	bool (*needed)(const struct topology_netns *netns);	/* asked right before; NULL: always */
};

/*
 * Visits the namespaces. One that cannot be entered, or where `visit` fails, has that in its `error` and `stage` afterwards, and is
 * not visited again. Returns 0, or a negative errno where visiting itself failed.
 */
int topology_visit(struct procns *ctx, struct procns_topology *topology, struct topology_netns *const *list, size_t count,
		   const struct visit *visit);

/* For visits: a descriptor of a namespace other than the visited one. Returns it or a negative errno. */
int visitor_open(struct netns_reader *reader, const struct topology_netns *netns);

/* The same, kept open with a few others: some (a host, a router) are asked for again and again. The caller does not close it. */
#define VISITOR_KEEPS 4
int visitor_keep_open(struct netns_reader *reader, struct topology_netns *netns);

/* Number i of those kept open, NULL where there are not as many. */
struct topology_netns *visitor_kept(struct netns_reader *reader, size_t i);

#endif
