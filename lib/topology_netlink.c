// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/netlink.h>

#include "netlink_socket.h"
#include "topology_netlink.h"
#include "util.h"

#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12
#endif

/* What the kernel puts into one message of a dump at most, unless a single entry is larger. */
#define FIRST_BUFFER_SIZE (32u * 1024)

/* A kernel that does not answer at all is given up on; so is one that says no more than that it lost messages. */
#define ANSWER_SECONDS 10
#define MOST_LOSSES 64

int netlink_open(struct netlink *nl, int bus)
{
	const int on = 1;

	if (!nl->buffer) {
		nl->buffer = malloc(FIRST_BUFFER_SIZE);
		if (!nl->buffer)
			return -ENOMEM;
		nl->size = FIRST_BUFFER_SIZE;
	}
	nl->fd = netlink_socket(bus);
	if (nl->fd < 0)
		return nl->fd;
	/* Where it is refused (before 4.20), dumps are not filtered: what is not wanted is dropped here. */
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return 0;
}

void netlink_close(struct netlink *nl)
{
	if (nl->fd >= 0)
		close(nl->fd);
	nl->fd = -1;
}

void netlink_free(struct netlink *nl)
{
	netlink_close(nl);
	free(nl->buffer);
	nl->buffer = NULL;
}

struct nlmsghdr *netlink_request(struct netlink_request *request, uint16_t type, uint8_t family, size_t size)
{
	struct nlmsghdr *header;

	memset(request, 0, sizeof(*request));
	header = mnl_nlmsg_put_header(request->bytes);
	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_REQUEST;
	*(uint8_t *)mnl_nlmsg_put_extra_header(header, size) = family;
	return header;
}

static int send_request(struct netlink *nl, struct nlmsghdr *request)
{
	request->nlmsg_seq = ++nl->sequence;
	while (send(nl->fd, request, request->nlmsg_len, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int grow_buffer(struct netlink *nl, size_t size)
{
	char *buffer = malloc(size);

	if (!buffer)
		return -ENOMEM;
	free(nl->buffer);
	nl->buffer = buffer;
	nl->size = size;
	return 0;
}

/* The kernel answers within send() and recv(), so there is something to read at once, unless it was lost. */
static ssize_t receive_in_time(struct netlink *nl)
{
	struct pollfd wait = { .fd = nl->fd, .events = POLLIN };
	ssize_t length = recv(nl->fd, nl->buffer, nl->size, MSG_TRUNC | MSG_DONTWAIT);

	if (length >= 0 || errno != EAGAIN)
		return length;
	if (poll(&wait, 1, ANSWER_SECONDS * 1000) == 0)
		errno = ETIMEDOUT;
	else
		errno = EINTR;
	return -1;
}

/* One datagram. Returns its length; -ENOBUFS: something was lost, by the kernel or for want of room, of which there is more now. */
static ssize_t receive(struct netlink *nl)
{
	ssize_t length;

	do
		length = receive_in_time(nl);
	while (length < 0 && errno == EINTR);

	if (length < 0)
		return -errno;
	if ((size_t)length > nl->size)
		return grow_buffer(nl, length * 2) < 0 ? -ENOMEM : -ENOBUFS;
	return length;
}

/* How an answer is going. */
struct answer {
	const struct netlink_reader *reader;
	uint32_t sequence;
	bool dump;
	bool ended;
	bool changed;			/* NLM_F_DUMP_INTR */
	int losses;			/* ENOBUFS */
	int error;			/* the first: what follows is only drained */
};

static int error_of(const struct nlmsghdr *message)
{
	const int *error = mnl_nlmsg_get_payload(message);

	return mnl_nlmsg_get_payload_len(message) >= sizeof(*error) && *error < 0 ? *error : 0;
}

static void take_message(struct answer *answer, const struct nlmsghdr *message)
{
	if (message->nlmsg_seq != answer->sequence)
		return;
	if (message->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->changed = true;

	if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) {
		if (!answer->error)
			answer->error = error_of(message);
		answer->ended = true;
		return;
	}
	if (message->nlmsg_type < NLMSG_MIN_TYPE)
		return;
	if (!answer->error)
		answer->error = answer->reader->message(message, answer->reader->arg);
	if (!answer->dump && !(message->nlmsg_flags & NLM_F_MULTI))
		answer->ended = true;
}

/* mnl_nlmsg_ok() takes a length beyond INT_MAX for a negative one. */
static bool is_whole(const struct nlmsghdr *message, int left)
{
	return mnl_nlmsg_ok(message, left) && message->nlmsg_len <= (uint32_t)left;
}

static int take_answer(struct netlink *nl, struct answer *answer)
{
	while (!answer->ended) {
		ssize_t received = receive(nl);
		int left = (int)received;

		if (received == -ENOBUFS) {
			/* An answer to a plain question does not come a second time. */
			if (++answer->losses > MOST_LOSSES || !answer->dump)
				return answer->dump ? -ENOBUFS : 0;
			continue;
		}
		if (received < 0)
			return (int)received;
		for (const struct nlmsghdr *message = (const void *)nl->buffer; is_whole(message, left);
		     message = mnl_nlmsg_next(message, &left))
			take_message(answer, message);
	}
	return answer->error;
}

/* Up to NETLINK_TRIES times, until nothing was lost and nothing changed. */
static int question(struct netlink *nl, struct nlmsghdr *request, const struct netlink_reader *reader, bool dump)
{
	struct answer answer = { 0 };

	for (int tries = 0; tries < NETLINK_TRIES; tries++) {
		int err;

		if (reader->begin)
			reader->begin(reader->arg);
		err = send_request(nl, request);
		if (err < 0)
			return err;
		answer = (struct answer){ .reader = reader, .sequence = nl->sequence, .dump = dump };
		err = take_answer(nl, &answer);
		if (err < 0)
			return err;
		if (!answer.changed && !answer.losses)
			return 0;
	}
	return answer.losses ? -ENOBUFS : -EAGAIN;
}

int netlink_dump(struct netlink *nl, struct nlmsghdr *request, const struct netlink_reader *reader)
{
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	return question(nl, request, reader, true);
}

int netlink_ask(struct netlink *nl, struct nlmsghdr *request, const struct netlink_reader *reader)
{
	request->nlmsg_flags = NLM_F_REQUEST;
	return question(nl, request, reader, false);
}

static uint64_t attr_number(const struct nlattr *attr, size_t size)
{
	uint64_t value = 0;

	if (mnl_attr_get_payload_len(attr) < size)
		return 0;
	switch (size) {
	case 1: return mnl_attr_get_u8(attr);
	case 2: return mnl_attr_get_u16(attr);
	case 4: return mnl_attr_get_u32(attr);
	}
	memcpy(&value, mnl_attr_get_payload(attr), sizeof(value));
	return value;
}

uint8_t attr_u8(const struct nlattr *attr)
{
	return attr_number(attr, sizeof(uint8_t));
}

uint16_t attr_u16(const struct nlattr *attr)
{
	return attr_number(attr, sizeof(uint16_t));
}

uint32_t attr_u32(const struct nlattr *attr)
{
	return attr_number(attr, sizeof(uint32_t));
}

uint64_t attr_u64(const struct nlattr *attr)
{
	return attr_number(attr, sizeof(uint64_t));
}
