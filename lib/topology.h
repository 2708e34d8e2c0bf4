/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A topology while it is made. What is public is embedded in what is ours; the lists callers see are made at the end.
 *
 *	topology_read.c		enters each namespace and has it read, by several threads
 *	topology_link.c, _addr.c, _route.c, _rule.c, _socket.c	one dump each: messages to structures
 *	link_*.c		what only one kind of link has (see link.h)
 *	topology_nsid.c		which namespace a netnsid means
 *	topology_join.c		which link another one means
 *	topology_label.c	what to call a namespace
 *	topology_process.c	who has a socket or a tap open
 *	topology_path*.c	the way of a packet
 */
#ifndef PROCNS_TOPOLOGY_H
#define PROCNS_TOPOLOGY_H

#include <stdatomic.h>

#include "arena.h"
#include "index.h"
#include "procns-net.h"
#include "topology_netlink.h"
#include "vector.h"

/* A list that grows in an arena; its values in a row once it is whole. */
struct chain_node {
	struct chain_node *next;
	const void *value;
};

struct chain {
	struct chain_node *first, *last;
	size_t count;
};

int chain_add(struct arena *arena, struct chain *chain, const void *value);
const void *chain_array(struct arena *arena, const struct chain *chain);

struct link_driver;
struct tunnel_index;

struct topology_link {
	struct procns_link link;
	const struct link_driver *driver;
	uint32_t master_index;		/* 0: none */
	bool has_iflink;
	uint32_t iflink;
	bool has_netnsid;
	int32_t netnsid;
	uint8_t mac[32];
	uint8_t mac_length;
	struct chain addrs, attrs, ports, uppers, processes;
	struct chain tunnels;		/* struct topology_link: the other ends */
	struct topology_link *same_print, *same_ends, *same_remote;	/* next in topology_nsid.c's and topology_tunnel.c's indexes */
	const void *private_data;	/* the driver's own */
};

struct topology_socket {
	struct procns_net_socket socket;
	struct chain processes;		/* struct procns_net_process */
};

/* A namespace's id in another, and what it turned out to mean. */
struct netnsid {
	int32_t id;
	struct topology_netns *netns;	/* NULL: not known (yet) */
	const struct topology_link *sample;	/* a link that names it */
};

struct topology_netns {
	struct procns_netns netns;
	struct procns_topology *topology;
	const struct procns_ns *opened_as;	/* the same namespace in the snapshot that leads to it */
	struct vector_item *links;	/* struct topology_link, by index */
	size_t nlinks;
	struct chain routes, rules, sockets;
	struct netnsid *netnsids;	/* by id */
	size_t nnetnsids;
	struct chain kernel_udp;	/* struct topology_socket: UDP sockets; in the end those no process has open */
	size_t order;			/* its place in procns_topology.listed */
	bool was_read;
	int error;			/* why not, or why not whole */
	int partial;			/* … and why a driver could not ask */
	const char *stage;		/* what was being done then */
	const char *message;		/* more about it */
	const char *changing;		/* what never held still while it was read; NULL: all did */
};

/*
 * A namespace that others probably name: the caller's own, and those that name many themselves. Open while the topology is read;
 * any thread may add one.
 */
#define LANDMARKS 4
struct landmark {
	struct topology_netns *netns;
	atomic_int fd;			/* 0: there is none (yet), and netns means nothing */
};

struct procns_topology {
	const struct procns_snapshot *snapshot;
	struct procns_snapshot *holders;	/* only while it is read: where namespaces that nothing else leads to are held */
	uint32_t want;
	struct topology_netns *all;	/* by number, as in the snapshot */
	size_t count;
	const struct procns_netns **listed;	/* those that were read */
	size_t nlisted;
	struct topology_netns *own;	/* NULL where not known */
	struct landmark landmarks[LANDMARKS];
	atomic_size_t nlandmarks;	/* how many places are taken */
	const struct procns_join *const *joins;
	size_t njoins;
	struct tunnel_index *tunnels;	/* only while they are paired */
	struct index prints, ends;	/* only while netnsids are resolved */
	struct index by_inum;
	struct vector gaps;		/* char *, of the arena */
	struct arena arena;
	struct topology_arena *arenas;	/* of the threads that read it */
};

struct topology_arena {
	struct arena arena;
	struct topology_arena *next;
};

/* What reads one namespace: the socket there and, while a message is taken, where its contents go. */
struct netns_reader {
	struct topology_netns *netns;
	struct arena *arena;
	struct netlink *route;		/* NETLINK_ROUTE */
	struct netlink *other;		/* for other families, opened when needed */
	struct vector scratch;
	bool inconsistent;		/* a message names a link that the dump of links did not have */
};

static inline struct topology_link *topology_link(const struct procns_link *link)
{
	return (struct topology_link *)link;	/* the first member of it, and only ever made as such */
}

static inline struct topology_socket *topology_socket(const void *socket)
{
	return (struct topology_socket *)socket;
}

static inline struct topology_netns *topology_netns(const struct procns_netns *netns)
{
	return (struct topology_netns *)netns;
}

/* One more thing that could not be read. */
int topology_gap(struct procns_topology *topology, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text in the arena; NULL where there is no memory. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* topology_read.c: enters every namespace of the snapshot and reads it. */
int topology_read_all(struct procns *ctx, struct procns_topology *topology);

/* The UDP sockets of every namespace, for drivers that ask for those of the kernel. */
int topology_read_udp(struct procns *ctx, struct procns_topology *topology);

/* One function a dump; each starts over when it is called again. */
int read_links(struct netns_reader *reader);
int read_addrs(struct netns_reader *reader);
int read_routes(struct netns_reader *reader);
int read_rules(struct netns_reader *reader);
int read_sockets(struct netns_reader *reader);
int read_udp(struct netns_reader *reader);

/* The link of that index, NULL if the namespace has none. */
struct topology_link *netns_link(const struct topology_netns *netns, uint32_t ifindex);

/* topology_nsid.c: finds out what every netnsid means that a link names. In a namespace: which of them mean landmarks. */
int find_landmarks(struct netns_reader *reader);
bool is_landmark(const struct topology_netns *netns);
void topology_add_landmark(struct procns_topology *topology, struct topology_netns *netns, int fd);
void topology_close_landmarks(struct procns_topology *topology);

int topology_resolve_netnsids(struct procns *ctx, struct procns_topology *topology);

/* The namespace `link` names by its netnsid, or its own; NULL where not known. */
struct topology_netns *link_far_netns(const struct topology_link *link);

/* topology_join.c: points links to each other; then, namespaces being in order, makes the list of joins. */
int topology_join(struct procns_topology *topology);
int topology_list_joins(struct procns_topology *topology);

/* The link of that index in the namespace this one names, or NULL; link.far_* then say what is known. */
struct topology_link *link_find_far(struct topology_link *link, uint32_t ifindex);

/* topology_tunnel.c */
int topology_index_tunnels(struct procns_topology *topology);
void topology_forget_tunnels(struct procns_topology *topology);

/* topology_label.c */
int topology_label(struct procns *ctx, struct procns_topology *topology);

/* topology_process.c: who has sockets and taps open. */
int topology_find_processes(struct procns *ctx, struct procns_topology *topology);

#endif
