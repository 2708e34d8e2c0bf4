// SPDX-License-Identifier: GPL-2.0-or-later
/* Every kind of holder there is. */
#define _GNU_SOURCE
#include <sched.h>
#include <string.h>
#include "nsmake.h"

#define CGROUP CLONE_NEWCGROUP
#define IPC CLONE_NEWIPC
#define MNT CLONE_NEWNS
#define NET CLONE_NEWNET
#define PID CLONE_NEWPID
#define TIME CLONE_NEWTIME
#define USER CLONE_NEWUSER
#define UTS CLONE_NEWUTS
#define SIMPLE (CGROUP | IPC | NET | UTS)	/* those a thread may enter alone */
#define ALL (SIMPLE | MNT | PID | TIME | USER)

const struct kind kinds[] = {
	{ "process", ALL, 0, build_process, "a process in it" },
	{ "thread", SIMPLE | MNT, 0, build_thread, "one thread that differs from its leader" },
	{ "thread-dead-leader", SIMPLE | MNT | TIME, 0, build_thread_dead_leader, "a thread whose leader has ended" },
	{ "zombie", PID | USER, 0, build_zombie, "a dead process nobody waited for" },
	{ "for_children", PID | TIME, KIND_CREATES, build_for_children, "what the children of a process will be in" },
	{ "for_children-thread", PID | TIME, KIND_CREATES, build_for_children_thread, "the same of one thread" },
	{ "for_children-empty", PID, KIND_CREATES, build_for_children_empty, "unshared, without a first process: not listed" },
	{ "fd", ALL, 0, build_fd, "an open descriptor" },
	{ "fd-opath", ALL, 0, build_fd_opath, "a descriptor opened with O_PATH" },
	{ "fd-thread", ALL, 0, build_fd_thread, "a descriptor in a thread's private table" },
	{ "bind", ALL, KIND_MOUNTS, build_bind, "a bind mount, in a mount namespace of its own" },
	{ "bind-here", ALL & ~MNT, 0, build_bind_here, "a bind mount in the caller's mount namespace" },
	{ "bind-several", ALL & ~MNT, KIND_MOUNTS, build_bind_several, "three bind mounts in two mount namespaces" },
	{ "bind-other-mntns", ALL & ~MNT, 0, build_bind_other_mntns, "a bind mount in another process's mount namespace" },
	{ "bind-fd-mntns", ALL & ~MNT, 0, build_bind_fd_mntns, "a bind mount in a mount namespace kept by a descriptor" },
	{ "detached", ALL, 0, build_detached, "a detached mount of it (open_tree)" },
	{ "detached-tree", ALL, KIND_MOUNTS, build_detached_tree, "a mount inside a detached tree of mounts" },
	{ "superblock", PID | USER, KIND_MOUNTS, build_superblock, "a proc of the pid, a tmpfs of the user namespace" },
	{ "inflight-stream", ALL, 0, build_inflight_stream, "in flight in a stream socket" },
	{ "inflight-dgram", ALL, 0, build_inflight_dgram, "in flight in a datagram socket" },
	{ "inflight-seqpacket", ALL, 0, build_inflight_seqpacket, "in flight in a seqpacket socket" },
	{ "inflight-oob", ALL, 0, build_inflight_oob, "in flight out of band" },
	{ "inflight-nested", ALL, 0, build_inflight_nested, "in flight in a socket that is in flight" },
	{ "inflight-deep2", ALL, 0, build_inflight_deep2, "in flight in a socket two deep in flight" },
	{ "inflight-unaccepted", ALL, 0, build_inflight_unaccepted, "in flight on a connection not accepted yet" },
	{ "inflight-unaccepted-nested", ALL, 0, build_inflight_unaccepted_nested, "the same, the listener in flight" },
	{ "inflight-cycle", ALL, 0, build_inflight_cycle, "in flight in two sockets in flight in each other" },
	{ "inflight-order", ALL, 0, build_inflight_order, "in flight three deep, other messages and descriptors before it" },
	{ "socket-unix", NET, 0, build_socket_unix, "a unix socket" },
	{ "socket-tcp", NET, 0, build_socket_tcp, "a TCP socket" },
	{ "socket-tcp6", NET, 0, build_socket_tcp6, "a TCP socket, IPv6" },
	{ "socket-udp", NET, 0, build_socket_udp, "a UDP socket" },
	{ "socket-udp6", NET, 0, build_socket_udp6, "a UDP socket, IPv6" },
	{ "socket-raw", NET, 0, build_socket_raw, "a raw socket" },
	{ "socket-packet", NET, 0, build_socket_packet, "a packet socket" },
	{ "socket-netlink", NET, 0, build_socket_netlink, "a netlink socket" },
	{ "socket-vsock", NET, 0, build_socket_vsock, "a vsock socket" },
	{ "socket-alg", NET, 0, build_socket_alg, "an AF_ALG socket" },
	{ "socket-xdp", NET, 0, build_socket_xdp, "an AF_XDP socket" },
	{ "socket-unaccepted", NET, 0, build_socket_unaccepted, "a TCP listener with a connection not accepted yet" },
	{ "socket-accepted", NET, KIND_MOUNTS, build_socket_accepted, "an accepted unix connection, of its client's namespace" },
	{ "socket-inflight", NET, 0, build_socket_inflight, "a UDP socket, itself in flight in a socket in flight" },
	{ "closed-peer", NET, KIND_MOUNTS, build_closed_peer, "a closed unix socket that one of ours is connected to" },
	{ "closed-sender", NET, KIND_MOUNTS, build_closed_sender, "a closed unix socket whose message was not read" },
	{ "tun", NET, 0, build_tun, "a tun descriptor with its device" },
	{ "tun-open", NET, 0, build_tun_open, "a tun descriptor without a device" },
	{ "tun-moved", NET, 0, build_tun_moved, "a tun descriptor whose device is elsewhere" },
	{ "tun-inflight", NET, 0, build_tun_inflight, "a tun descriptor in flight in a stream socket" },
	{ "proc-mounts", MNT, 0, build_proc_mounts, "an open /proc/PID/mounts of a process that is gone" },
	{ "proc-mountinfo", MNT, 0, build_proc_mountinfo, "an open /proc/PID/mountinfo of a process that is gone" },
	{ "proc-net", NET, 0, build_proc_net, "an open /proc/PID/net/dev of a process that is gone" },
	{ "proc-net-single", NET, 0, build_proc_net_single, "an open /proc/PID/net/sockstat of a process that is gone" },
	{ "shm", IPC, 0, build_shm, "a mapped SysV segment" },
	{ "cgroup-file", CGROUP, KIND_MOUNTS, build_cgroup_file, "an open cgroup.procs" },
	{ "pidfd", PID, 0, build_pidfd, "a pidfd of a dead process" },
	{ "io_uring", ALL, 0, build_io_uring, "a file registered with an io_uring, its descriptor closed" },
	{ "file-cred", USER, 0, build_file_cred, "the credentials of an open file" },
	{ "fscontext", NET, 0, build_fscontext, "an fsopen() descriptor" },
	{ "inotify", ALL, 0, build_inotify, "an inotify watch of its file" },
	{ "owner", USER, 0, build_owner, "another namespace that it owns" },
	{ "parent", PID | USER, 0, build_parent, "a child namespace" },
	{ "scenario-mn", NET, 0, build_scenario_mn, "bound in a mount namespace in flight, below an overmounted root" },
};

const size_t kinds_count = ARRAY_SIZE(kinds);

_Static_assert(ARRAY_SIZE(kinds) <= KINDS_MAX, "KINDS_MAX is too small");

const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}
