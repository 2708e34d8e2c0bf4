// SPDX-License-Identifier: GPL-2.0-only
/* Network namespaces are in a list, and in each is a table of all its unix sockets. */
#include <linux/rtnetlink.h>
#include <linux/rwsem.h>
#include <net/net_namespace.h>

#include "registry_scan.h"

/*
 * A namespace stays in the list as long as it lives, so the one held is where the walk goes on.
 * Puts `net`.
 */
static struct net *next_net(struct net *net)
{
	struct list_head *node = net ? &net->list : &net_namespace_list;
	struct net *next = NULL;

	down_read(&net_rwsem);
	for (node = node->next; node != &net_namespace_list; node = node->next) {
		next = maybe_get_net(list_entry(node, struct net, list));
		if (next)
			break;
	}
	up_read(&net_rwsem);

	if (net)
		put_net(net);
	return next;
}

void scan_nets(struct registry_scan *scan)
{
	struct net *net = NULL;

	while ((net = next_net(net))) {
		scan_offer(scan, &net->ns);
		scan_unix(scan, net);
		scan_pause(scan);
	}
}
