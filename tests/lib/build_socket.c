// SPDX-License-Identifier: GPL-2.0-or-later
/* Network namespaces kept by a socket: open, in flight, not accepted yet, or closed and still somebody's peer. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "nsmake.h"

#ifndef AF_XDP
#define AF_XDP 44
#endif

static const struct family {
	const char *name;
	int family, socktype, protocol;
} families[] = {
	{ "unix", AF_UNIX, SOCK_STREAM, 0 },
	{ "tcp", AF_INET, SOCK_STREAM, 0 },
	{ "tcp6", AF_INET6, SOCK_STREAM, 0 },
	{ "udp", AF_INET, SOCK_DGRAM, 0 },
	{ "udp6", AF_INET6, SOCK_DGRAM, 0 },
	{ "raw", AF_INET, SOCK_RAW, IPPROTO_ICMP },
	{ "packet", AF_PACKET, SOCK_RAW, 0 },
	{ "netlink", AF_NETLINK, SOCK_RAW, 0 },
	{ "vsock", AF_VSOCK, SOCK_STREAM, 0 },
	{ "alg", AF_ALG, SOCK_SEQPACKET, 0 },
	{ "xdp", AF_XDP, SOCK_RAW, 0 },
};

static int open_socket(struct job *job)
{
	const struct family *f = &families[job->arg];

	job->give = socket(f->family, f->socktype | SOCK_CLOEXEC, f->protocol);
	if (job->give >= 0)
		return 0;
	if (errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT)
		return skip(job->m, "this kernel has no %s sockets", f->name);
	return fail(job->m, "making a %s socket", f->name);
}

static int socket_in(struct nsmake *m, const struct ns *ns, int (*run)(struct job *), long arg)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = run, .arg = arg };

	return job_run(&job);
}

static const char *socktype_name(int fd)
{
	static const char *const names[] = {
		[SOCK_STREAM] = "stream", [SOCK_DGRAM] = "dgram", [SOCK_RAW] = "raw", [SOCK_SEQPACKET] = "seqpacket",
	};
	int type = 0;
	socklen_t size = sizeof(type);

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
	return (size_t)type < ARRAY_SIZE(names) && names[type] ? names[type] : "other";
}

static void say_socket(struct nsmake *m, const char *family, int fd)
{
	json_num(m, "socket", inode_of(fd));
	json_str(m, "family", "%s", family);
	json_str(m, "socktype", "%s", socktype_name(fd));
}

static int hold_socket(struct nsmake *m, const struct ns *ns, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		int fd;

		if (strcmp(families[i].name, name))
			continue;
		fd = socket_in(m, ns, open_socket, i);
		if (fd < 0)
			return fd;
		say_socket(m, name, fd);
		return json_holder_fd(m, fd);
	}
	errno = EAFNOSUPPORT;
	return fail(m, "%s", name);
}

#define SOCKET_BUILDER(family) BUILDER(socket_##family) { return hold_socket(m, ns, #family); }
SOCKET_BUILDER(unix)
SOCKET_BUILDER(tcp)
SOCKET_BUILDER(tcp6)
SOCKET_BUILDER(udp)
SOCKET_BUILDER(udp6)
SOCKET_BUILDER(raw)
SOCKET_BUILDER(packet)
SOCKET_BUILDER(netlink)
SOCKET_BUILDER(vsock)
SOCKET_BUILDER(alg)
SOCKET_BUILDER(xdp)

static int loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	cleanup_fd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -1 : ioctl(fd, SIOCSIFFLAGS, &request);
}

static int listen_unaccepted(struct job *job)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	cleanup_fd client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t length = sizeof(address);

	job->give = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client < 0 || job->give < 0 || loopback_up() ||
	    bind(job->give, (struct sockaddr *)&address, length) || listen(job->give, 1) ||
	    getsockname(job->give, (struct sockaddr *)&address, &length) ||
	    connect(client, (struct sockaddr *)&address, length))
		return fail(job->m, "connecting to a TCP socket that does not accept");
	return 0;
}

/* The listening socket holds the namespace, and so does the connection in its queue. */
BUILDER(socket_unaccepted)
{
	int fd = socket_in(m, ns, listen_unaccepted, 0);

	if (fd < 0)
		return fd;
	say_socket(m, "tcp", fd);
	return json_holder_fd(m, fd);
}

BUILDER(socket_inflight)
{
	static const long udp = 3;
	cleanup_fd fd = socket_in(m, ns, open_socket, udp);

	if (fd < 0)
		return fd;
	say_socket(m, families[udp].name, fd);
	return nest(m, fd, 1);
}

/* A unix socket of ours with a path, which sockets of every network namespace can reach. */
static int bound_socket(struct nsmake *m, int socktype, struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, socktype | SOCK_CLOEXEC, 0);

	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof(address->sun_path), "%s/nsmake-%u", m->dir, m->files++);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)address, sizeof(*address)))
		return fd;
	close_fd(&fd);
	return fail(m, "binding a unix socket to %s", address->sun_path);
}

static int send_to_path(struct job *job)
{
	struct sockaddr_un *address = (struct sockaddr_un *)job->arg;
	cleanup_fd fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || sendto(fd, "x", 1, 0, (struct sockaddr *)address, sizeof(*address)) != 1)
		return fail(job->m, "sending to %s", address->sun_path);
	return 0;
}

/* The socket that sent the message is closed; the message, unread, keeps it. */
BUILDER(closed_sender)
{
	struct sockaddr_un address;
	int fd = bound_socket(m, SOCK_DGRAM, &address);
	int err;

	if (fd < 0)
		return fd;
	err = socket_in(m, ns, send_to_path, (long)&address);
	if (err < 0) {
		close(fd);
		return err;
	}
	json_nums(m, "chain", (uint64_t[]){ inode_of(fd) }, 1);
	return json_holder_fd(m, fd);
}

static int bind_at_path(struct job *job)
{
	job->give = bound_socket(job->m, SOCK_DGRAM, (struct sockaddr_un *)job->arg);
	return job->give < 0 ? job->give : 0;
}

/* The socket ours is connected to is closed; ours keeps it as its peer. */
BUILDER(closed_peer)
{
	struct sockaddr_un address = { 0 };
	cleanup_fd peer = -1;
	int fd;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/nsmake-%u", m->dir, m->files);
	peer = socket_in(m, ns, bind_at_path, (long)&address);
	if (peer < 0)
		return peer;
	address.sun_family = AF_UNIX;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		close_fd(&fd);
		return fail(m, "connecting to %s", address.sun_path);
	}
	json_num(m, "socket", inode_of(fd));
	json_str(m, "family", "unix");
	return json_holder_fd(m, fd);
}

static int connect_to_path(struct job *job)
{
	struct sockaddr_un *address = (struct sockaddr_un *)job->arg;
	cleanup_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)address, sizeof(*address)))
		return fail(job->m, "connecting to %s", address->sun_path);
	return 0;
}

/* An accepted unix connection is of the network namespace of the client, whatever that of the listener is. */
BUILDER(socket_accepted)
{
	struct sockaddr_un address;
	cleanup_fd listener = bound_socket(m, SOCK_STREAM, &address);
	int err, fd;

	if (listener < 0)
		return listener;
	if (listen(listener, 1))
		return fail(m, "listening at %s", address.sun_path);
	err = socket_in(m, ns, connect_to_path, (long)&address);
	if (err < 0)
		return err;
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return fail(m, "accepting at %s", address.sun_path);
	say_socket(m, "unix", fd);
	return json_holder_fd(m, fd);
}
