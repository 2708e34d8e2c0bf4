// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sockets: their addresses, and the network namespaces they keep. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "source_bpf_holders.h"

struct endpoint {
	uint16_t address, address6, port;	/* in struct sock_common */
	bool port_in_host_order;
};

static const char *common_at(const struct sock_record *sock, uint16_t at)
{
	return at < sizeof(sock->common) - 16 ? (const char *)sock->common + at : (const char *)sock->common;
}

/* "127.0.0.1:80", "[::1]:80"; NULL: neither address nor port. */
static int inet_text(struct holding *holding, const struct sock_record *sock, uint16_t family, const struct endpoint *endpoint,
		     const char **text)
{
	static const char zeros[16];
	bool six = family == AF_INET6;
	const char *address = common_at(sock, six ? endpoint->address6 : endpoint->address);
	char host[INET6_ADDRSTRLEN], line[INET6_ADDRSTRLEN + 16];
	uint16_t port;

	memcpy(&port, common_at(sock, endpoint->port), sizeof(port));
	if (!endpoint->port_in_host_order)
		port = ntohs(port);
	/* What a raw socket has in place of a port is its protocol. */
	if (sock->type == SOCK_RAW)
		port = 0;
	if (!port && !memcmp(address, zeros, six ? 16 : 4))
		return 0;
	inet_ntop(family, address, host, sizeof(host));
	snprintf(line, sizeof(line), six ? "[%s]:%u" : "%s:%u", host, port);
	*text = snapshot_strdup(holding->snapshot, line);
	return *text ? 0 : -ENOMEM;
}

/* A path, or an abstract name with @ for each NUL, as ss writes it. */
static int unix_text(struct holding *holding, const struct sock_record *sock, const char **text)
{
	const struct name_record *names = walk_records(holding->walk, ARRAY_NAMES);
	const struct name_record *name;
	size_t family = offsetof(struct sockaddr_un, sun_path), length;
	char path[sizeof(name->address)];

	if (!sock->name_at)
		return 0;
	name = &names[sock->name_at - 1];
	if (name->length <= family || name->length > sizeof(name->address))
		return 0;
	length = name->length - family;
	memcpy(path, name->address + family, length);
	path[length] = '\0';
	if (!path[0])
		for (size_t i = 0; i < length; i++)
			if (!path[i])
				path[i] = '@';
	*text = snapshot_strdup(holding->snapshot, path);
	return *text ? 0 : -ENOMEM;
}

static int netlink_text(struct holding *holding, const struct sock_record *sock, const char **text)
{
	char line[32];

	if (!sock->portid)
		return 0;
	snprintf(line, sizeof(line), "port %u", sock->portid);
	*text = snapshot_strdup(holding->snapshot, line);
	return *text ? 0 : -ENOMEM;
}

static int add_addresses(struct holding *holding, const struct sock_record *sock, struct procns_socket *socket)
{
	const struct offsets *at = &holding->walk->offsets;
	const struct endpoint local = { at->sock_common.address, at->sock_common.address6, at->sock_common.port, true };
	const struct endpoint peer = { at->sock_common.peer_address, at->sock_common.peer_address6, at->sock_common.peer_port };
	const struct sock_state *other;

	switch (socket->family) {
	case AF_INET:
	case AF_INET6:
		return inet_text(holding, sock, socket->family, &local, &socket->local) ?:
		       inet_text(holding, sock, socket->family, &peer, &socket->peer);
	case AF_UNIX:
		other = holding_sock(holding, sock->peer);
		return unix_text(holding, sock, &socket->local) ?: other ? unix_text(holding, other->record, &socket->peer) : 0;
	case AF_NETLINK:
		return netlink_text(holding, sock, &socket->local);
	}
	return 0;
}

const struct procns_socket *socket_of(struct holding *holding, struct sock_state *sock)
{
	struct procns_socket *socket;

	if (sock->socket)
		return sock->socket;
	socket = snapshot_alloc(holding->snapshot, sizeof(*socket));
	if (!socket)
		return NULL;
	socket->ino = sock->record->ino;
	socket->family = sock_family(holding->walk, sock->record);
	socket->type = sock->record->type;
	socket->protocol = sock->record->protocol;
	if (add_addresses(holding, sock->record, socket) < 0)
		return NULL;
	sock->socket = socket;
	return socket;
}

/* Open tun devices are sockets inside; they have a kind of holder of their own. */
static bool is_tun(const struct holding *holding, const struct sock_state *sock)
{
	return sock->first_file != NOTHING && file_is_tun(&holding->files[sock->first_file]);
}

static int add_socket(struct holding *holding, struct sock_state *sock, struct procns_ns *ns)
{
	struct procns_holder *holder = snapshot_holder(holding->snapshot, ns, PROCNS_HOLDER_SOCKET);

	if (!holder)
		return -ENOMEM;
	holder->flags = sock->flags;
	holder->socket = socket_of(holding, sock);
	return holder->socket ? add_causes_of_sock(holding, sock, holder) : -ENOMEM;
}

static int add_net(struct holding *holding, struct sock_state *sock)
{
	struct procns_ns *net = fill_find(holding->fill, PROCNS_NET, sock_net(holding->walk, sock->record));

	if (!net || net->initial || !sock_holds_net(holding->walk, sock->record) || is_tun(holding, sock))
		return 0;
	return add_socket(holding, sock, net);
}

/* Who has a descriptor of it; NULL: nobody, or it is not known who. */
static const struct procns_task *task_with(const struct holding *holding, const struct sock_state *sock)
{
	const struct file_record *file = sock->first_file != NOTHING ? &holding->files[sock->first_file] : NULL;

	if (!file || CONTAINER_KIND(file->container) != IN_TABLE)
		return NULL;
	return holding->tables[CONTAINER_INDEX(file->container)];
}

/* A socket remembers by which credentials, and as which process, its other end was connected: SO_PEERCRED. */
static int add_peer(struct holding *holding, struct sock_state *sock)
{
	struct procns_ns *user = fill_find(holding->fill, PROCNS_USER, sock->record->peer_user_ns);
	struct procns_ns *pid = fill_find(holding->fill, PROCNS_PID, sock->record->peer_pid_ns);
	const struct procns_task *task = task_with(holding, sock);
	int err = 0;

	if (user && !user->initial && !(task && task->ns[PROCNS_USER] == user))
		err = add_socket(holding, sock, user);
	if (!err && pid && !pid->initial && !index_find(&holding->live_pids, sock->record->peer_pid))
		err = add_socket(holding, sock, pid);
	return err;
}

int holders_of_sockets(struct holding *holding)
{
	for (size_t i = 0; i < walk_count(holding->walk, ARRAY_SOCKS); i++)
		if (add_net(holding, &holding->socks[i]) < 0 || add_peer(holding, &holding->socks[i]) < 0)
			return -ENOMEM;
	return 0;
}
