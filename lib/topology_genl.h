/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Generic netlink: families that are found by name. */
#ifndef PROCNS_TOPOLOGY_GENL_H
#define PROCNS_TOPOLOGY_GENL_H

#include "topology_netlink.h"

/* Opens a socket to generic netlink and finds the family of this name. Returns its number or a negative errno; then it is closed. */
int genl_open(struct netlink *nl, const char *family);

struct nlmsghdr *genl_request(struct netlink_request *request, int family, uint8_t command, uint8_t version);

#endif
