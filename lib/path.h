/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way of a packet, found in what was read alone:
 *
 *	path.c		from namespace to namespace: routes until the packet arrives
 *	path_route.c	one namespace's decision: rules, tables, the longest match
 *	path_frame.c	from there to the next: which links a frame goes through, breadth first
 *	path_step.c	where a frame can go from one link
 *	path_tunnel.c	a tunnel is a path of its own, one layer down
 *	path_endpoint.c	what the ends are called
 */
#ifndef PROCNS_PATH_H
#define PROCNS_PATH_H

#include "topology.h"

/* More routers, or more tunnels in tunnels, than anybody has: a loop. */
#define PATH_MOST_ROUTES 64
#define PATH_MOST_TUNNELS 8

struct path_hops {
	struct arena *arena;
	struct chain chain;		/* struct procns_hop */
};

struct procns_path {
	struct arena arena;
	const struct procns_hop *const *hops;
	size_t length;
	char *destination;
	bool arrives;
};

struct packet {
	struct procns_net_addr src;	/* family 0: not chosen yet */
	struct procns_net_addr dst;
	const struct procns_link *in;	/* where it came in; NULL: it is made here */
	const struct procns_link *vrf;	/* the vrf it is in; NULL: none */
	unsigned int depth;		/* tunnels it is in */
};

/* What a namespace does with a packet. */
struct decision {
	const struct procns_route *route;	/* NULL: there is none */
	const struct procns_nexthop *nexthop;	/* NULL: the route says no, or all its links are down */
	const char *why;			/* then: why it ends here */
};

/* Where a frame got to. */
struct landing {
	enum procns_hop_kind kind;	/* ENTER; or OUTSIDE, PROCESS, STOP, which end the path */
	const struct procns_link *link;	/* the one it was received by */
	const char *why;		/* STOP */
};

/* What a frame looks for. */
struct target {
	struct procns_net_addr next;	/* who has this address; family 0: nobody in particular */
	const struct procns_netns *netns;	/* any link there will do, without addresses */
	const struct packet *packet;
};

int path_add_hop(struct path_hops *hops, const struct procns_hop *hop);

/* The vrf a link is a port of, or NULL. */
const struct procns_link *path_vrf(const struct procns_link *link);

/* Is it an address of that namespace, in that vrf? */
bool netns_has_addr(const struct procns_netns *netns, const struct procns_net_addr *addr, const struct procns_link *vrf);

/* path_route.c */
int path_decide(struct arena *arena, const struct procns_netns *netns, const struct packet *packet, struct decision *decision);

/* path_frame.c: sends a frame out by a link; adds the hops to where it lands. */
int path_send(struct path_hops *hops, const struct procns_topology *topology, const struct procns_link *out,
	      const struct target *target, struct landing *landing);

/* path.c: routes the packet from that namespace on. Returns 1 if it arrives, 0 if not, or -ENOMEM. *at is where it ends. */
int path_walk(struct path_hops *hops, const struct procns_topology *topology, const struct procns_netns *from,
	      struct packet *packet, const struct procns_netns **at);

/* A frame somewhere in the machine: about to leave by a link, or just received by it. */
#define FRAME_TAGS 3

struct frame {
	const struct procns_link *link;
	bool out;
	uint32_t tags[FRAME_TAGS];	/* innermost of VLANs and the like last; 0: none */
	const struct procns_link *via;	/* the bridge that passed it on, NULL: none did */
	const struct path_hops *inner;	/* the hops of the tunnel it came through, NULL: none */
	size_t before;			/* the frame it was before; SIZE_MAX: the first */
};

/* path_step.c: calls add() for every frame this one can become. */
struct frame_steps {
	const struct procns_topology *topology;
	const struct packet *packet;
	struct arena *arena;
	int (*add)(struct frame_steps *steps, const struct frame *next);
	const struct procns_link *outside, *process;	/* the first that leads there */
	const struct procns_link *down;			/* the first that is not up */
};

int path_step(struct frame_steps *steps, const struct frame *frame);

/* Does the namespace itself look at what this frame carries? */
bool path_is_received(const struct frame *frame);

/* path_tunnel.c: the far ends of a tunnel become frames received there. */
int path_step_tunnel(struct frame_steps *steps, const struct frame *frame);

#endif
