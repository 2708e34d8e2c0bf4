/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libprocns: the network topology of the whole machine.
 *
 * A topology is what the network namespaces of a snapshot hold, read once: links (interfaces), their addresses, routes, listening
 * sockets, and how links join each other across namespaces. It is read-only and lives until procns_topology_free(); it
 * points into the snapshot it was read from, which must live as long.
 *
 * The caller's own namespaces are never changed: other namespaces are read by threads of the library's own, which end before
 * procns_topology_read() returns. Nothing is asked for but dumps.
 *
 *	struct procns_query query = { .want = PROCNS_FACT_NAMES | PROCNS_FACT_MEMBERS | PROCNS_FACT_OWNER };
 *	struct procns_snapshot *snapshot;
 *	struct procns_topology *topology;
 *
 *	if (procns_snapshot(ctx, &query, &snapshot) < 0 ||
 *	    procns_topology_read(ctx, snapshot, PROCNS_NET_ROUTES, &topology) < 0)
 *		errx(1, "%s", procns_error(ctx));
 *	for (size_t i = 0; i < procns_netns_count(topology); i++) {
 *		const struct procns_netns *netns = procns_netns_at(topology, i);
 *
 *		for (size_t j = 0; j < netns->nlinks; j++)
 *			printf("%s: %s\n", netns->label, netns->links[j]->name);
 *	}
 *
 * As with procns.h, structures are made by the library alone and fields may be added at their ends: never allocate, copy or
 * compare them whole. What is not known is zero, NULL or -1.
 */
#ifndef PROCNS_NET_H
#define PROCNS_NET_H

#include <procns.h>

