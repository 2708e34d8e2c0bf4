/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drivers: what is particular to one kind of link. A driver is one file, link_KIND.c, that defines a struct link_driver, and one
 * line in link_table.c.
 *
 * The phases, in the order they happen. Every callback may be NULL. All return 0 or a negative errno.
 *
 *   parse	while links are being dumped, by one of several threads: IFLA_INFO_DATA of this one link becomes its attributes.
 *		Nothing else may be looked at: other links of the namespace may not be there yet.
 *   port	the same for IFLA_INFO_SLAVE_DATA: `link` is a port of a link of this kind.
 *   ask	the namespace's links and addresses are there, and so is its socket: ask the kernel for what a dump of links
 *		does not say. Same thread, so still nothing outside this namespace.
 *   join	every namespace is there and what netnsids mean is known; one thread. Point to other links: usually one of the
 *		link_join_* functions below.
 *   pair	every link is joined: find the other end of a tunnel among them.
 *
 * A link whose kind no driver knows is shown as it is, its IFLA_LINK as its lower link.
 */
#ifndef PROCNS_LINK_H
#define PROCNS_LINK_H

#include "topology.h"

struct link_driver {
	const char *const *kinds;	/* as the kernel names them, up to a NULL */
	enum procns_link_role role;
	int (*parse)(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data);
	int (*port)(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data);
	int (*ask)(struct netns_reader *reader, struct topology_link *link);
	int (*join)(struct procns_topology *topology, struct topology_link *link);
	int (*pair)(struct procns_topology *topology, struct topology_link *link);
	bool uses_kernel_udp;		/* join wants topology_netns.kernel_udp */
};

#define LINK_KINDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The driver of a kind; never NULL. */
const struct link_driver *link_driver(const char *kind);

/* How an attribute's payload becomes a procns_link_attr. */
enum link_attr_how {
	LINK_ATTR_U8,
	LINK_ATTR_U16,
	LINK_ATTR_U32,
	LINK_ATTR_BE16,
	LINK_ATTR_BE32,
	LINK_ATTR_FLAG,			/* u8; 0 is left out */
	LINK_ATTR_PRESENT,		/* being there means yes */
	LINK_ATTR_ADDR,			/* 4 or 16 bytes; unspecified ones are left out */
	LINK_ATTR_LINK,			/* u32: an index of a link in this namespace; 0 is left out */
	LINK_ATTR_KEY,			/* be32, left out when zero */
	LINK_ATTR_ENUM8,		/* u8, u16 or u32, an index into values */
	LINK_ATTR_ENUM16,
	LINK_ATTR_ENUM32,
};

struct link_attr_row {
	uint16_t attr;
	enum link_attr_how how;
	const char *name;
	const char *const *values;	/* ENUM: names, up to a NULL; "" or NULL inside: no name */
};

/* Reads nested attributes by a table of rows that ends with a name of NULL. */
int link_read_attrs(struct arena *arena, struct topology_link *link, const struct nlattr *nest,
		    const struct link_attr_row *rows);

int link_add_text(struct arena *arena, struct topology_link *link, const char *name, const char *text);
int link_add_to_list(struct arena *arena, struct topology_link *link, const char *name, const char *text);
int link_add_number(struct arena *arena, struct topology_link *link, const char *name, uint64_t number);
int link_add_flag(struct arena *arena, struct topology_link *link, const char *name, bool flag);

/*
 * For parse: of kinds that do not say what they work on, IFLA_LINK is the link itself whenever it has another namespace. This is
 * what it ought to be; 0: no link.
 */
static inline void link_set_iflink(struct topology_link *link, uint32_t iflink)
{
	link->has_iflink = true;
	link->iflink = iflink;
}

/* The attribute as text or number while the topology is made; NULL, or `otherwise`. */
const char *link_text(const struct topology_link *link, const char *name);
uint64_t link_number(const struct topology_link *link, const char *name, uint64_t otherwise);

/*
 * For join: IFLA_LINK is the other end of a pair; or the link this one works on; or that, if there is one, and outer packets
 * travel in the namespace it names.
 */
int link_join_peer(struct procns_topology *topology, struct topology_link *link);
int link_join_lower(struct procns_topology *topology, struct topology_link *link);
int link_join_underlay(struct procns_topology *topology, struct topology_link *link);
int link_set_underlay(struct procns_topology *topology, struct topology_link *link, struct topology_netns *underlay);

/* For pair: two links are ends of one tunnel. Saying so twice, or of the other first, changes nothing. */
int link_add_tunnel(struct procns_topology *topology, struct topology_link *link, struct topology_link *other);

/* Attributes that both ends must have with one value: `mine` here is `theirs` there. */
struct tunnel_match {
	const char *mine, *theirs;
};

/*
 * For pair: finds the other ends of a tunnel by its `remote` addresses: links of the same kind whose underlay has that address,
 * whose own remote this underlay has, and that match in `same` (up to a NULL). If more than one fits a remote, none is taken.
 */
int link_pair_tunnel(struct procns_topology *topology, struct topology_link *link, const struct tunnel_match *same);

#endif
