/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of networks and of what is in them. */
#ifndef PROCNS_NET_ADDR_H
#define PROCNS_NET_ADDR_H

#include <netinet/in.h>

#include "procns-net.h"

/* Room for the longest text, prefix included. */
#define NET_ADDR_TEXT (INET6_ADDRSTRLEN + 4)

/* The address of 4 or 16 bytes; family 0 if there are neither as many. */
struct procns_net_addr net_addr(const void *bytes, size_t length);

/* Writes it to `text` and returns that: 192.0.2.1, and with a prefix 192.0.2.0/24. */
const char *net_addr_text(const struct procns_net_addr *addr, char text[NET_ADDR_TEXT]);
const char *net_block_text(const struct procns_net_addr *block, char text[NET_ADDR_TEXT]);

/* An address without a prefix. Returns 0 or -EINVAL. */
int net_addr_parse(const char *text, struct procns_net_addr *addr);

/* How many bits an address of this family has. */
unsigned int net_family_bits(uint8_t family);

bool net_addr_equal(const struct procns_net_addr *a, const struct procns_net_addr *b);
bool net_block_contains(const struct procns_net_addr *block, const struct procns_net_addr *addr);
bool net_addr_unspecified(const struct procns_net_addr *addr);
bool net_addr_multicast(const struct procns_net_addr *addr);

/* Equal for equal addresses, whatever their prefix. */
uint64_t net_addr_hash(const struct procns_net_addr *addr);

#endif