#ifdef __cplusplus
extern "C" {
#endif

struct procns_topology;

/* What procns_topology_read() is to read beside links and addresses. */
enum procns_net_want {
	PROCNS_NET_ROUTES = 1 << 0,	/* routes of every table but the local one */
	PROCNS_NET_RULES = 1 << 1,	/* policy routing rules: a path needs them and the routes */
	PROCNS_NET_SOCKETS = 1 << 2,	/* listening sockets, with who has them open */
};

/* An address, or a block of them; family is AF_INET or AF_INET6, 0 for none. */
struct procns_net_addr {
	uint8_t family;
	uint8_t prefix;			/* how many bits count: 32 or 128 for a single one */
	uint8_t bytes[16];		/* network byte order */
};

enum procns_label_source {
	PROCNS_LABEL_NETNS,		/* a file in /run/netns */
	PROCNS_LABEL_CONTAINER,		/* the control group of a member is a container's */
	PROCNS_LABEL_UNIT,		/* … a service's or a scope's */
	PROCNS_LABEL_INITIAL,		/* the namespace the kernel was born with: "host" */
	PROCNS_LABEL_PATH,		/* another bind mount of it */
	PROCNS_LABEL_NUMBER,		/* no name at all: net:[4026532133] */
};

struct procns_netns {
	const struct procns_ns *ns;	/* in the snapshot */
	const char *label;		/* what to call it; others may have the same, the number has not */
	enum procns_label_source label_source;
	bool own;			/* the caller is in it */
	const struct procns_link *const *links;		/* by index */
	size_t nlinks;
	const struct procns_route *const *routes;	/* as the kernel orders them */
	size_t nroutes;
	const struct procns_rule *const *rules;		/* by family and priority */
	size_t nrules;
	const struct procns_net_socket *const *sockets;	/* by protocol, port, address */
	size_t nsockets;
};

enum procns_link_role {
	PROCNS_LINK_LOOPBACK,
	PROCNS_LINK_DEVICE,		/* hardware, or what the kernel gives no kind */
	PROCNS_LINK_PAIR,		/* veth, netkit, vxcan: what enters one end leaves by the other */
	PROCNS_LINK_SWITCH,		/* bridge, bond, team, vrf: has ports */
	PROCNS_LINK_UPPER,		/* vlan, macvlan, ipvlan, macsec: works on a lower link */
	PROCNS_LINK_TUNNEL,		/* vxlan, geneve, gre, ipip, wireguard: packets travel in packets */
	PROCNS_LINK_TAP,		/* tun, tap: the other end is a process */
	PROCNS_LINK_VIRTUAL,		/* dummy, ifb and whatever else has no other end */
	PROCNS_LINK_NROLES,
};

/* One property of a link that only its kind has: `id` of a vlan, `remote` of a tunnel. */
struct procns_link_attr {
	const char *name;
	enum { PROCNS_ATTR_TEXT, PROCNS_ATTR_NUMBER, PROCNS_ATTR_FLAG } type;
	const char *text;		/* TEXT: printable */
	uint64_t number;		/* NUMBER; FLAG: 1, those that are not set are not there */
	bool list;			/* a link may have several of this name */
};

struct procns_link_addr {
	struct procns_net_addr addr;	/* prefix: of the network it is in */
	struct procns_net_addr peer;	/* the other end of a point-to-point address */
	const char *text;		/* 192.0.2.1/24 */
	const char *scope;		/* "global", "site", "link", "host" */
	const char *peer_text;		/* NULL: none */
};

/* A process, and which of its descriptors is meant. */
struct procns_net_process {
	pid_t pid;
	int fd;
	const char *comm;		/* any bytes */
};

struct procns_link {
	const struct procns_netns *netns;
	uint32_t ifindex;
	const char *name;		/* any bytes but space, '/' and ':' */
	const char *kind;		/* as the kernel names it: "veth"; where it does not "loopback", "physical", "device" */
	enum procns_link_role role;
	uint32_t flags;			/* IFF_* */
	const char *state;		/* operational: "up", "down", "lowerlayerdown", "dormant", "unknown", … */
	bool up;			/* brought up, and not known to have no carrier */
	uint32_t mtu;
	const char *mac;		/* link layer address as text, NULL where there is none */
	const char *alias;		/* what an administrator wrote on it: any bytes, NULL where nothing */
	const char *parent_dev;		/* hardware: "0000:00:1f.6", "virtio0"; NULL where not known */
	bool forwards4, forwards6;	/* packets that come in by it may be routed on */

	const struct procns_link_addr *const *addrs;
	size_t naddrs;
	const struct procns_link_attr *const *attrs;
	size_t nattrs;

	const struct procns_link *master;	/* the bridge, bond, team or vrf it is a port of */
	const struct procns_link *lower;	/* what it works on; maybe in another namespace */
	const struct procns_link *peer;		/* the other end: of a pair, or of a tunnel where both ends are on this machine */
	const struct procns_netns *underlay;	/* tunnels: where the outer packets travel; NULL: not known */

	const struct procns_link *const *ports;	/* whose master it is */
	size_t nports;
	const struct procns_link *const *uppers;	/* whose lower it is */
	size_t nuppers;

	const struct procns_net_process *const *processes;	/* tun, tap: who has it open */
	size_t nprocesses;

	/* What the kernel says of the other end (lower or peer), even if that namespace could not be read. */
	int64_t far_ifindex;		/* -1: there is none */
	int32_t far_netnsid;		/* its namespace in the ids of this one; -1: this one */
	const char *far_reason;		/* why neither lower nor peer is there though there is another end */
};

struct procns_nexthop {
	const struct procns_link *link;	/* NULL: none, or unknown */
	struct procns_net_addr via;	/* family 0: on the link itself */
	const char *via_text;
	uint32_t weight;
};

struct procns_route {
	struct procns_net_addr dst;
	struct procns_net_addr src;	/* family 0: for packets from anywhere */
	const char *text;		/* "default", "10.0.0.0/8" */
	const char *src_text;		/* NULL: from anywhere */
	uint32_t table;			/* 254: main */
	uint32_t metric;
	const char *type;		/* "unicast", "blackhole", "unreachable", "prohibit", "throw", "local", … */
	const char *protocol;		/* who put it there: "kernel", "boot", "static", "dhcp", "ra", …, or a number */
	const char *prefsrc;
	const struct procns_nexthop *nexthops;
	size_t nnexthops;
};

struct procns_rule {
	uint8_t family;
	uint32_t priority;
	struct procns_net_addr from, to;
	const char *iif, *oif;		/* names, NULL: any */
	const char *action;		/* "lookup", "goto", "nop", "blackhole", "unreachable", "prohibit" */
	uint32_t table;			/* lookup */
	uint32_t target;		/* goto */
	int32_t suppress_prefix;	/* routes this short or shorter do not count; -1: all count */
	bool invert;			/* applies to what does not match */
	bool l3mdev;			/* the table is that of the vrf the packet is in */
	bool other;			/* has conditions that a path cannot judge: mark, ports, protocol, TOS, uid, tunnel */
};

struct procns_net_socket {
	const char *protocol;		/* "tcp", "udp", "sctp", … */
	struct procns_net_addr addr;	/* unspecified: any */
	const char *addr_text;
	uint16_t port;
	const struct procns_link *link;	/* bound to this one; NULL: to any */
	uint64_t ino;			/* 0: the kernel's own */
	uid_t uid;
	const struct procns_net_process *const *processes;
	size_t nprocesses;
};

enum procns_join_kind {
	PROCNS_JOIN_PORT,		/* from is a port of to */
	PROCNS_JOIN_LOWER,		/* from works on to */
	PROCNS_JOIN_PEER,		/* from and to are the ends of one pair; once for both */
	PROCNS_JOIN_TUNNEL,		/* from and to are the ends of one tunnel; once for both */
	PROCNS_JOIN_NKINDS,
};

struct procns_join {
	enum procns_join_kind kind;
	const struct procns_link *from, *to;
};

/*
 * Reads the topology of every network namespace of the snapshot; `want` is PROCNS_NET_* bits. Names need a snapshot with
 * PROCNS_FACT_NAMES, containers and units one with PROCNS_FACT_MEMBERS. Namespaces that cannot be entered are left out and told by
 * procns_topology_gap(). Returns 0 or a negative errno with procns_error(): -ENOMEM, -EMFILE. Since 0.1.
 */
PROCNS_PUBLIC int procns_topology_read(struct procns *ctx, const struct procns_snapshot *snapshot, uint32_t want,
				       struct procns_topology **topology);
PROCNS_PUBLIC void procns_topology_free(struct procns_topology *topology);

/* Number of namespaces that were read, and number i of them: the initial one, then by label, then by number. Since 0.1. */
PROCNS_PUBLIC size_t procns_netns_count(const struct procns_topology *topology);
PROCNS_PUBLIC const struct procns_netns *procns_netns_at(const struct procns_topology *topology, size_t i);

/* What is in that network namespace; NULL where it could not be read. Constant time. Since 0.1. */
PROCNS_PUBLIC const struct procns_netns *procns_netns_find(const struct procns_topology *topology, uint32_t inum);

/* The link of this index in the namespace, NULL where there is none. Since 0.1. */
PROCNS_PUBLIC const struct procns_link *procns_link_find(const struct procns_netns *netns, uint32_t ifindex);

/* The attribute of this name, NULL where the link has none. Since 0.1. */
PROCNS_PUBLIC const struct procns_link_attr *procns_link_attr(const struct procns_link *link, const char *name);

/* How links join, in the order of their namespaces. Since 0.1. */
PROCNS_PUBLIC size_t procns_join_count(const struct procns_topology *topology);
PROCNS_PUBLIC const struct procns_join *procns_join_at(const struct procns_topology *topology, size_t i);

/* What could not be read, one line each, fit to follow "incomplete: ". Since 0.1. */
PROCNS_PUBLIC size_t procns_topology_gaps(const struct procns_topology *topology);
PROCNS_PUBLIC const char *procns_topology_gap(const struct procns_topology *topology, size_t i);

/* "tunnel" for PROCNS_LINK_TUNNEL, and so on; NULL past the last. Since 0.1. */
PROCNS_PUBLIC const char *procns_link_role_name(enum procns_link_role role);
PROCNS_PUBLIC const char *procns_join_kind_name(enum procns_join_kind kind);

/* Where a path begins or ends. */
struct procns_endpoint {
	const struct procns_netns *netns;	/* NULL: whoever has the address; only where a path ends */
	struct procns_net_addr addr;		/* family 0: any address of the namespace */
};

/*
 * The endpoint a text names: an address (netns is NULL unless exactly one namespace has it), the label of a namespace, `pid:1234`
 * (the namespace that process is in), or whatever procns_resolve() takes. Returns 0; -ENOENT: nothing of that name, or it was not
 * read; -ENOTUNIQ: more than one, procns_error() says which; -EINVAL. Since 0.1.
 */
PROCNS_PUBLIC int procns_endpoint_parse(struct procns *ctx, const struct procns_topology *topology, const char *text,
					struct procns_endpoint *endpoint);

enum procns_hop_kind {
	PROCNS_HOP_START,		/* netns: the packet is made here */
	PROCNS_HOP_ROUTE,		/* route, nexthop: this namespace sends it on by link */
	PROCNS_HOP_LEAVE,		/* by link, whose other end is elsewhere */
	PROCNS_HOP_ENTER,		/* by link */
	PROCNS_HOP_SWITCH,		/* link: a bridge, bond or vrf carries it from port to port, or up to the namespace */
	PROCNS_HOP_STACK,		/* link: a lower or upper one of the last */
	PROCNS_HOP_WRAP,		/* link: a tunnel puts it into another packet */
	PROCNS_HOP_UNWRAP,		/* link: a tunnel takes it out again */
	PROCNS_HOP_PROCESS,		/* link: a tun or tap, a process reads it */
	PROCNS_HOP_OUTSIDE,		/* link: leaves this machine */
	PROCNS_HOP_ARRIVE,		/* netns: it is for an address here */
	PROCNS_HOP_STOP,		/* netns, link: it ends here, note says why */
};

struct procns_hop {
	enum procns_hop_kind kind;
	const struct procns_netns *netns;
	const struct procns_link *link;
	const struct procns_route *route;
	const struct procns_nexthop *nexthop;
	unsigned int depth;		/* how many tunnels it is in */
	const char *note;		/* more about it, or NULL */
};

struct procns_path;

/*
 * The way a packet takes from one endpoint to the other: by rules and routes in each namespace, and between them through the links
 * known, as far as they are up. Packet filters, NAT, neighbour tables and bridge VLAN filters are not consulted. The topology must
 * have been read with PROCNS_NET_ROUTES and PROCNS_NET_RULES. Returns 0, also when the packet does not arrive: the last hop then is
 * PROCNS_HOP_STOP, _OUTSIDE or _PROCESS; or -ENOMEM, -EINVAL. Since 0.1.
 */
PROCNS_PUBLIC int procns_path_find(struct procns *ctx, const struct procns_topology *topology, const struct procns_endpoint *from,
				   const struct procns_endpoint *to, struct procns_path **path);
PROCNS_PUBLIC void procns_path_free(struct procns_path *path);
PROCNS_PUBLIC bool procns_path_arrives(const struct procns_path *path);
PROCNS_PUBLIC size_t procns_path_length(const struct procns_path *path);
PROCNS_PUBLIC const struct procns_hop *procns_path_hop(const struct procns_path *path, size_t i);

/* The address the packet goes to, as text. Since 0.1. */
PROCNS_PUBLIC const char *procns_path_destination(const struct procns_path *path);

#ifdef __cplusplus
}
#endif
#endif
