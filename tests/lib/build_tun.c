// SPDX-License-Identifier: GPL-2.0-or-later
/* Network namespaces kept by a tun descriptor. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include "nsmake.h"

static const char device[] = "nsmake0";

/* Where nobody made the device's node at boot, loading the module does. */
static int open_tun(struct job *job)
{
	job->give = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (job->give < 0 && errno == ENOENT && !system("modprobe -q tun 2>/dev/null"))
		job->give = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (job->give >= 0)
		return 0;
	return skip(job->m, "/dev/net/tun: %s", strerror(errno));
}

static int make_device(struct job *job)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int err = open_tun(job);

	if (err)
		return err;
	strcpy(request.ifr_name, device);
	return ioctl(job->give, TUNSETIFF, &request) ? fail(job->m, "making a tun device") : 0;
}

/* RTM_NEWLINK that puts the device into another network namespace */
static int move_device(struct nsmake *m, int nsfd)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg link;
		struct rtattr attribute;
		int nsfd;
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.link = { .ifi_index = if_nametoindex(device) },
		.attribute = { .rta_len = RTA_LENGTH(sizeof(int)), .rta_type = IFLA_NET_NS_FD },
		.nsfd = nsfd,
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} answer;
	cleanup_fd netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (netlink < 0 || send(netlink, &request, sizeof(request), 0) < 0 ||
	    recv(netlink, &answer, sizeof(answer), MSG_TRUNC) < (ssize_t)sizeof(answer))
		return fail(m, "asking to move %s", device);
	errno = -answer.error.error;
	return errno ? fail(m, "moving %s to another network namespace", device) : 0;
}

static int make_and_move(struct job *job)
{
	return make_device(job) ?: move_device(job->m, job->also);
}

BUILDER(tun_open)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = open_tun };
	int fd = job_run(&job);

	return fd < 0 ? fd : json_holder_fd(m, fd);
}

BUILDER(tun)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = make_device };
	int fd = job_run(&job);

	if (fd < 0)
		return fd;
	json_ns(m, "device_ns", ns->fd);
	return json_holder_fd(m, fd);
}

/* No process has it; that which could receive it has never been in the namespace. */
BUILDER(tun_inflight)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = open_tun };
	cleanup_fd tun = job_run(&job);
	int fd;

	if (tun < 0)
		return tun;
	fd = in_flight(m, SOCK_STREAM, tun);
	if (fd < 0)
		return fd;
	json_nums(m, "chain", (uint64_t[]){ inode_of(fd) }, 1);
	return json_holder_fd(m, fd);
}

/* The device is elsewhere, in a namespace held by a descriptor; what opened it still counts. */
BUILDER(tun_moved)
{
	struct ns there = { .flag = CLONE_NEWNET, .fd = -1 };
	int err = ns_create(m, &there);
	struct job job = { .m = m, .ns = ns, .enter = true, .run = make_and_move, .also = there.fd };
	int fd;

	if (err)
		return err;
	err = undo_close(m, there.fd);
	fd = err ?: job_run(&job);
	if (fd < 0)
		return fd;
	json_ns(m, "device_ns", there.fd);
	json_num(m, "device_ns_fd", there.fd);
	return json_holder_fd(m, fd);
}
