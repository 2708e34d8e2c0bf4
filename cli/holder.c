// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

#include "cleanup.h"
#include "holder.h"
#include "text.h"

static const struct {
	const char *label, *key;
} kinds[PROCNS_HOLDER_NKINDS] = {
	[PROCNS_HOLDER_MEMBER] = { "member", "member" },
	[PROCNS_HOLDER_FOR_CHILDREN] = { "for children", "for_children" },
	[PROCNS_HOLDER_FD] = { "descriptor", "fd" },
	[PROCNS_HOLDER_MOUNT] = { "bind mount", "mount" },
	[PROCNS_HOLDER_IN_FLIGHT] = { "in flight", "in_flight" },
	[PROCNS_HOLDER_SOCKET] = { "socket", "socket" },
	[PROCNS_HOLDER_TUN] = { "tun", "tun" },
	[PROCNS_HOLDER_PROC_FILE] = { "proc file", "proc_file" },
	[PROCNS_HOLDER_SHM] = { "shm segment", "shm" },
	[PROCNS_HOLDER_CGROUP_FILE] = { "cgroup file", "cgroup_file" },
	[PROCNS_HOLDER_PIDFD] = { "pidfd", "pidfd" },
	[PROCNS_HOLDER_IO_URING] = { "io_uring", "io_uring" },
	[PROCNS_HOLDER_WATCH] = { "watch", "watch" },
	[PROCNS_HOLDER_FSCONTEXT] = { "fs context", "fs_context" },
	[PROCNS_HOLDER_SUPERBLOCK] = { "superblock", "superblock" },
	[PROCNS_HOLDER_FILE_CRED] = { "credentials", "file_cred" },
	[PROCNS_HOLDER_CHILD] = { "child", "child" },
	[PROCNS_HOLDER_OWNED] = { "owns", "owned" },
	[PROCNS_HOLDER_KERNEL] = { "kernel", "kernel" },
};

const char *holder_label(enum procns_holder_kind kind)
{
	return kind < PROCNS_HOLDER_NKINDS ? kinds[kind].label : "other";
}

const char *holder_key(enum procns_holder_kind kind)
{
	return kind < PROCNS_HOLDER_NKINDS ? kinds[kind].key : "other";
}

const char *holder_flag_key(enum procns_holder_flag flag)
{
	switch (flag) {
	case PROCNS_HOLDER_OPATH:
		return "o_path";
	case PROCNS_HOLDER_PRIVATE_TABLE:
		return "private_table";
	case PROCNS_HOLDER_DETACHED:
		return "detached";
	case PROCNS_HOLDER_UNACCEPTED:
		return "unaccepted";
	case PROCNS_HOLDER_CLOSED:
		return "closed";
	case PROCNS_HOLDER_KERNEL_SOCKET:
		return "kernel";
	case PROCNS_HOLDER_LISTENER:
		return "listening";
	}
	return NULL;
}

char *ns_text(const struct procns_ns *ns)
{
	return text_format("%s:[%u]", procns_type_name(ns->type), ns->inum);
}

static const char *inet_name(const struct procns_socket *socket)
{
	switch (socket->protocol) {
	case IPPROTO_TCP:
		return socket->family == AF_INET6 ? "tcp6" : "tcp";
	case IPPROTO_UDP:
		return socket->family == AF_INET6 ? "udp6" : "udp";
	case IPPROTO_SCTP:
		return "sctp";
	case 262: /* IPPROTO_MPTCP */
		return "mptcp";
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return socket->type == SOCK_DGRAM ? "ping" : "raw icmp";
	}
	return socket->type == SOCK_RAW ? "raw" : "inet";
}

static const char *unix_name(const struct procns_socket *socket)
{
	switch (socket->type) {
	case SOCK_STREAM:
		return "stream";
	case SOCK_DGRAM:
		return "dgram";
	case SOCK_SEQPACKET:
		return "seqpacket";
	}
	return "unix";
}

const char *socket_text(const struct procns_socket *socket)
{
	switch (socket->family) {
	case AF_UNIX:
		return unix_name(socket);
	case AF_INET:
	case AF_INET6:
		return inet_name(socket);
	case AF_NETLINK:
		return "netlink";
	case AF_PACKET:
		return "packet";
	case AF_VSOCK:
		return "vsock";
	case AF_ALG:
		return "alg";
	case AF_KEY:
		return "pfkey";
	case AF_XDP:
		return "xdp";
	case AF_CAN:
		return "can";
	case AF_TIPC:
		return "tipc";
	case AF_BLUETOOTH:
		return "bluetooth";
	}
	return "other";
}

static void add_task(struct text *text, const struct procns_holder *holder)
{
	const struct procns_task *task = holder->task;

	if (task->tid != task->pid)
		text_add(text, "thread %d of ", task->tid);
	if (task->pid)
		text_add(text, "%d (%s)", task->pid, task->comm);
	else
		text_add(text, "a task outside this pid namespace (%s)", task->comm);
}

static void add_descriptor(struct text *text, const struct procns_holder *holder)
{
	text_add(text, "fd %d of ", holder->fd);
	add_task(text, holder);
	if (holder->flags & PROCNS_HOLDER_PRIVATE_TABLE)
		text_add(text, ", in the thread's own table");
	if (holder->flags & PROCNS_HOLDER_OPATH)
		text_add(text, ", O_PATH");
}

