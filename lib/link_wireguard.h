/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a path needs to know of a wireguard link: which peer a packet goes to. */
#ifndef PROCNS_LINK_WIREGUARD_H
#define PROCNS_LINK_WIREGUARD_H

#include "topology.h"

#define WIREGUARD_KEY_SIZE 32

struct wireguard_peer {
	uint8_t key[WIREGUARD_KEY_SIZE];
	struct procns_net_addr endpoint;	/* family 0: not known */
	uint16_t port;
	struct chain allowed;			/* struct procns_net_addr */
};

struct wireguard {
	uint8_t key[WIREGUARD_KEY_SIZE];	/* public */
	uint16_t port;
	struct chain peers;			/* struct wireguard_peer */
};

extern const struct link_driver link_wireguard;

/* NULL for links of other kinds, and where the kernel did not tell. */
const struct wireguard *link_wireguard_data(const struct topology_link *link);

/* The peer whose allowed addresses have the longest match, NULL if none has. */
const struct wireguard_peer *wireguard_route(const struct wireguard *device, const struct procns_net_addr *destination);

#endif
