/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to the kernel by netlink: in whichever network namespace the thread was in when the socket was made. */
#ifndef PROCNS_TOPOLOGY_NETLINK_H
#define PROCNS_TOPOLOGY_NETLINK_H

#include <libmnl/libmnl.h>
#include <stddef.h>
#include <stdint.h>

/* How often a dump is done again that the kernel says changed while it was read, or lost messages. */
#define NETLINK_TRIES 6

struct netlink {
	int fd;
	uint32_t sequence;
	char *buffer;			/* what is received; grows when a message does not fit */
	size_t size;
};

/* What to do with an answer. `begin`, where there is one, comes before each try: it forgets what the last one gave. */
struct netlink_reader {
	void (*begin)(void *arg);
	int (*message)(const struct nlmsghdr *message, void *arg);	/* 0 or a negative errno, which ends it */
	void *arg;
};

/* Room for a request: a header, its family's header and a few attributes. */
struct netlink_request {
	_Alignas(MNL_ALIGNTO) char bytes[512];
};

/* Makes a socket to `bus` (NETLINK_ROUTE, …); nl->buffer is kept from one socket to the next. Returns 0 or a negative errno. */
int netlink_open(struct netlink *nl, int bus);
void netlink_close(struct netlink *nl);

/* Closes the socket and frees the buffer. */
void netlink_free(struct netlink *nl);

/* A request of this type; `family` is the first byte of every rtnetlink header, `size` that header's size. */
struct nlmsghdr *netlink_request(struct netlink_request *request, uint16_t type, uint8_t family, size_t size);

/*
 * Dumps. Returns 0; -EAGAIN: the reader has what the last of NETLINK_TRIES tries gave, all of which changed while they
 * were read; -ENOBUFS: all of them lost messages; or another negative errno, the kernel's or the reader's.
 */
int netlink_dump(struct netlink *nl, struct nlmsghdr *request, const struct netlink_reader *reader);

/* Asks for one thing. Returns 0 or a negative errno, the kernel's or the reader's. */
int netlink_ask(struct netlink *nl, struct nlmsghdr *request, const struct netlink_reader *reader);

/* Values of attributes; 0 where the attribute is too short for one. */
uint8_t attr_u8(const struct nlattr *attr);
uint16_t attr_u16(const struct nlattr *attr);
uint32_t attr_u32(const struct nlattr *attr);
uint64_t attr_u64(const struct nlattr *attr);

#endif
