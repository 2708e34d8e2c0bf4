// SPDX-License-Identifier: GPL-2.0-or-later
/* What CRIU refuses of that which no directory in /proc shows: what is in flight, and where sockets live (its criu/sk-*.c, tun.c). */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "criu.h"
#include "holder.h"
#include "text.h"

/* Causes of causes, down to a process of the tree: sockets in flight in each other go four deep. */
#define DEEPEST_CAUSE 12

static const struct procns_holder *inside(const struct criu *criu, const struct procns_holder *holder, int depth)
{
	const struct procns_holder *found = NULL;

	if (criu_has_task(criu, holder->task))
		return holder;
	for (size_t i = 0; !found && depth < DEEPEST_CAUSE && i < holder->ncauses; i++)
		found = inside(criu, holder->causes[i], depth + 1);
	return found;
}

static bool is_unaccepted(const struct procns_holder *holder, int depth)
{
	bool found = holder->flags & PROCNS_HOLDER_UNACCEPTED;

	for (size_t i = 0; !found && depth < DEEPEST_CAUSE && i < holder->ncauses; i++)
		found = is_unaccepted(holder->causes[i], depth + 1);
	return found;
}

static char *holder_thing(const struct procns_holder *holder, const struct procns_holder *by)
{
	cleanup_free char *what = holder_text(holder), *who = holder_text(by);

	if (!what || !who)
		return NULL;
	return by == holder ? text_format("%s %s", holder_label(holder->kind), what) :
			      text_format("%s %s, %s", holder_label(holder->kind), what, who);
}

static int refuse_in_flight(struct criu *criu, const struct procns_ns *ns, const struct procns_holder *holder)
{
	const struct procns_holder *by = criu_knows(criu, ns) ? NULL : inside(criu, holder, 0);
	bool unaccepted = by && is_unaccepted(holder, 0);

	if (!by)
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "in_flight", .ns = ns, .task = by->task, .fd = by->fd, .thing = holder_thing(holder, by),
		.reason = unaccepted ? strdup("it is on a connection nobody has accepted yet, where CRIU can't look") :
			  text_format("a descriptor of %s:[%u] is in its queue, where no process of the tree is",
				      procns_type_name(ns->type), ns->inum),
		.says = unaccepted ? strdup("in-flight socket") : text_format("No NS ID with kid %u", ns->inum),
	});
}

/* CRIU lists the sockets of the net namespaces of the tree, and of its own where that is the root process's. */
static bool is_listed(const struct criu *criu, const struct procns_ns *net)
{
	return net == criu->own[PROCNS_NET] ? !criu_takes(criu, PROCNS_NET) : criu_has_member(criu, net);
}

/* A TCP socket that is not in the lists must be one that never was used. */
static bool is_used_tcp(const struct procns_holder *holder)
{
	const struct procns_socket *socket = holder->socket;

	return (socket->family == AF_INET || socket->family == AF_INET6) && socket->type == SOCK_STREAM &&
	       (socket->peer || holder->flags & PROCNS_HOLDER_LISTENER);
}

/* NULL: it goes on. */
static char *says_of_socket(const struct criu *criu, const struct procns_ns *net, const struct procns_holder *holder)
{
	const struct procns_socket *socket = holder->socket;

	switch (socket->family) {
	case AF_UNIX:
		return is_listed(criu, net) ? NULL : text_format("Unix socket %d not found", (int)socket->ino);
	case AF_PACKET:
		return is_listed(criu, net) ? NULL : text_format("Can't find packet socket %d", (int)socket->ino);
	case AF_INET:
	case AF_INET6:
	case AF_NETLINK:
		if (criu_takes(criu, PROCNS_NET) && !criu_knows(criu, net))
			return text_format("Unable to dump a socket from an external network namespace");
		return !is_listed(criu, net) && is_used_tcp(holder) ? text_format("Socket state") : NULL;
	}
	return text_format("Unknown socket collected (family %d)", socket->family);
}

static bool is_of_family_known(const struct procns_socket *socket)
{
	return socket->family == AF_UNIX || socket->family == AF_PACKET || socket->family == AF_INET || socket->family == AF_INET6 ||
	       socket->family == AF_NETLINK;
}

static int refuse_socket(struct criu *criu, const struct procns_ns *net, const struct procns_holder *holder)
{
	const struct procns_holder *by = holder->socket && holder->socket->ino ? inside(criu, holder, 0) : NULL;
	char *says = by ? says_of_socket(criu, net, holder) : NULL;

	if (!says)
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "socket", .ns = net, .task = by->task, .fd = by->fd, .thing = holder_thing(holder, by),
		.reason = !is_of_family_known(holder->socket) ? strdup("CRIU can't make a socket of this family") :
			  text_format("it lives in net:[%u], of which CRIU makes no list of sockets", net->inum),
		.says = says,
	});
}

static int refuse_tun(struct criu *criu, const struct procns_ns *net, const struct procns_holder *holder)
{
	bool taken = criu_takes(criu, PROCNS_NET);

	if (!criu_has_task(criu, holder->task) || (taken && criu_knows(criu, net)))
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "tun", .ns = net, .task = holder->task, .fd = holder->fd, .thing = holder_thing(holder, holder),
		.reason = taken ? text_format("it lives in net:[%u], where no process of the tree is", net->inum) :
			  strdup("CRIU dumps it with the net namespace, and the root process has none of its own"),
		.says = strdup(taken ? "No net_ns for tun device" : "Net namespace is required to dump tun link"),
	});
}

static int refuse_watch(struct criu *criu, const struct procns_ns *ns, const struct procns_holder *holder)
{
	if (!criu_has_task(criu, holder->task))
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "watch", .ns = ns, .task = holder->task, .fd = holder->fd, .thing = holder_thing(holder, holder),
		.reason = text_format("it watches the file of %s:[%u], which has no path", procns_type_name(ns->type), ns->inum),
		.says = strdup("Can't dump that handle"),
	});
}

static int refuse_holder(struct criu *criu, const struct procns_ns *ns, const struct procns_holder *holder)
{
	switch (holder->kind) {
	case PROCNS_HOLDER_IN_FLIGHT:
		return refuse_in_flight(criu, ns, holder);
	case PROCNS_HOLDER_SOCKET:
		return ns->type == PROCNS_NET ? refuse_socket(criu, ns, holder) : 0;
	case PROCNS_HOLDER_TUN:
		return refuse_tun(criu, ns, holder);
	case PROCNS_HOLDER_WATCH:
		return refuse_watch(criu, ns, holder);
	default:
		return 0;
	}
}

int criu_refuse_holders(struct criu *criu)
{
	int err = 0;

	for (size_t i = 0; !err && i < procns_count(criu->snapshot); i++) {
		const struct procns_ns *ns = procns_at(criu->snapshot, i);

		for (size_t j = 0; !err && j < ns->nholders; j++)
			err = refuse_holder(criu, ns, ns->holders[j]);
	}
	return err;
}
