/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel that is made up, as netlink sockets meet it: send() and recv() pass here (-Wl,--wrap=send,--wrap=recv). */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

#define MOST_DATAGRAMS 80

/* What the kernel says next: each a datagram, or an error of recv(). */
struct datagram {
	int error;
	char bytes[4096];
	size_t length;
};

struct fake_kernel {
	bool on;				/* else the real one is asked */
	struct datagram said[MOST_DATAGRAMS];
	size_t count, next;
	size_t requests;
	void (*answer)(const struct nlmsghdr *request);	/* says what comes next */
};

extern struct fake_kernel kernel;

struct datagram *new_datagram(void);
void say_error(int error);

/* One message of a datagram of its own. */
struct nlmsghdr *say(const struct nlmsghdr *request, uint16_t type, uint16_t flags, size_t payload);
void say_done(const struct nlmsghdr *request, int error);
void say_number(const struct nlmsghdr *request, uint16_t flags, int number);

#endif
