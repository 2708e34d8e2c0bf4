// SPDX-License-Identifier: LGPL-2.1-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "net_addr.h"

unsigned int net_family_bits(uint8_t family)
{
	return family == AF_INET ? 32 : family == AF_INET6 ? 128 : 0;
}

struct procns_net_addr net_addr(const void *bytes, size_t length)
{
	struct procns_net_addr addr = { 0 };

	if (length != sizeof(struct in_addr) && length != sizeof(struct in6_addr))
		return addr;
	addr.family = length == sizeof(struct in_addr) ? AF_INET : AF_INET6;
	addr.prefix = net_family_bits(addr.family);
	memcpy(addr.bytes, bytes, length);
	return addr;
}

const char *net_addr_text(const struct procns_net_addr *addr, char text[NET_ADDR_TEXT])
{
	if (!inet_ntop(addr->family, addr->bytes, text, NET_ADDR_TEXT))
		text[0] = '\0';
	return text;
}

const char *net_block_text(const struct procns_net_addr *block, char text[NET_ADDR_TEXT])
{
	size_t length = strlen(net_addr_text(block, text));

	snprintf(text + length, NET_ADDR_TEXT - length, "/%u", block->prefix);
	return text;
}

int net_addr_parse(const char *text, struct procns_net_addr *addr)
{
	uint8_t bytes[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, text, bytes) == 1)
		*addr = net_addr(bytes, sizeof(struct in_addr));
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		*addr = net_addr(bytes, sizeof(struct in6_addr));
	else
		return -EINVAL;
	return 0;
}

bool net_addr_equal(const struct procns_net_addr *a, const struct procns_net_addr *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool net_block_contains(const struct procns_net_addr *block, const struct procns_net_addr *addr)
{
	unsigned int whole = block->prefix / 8, rest = block->prefix % 8;

	if (block->family != addr->family || memcmp(block->bytes, addr->bytes, whole))
		return false;
	return !rest || !((block->bytes[whole] ^ addr->bytes[whole]) >> (8 - rest));
}

bool net_addr_unspecified(const struct procns_net_addr *addr)
{
	static const uint8_t none[sizeof(addr->bytes)];

	return !memcmp(addr->bytes, none, sizeof(none));
}

bool net_addr_multicast(const struct procns_net_addr *addr)
{
	return addr->family == AF_INET ? addr->bytes[0] >> 4 == 0xe : addr->bytes[0] == 0xff;
}

uint64_t net_addr_hash(const struct procns_net_addr *addr)
{
	uint64_t high, low;

	memcpy(&high, addr->bytes, sizeof(high));
	memcpy(&low, addr->bytes + sizeof(high), sizeof(low));
	return (high * 0x9e3779b97f4a7c15u ^ low) * 0xff51afd7ed558ccdu + addr->family;
}
