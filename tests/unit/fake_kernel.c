// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_kernel.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include <cmocka.h>

struct fake_kernel kernel;

ssize_t __real_send(int fd, const void *data, size_t size, int flags);
ssize_t __real_recv(int fd, void *data, size_t size, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *data, size_t size, int flags);

ssize_t __wrap_send(int fd, const void *data, size_t size, int flags)
{
	if (!kernel.on)
		return __real_send(fd, data, size, flags);
	kernel.requests++;
	kernel.answer(data);
	return (ssize_t)size;
}

ssize_t __wrap_recv(int fd, void *data, size_t size, int flags)
{
	const struct datagram *said;

	if (!kernel.on)
		return __real_recv(fd, data, size, flags);
	assert_true(kernel.next < kernel.count);
	said = &kernel.said[kernel.next++];
	if (said->error) {
		errno = said->error;
		return -1;
	}
	memcpy(data, said->bytes, said->length < size ? said->length : size);
	return (ssize_t)(flags & MSG_TRUNC ? said->length : said->length < size ? said->length : size);
}

struct datagram *new_datagram(void)
{
	assert_true(kernel.count < MOST_DATAGRAMS);
	memset(&kernel.said[kernel.count], 0, sizeof(kernel.said[0]));
	return &kernel.said[kernel.count++];
}

void say_error(int error)
{
	new_datagram()->error = error;
}

struct nlmsghdr *say(const struct nlmsghdr *request, uint16_t type, uint16_t flags, size_t payload)
{
	struct datagram *said = new_datagram();
	struct nlmsghdr *message = mnl_nlmsg_put_header(said->bytes);

	message->nlmsg_type = type;
	message->nlmsg_flags = flags;
	message->nlmsg_seq = request->nlmsg_seq;
	mnl_nlmsg_put_extra_header(message, payload);
	said->length = message->nlmsg_len;
	return message;
}

void say_done(const struct nlmsghdr *request, int error)
{
	*(int *)mnl_nlmsg_get_payload(say(request, NLMSG_DONE, NLM_F_MULTI, sizeof(int))) = error;
}

void say_number(const struct nlmsghdr *request, uint16_t flags, int number)
{
	struct nlmsghdr *message = say(request, RTM_NEWLINK, NLM_F_MULTI | flags, sizeof(struct ifinfomsg));

	((struct ifinfomsg *)mnl_nlmsg_get_payload(message))->ifi_index = number;
}
