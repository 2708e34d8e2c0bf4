/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A netlink socket that speaks with the kernel alone: it is connected, so that nobody else is heard. Who has CAP_NET_ADMIN in a net
 * namespace may send to every other netlink socket there, and ours ask in namespaces of all kinds of owners.
 */
#ifndef PROCNS_NETLINK_SOCKET_H
#define PROCNS_NETLINK_SOCKET_H

/* Returns a descriptor, close-on-exec, or a negative errno. `bus` is NETLINK_ROUTE and the like. */
int netlink_socket(int bus);

#endif