static void add_socket(struct text *text, const struct procns_holder *holder)
{
	const struct procns_socket *socket = holder->socket;

	text_add(text, "%s socket", socket_text(socket));
	if (socket->ino)
		text_add(text, " %llu", (unsigned long long)socket->ino);
	if (holder->flags & PROCNS_HOLDER_LISTENER)
		text_add(text, " listening");
	if (socket->local)
		text_add(text, " %s%s", socket->family == AF_INET || socket->family == AF_INET6 ? "" : "at ", socket->local);
	if (socket->peer)
		text_add(text, " to %s", socket->peer);
	if (holder->flags & PROCNS_HOLDER_UNACCEPTED)
		text_add(text, ", a connection not accepted yet");
	if (holder->flags & PROCNS_HOLDER_CLOSED)
		text_add(text, ", closed: its peer or a message it sent keeps it");
	if (holder->flags & PROCNS_HOLDER_KERNEL_SOCKET)
		text_add(text, ", the kernel's own");
}

static void add_mntns(struct text *text, const struct procns_ns *mntns)
{
	text_add(text, " in mnt:[%u]", mntns->inum);
	if (mntns->first)
		text_add(text, " (%s, %d)", mntns->first->comm, mntns->first->pid);
}

static void add_mount(struct text *text, const struct procns_holder *holder)
{
	if (holder->flags & PROCNS_HOLDER_DETACHED) {
		text_add(text, "detached");
		return;
	}
	text_add(text, "%s", holder->path ? holder->path : "at a path that could not be read");
	if (holder->mntns)
		add_mntns(text, holder->mntns);
}

static void add_superblock(struct text *text, const struct procns_holder *holder)
{
	text_add(text, "%s %u:%u", holder->fstype ? holder->fstype : "filesystem", major(holder->dev), minor(holder->dev));
	if (!holder->path)
		return;
	text_add(text, " on %s", holder->path);
	if (holder->mntns)
		add_mntns(text, holder->mntns);
}

char *holder_text(const struct procns_holder *holder)
{
	struct text text = { 0 };

	switch (holder->kind) {
	case PROCNS_HOLDER_MOUNT:
		add_mount(&text, holder);
		break;
	case PROCNS_HOLDER_SUPERBLOCK:
		add_superblock(&text, holder);
		break;
	case PROCNS_HOLDER_IN_FLIGHT:
		text_add(&text, "in ");
		/* fall through */
	case PROCNS_HOLDER_SOCKET:
		if (holder->socket)
			add_socket(&text, holder);
		else
			text_add(&text, "a socket that could not be read");
		break;
	case PROCNS_HOLDER_CHILD:
	case PROCNS_HOLDER_OWNED:
		if (holder->ns)
			text_add(&text, "%s:[%u]", procns_type_name(holder->ns->type), holder->ns->inum);
		break;
	case PROCNS_HOLDER_IO_URING:
		text_add(&text, "fixed file of a ring");
		break;
	case PROCNS_HOLDER_KERNEL:
		text_add(&text, "the system was started with it");
		break;
	case PROCNS_HOLDER_SHM:
		text_add(&text, "mapped by ");
		add_task(&text, holder);
		break;
	case PROCNS_HOLDER_FOR_CHILDREN:
		text_add(&text, "the next child of ");
		add_task(&text, holder);
		text_add(&text, " will be in it");
		break;
	default:
		if (holder->task && holder->fd >= 0)
			add_descriptor(&text, holder);
		else if (holder->task)
			add_task(&text, holder);
		if (holder->kind == PROCNS_HOLDER_PIDFD)
			text_add(&text, ", of a task that ended");
		if (holder->kind == PROCNS_HOLDER_PROC_FILE && holder->path)
			text_add(&text, ", %s", holder->path);
	}
	return text_take(&text);
}

/* A path as a shell takes it. */
static void add_quoted(struct text *text, const char *path)
{
	if (!path[strcspn(path, " \t\n'\"\\$&;|<>()*?[]#~`!{}")]) {
		text_add(text, "%s", path);
		return;
	}
	text_add(text, "'");
	for (; *path; path++)
		text_add(text, *path == '\'' ? "'\\''" : "%c", *path);
	text_add(text, "'");
}

static char *advise_umount(const struct procns_holder *holder, const struct procns_ns *own_mntns)
{
	const struct procns_task *inside = holder->mntns ? holder->mntns->first : NULL;
	struct text text = { 0 };

	if (!holder->path || !holder->mntns)
		return NULL;
	if (holder->mntns == own_mntns)
		;
	else if (inside && inside->pid)
		text_add(&text, "nsenter -m -t %d ", inside->pid);
	else
		text_add(&text, "procns enter mnt:[%u] -- ", holder->mntns->inum);
	text_add(&text, "umount ");
	add_quoted(&text, holder->path);
	return text_take(&text);
}

/* The process at the end of a chain of causes, if there is exactly one. */
static const struct procns_task *acting(const struct procns_holder *holder, int depth)
{
	if (holder->task)
		return holder->task;
	return holder->ncauses == 1 && depth < 16 ? acting(holder->causes[0], depth + 1) : NULL;
}

char *holder_advice(const struct procns_ns *ns, const struct procns_holder *holder, const struct procns_ns *own_mntns)
{
	const struct procns_task *task = acting(holder, 0);

	if (ns->initial)
		return NULL;
	switch (holder->kind) {
	case PROCNS_HOLDER_MOUNT:
		if (!(holder->flags & PROCNS_HOLDER_DETACHED))
			return advise_umount(holder, own_mntns);
		break;
	case PROCNS_HOLDER_SUPERBLOCK:
		return advise_umount(holder, own_mntns);
	case PROCNS_HOLDER_IN_FLIGHT:
		if (task && task->pid)
			return text_format("gone when %d (%s) receives it, or ends", task->pid, task->comm);
		return NULL;
	case PROCNS_HOLDER_CHILD:
	case PROCNS_HOLDER_OWNED:
	case PROCNS_HOLDER_KERNEL:
		return NULL;
	default:
		break;
	}
	return task && task->pid ? text_format("gone when %d ends", task->pid) : NULL;
}
