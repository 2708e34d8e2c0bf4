// SPDX-License-Identifier: LGPL-2.1-or-later
/* The ends of a pair: what enters one leaves by the other. The kernel tells the other end by IFLA_LINK. */
#include "link.h"

const struct link_driver link_veth = {
	.kinds = LINK_KINDS("veth", "vxcan"),
	.role = PROCNS_LINK_PAIR,
	.join = link_join_peer,
};
