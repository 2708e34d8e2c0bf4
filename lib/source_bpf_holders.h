/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why namespaces are alive, from what the walkers recorded. Each kind of object has a file that makes holders of its records;
 * source_bpf_causes.c says of any file where it is, down to somebody's descriptor. For source_bpf*.c alone.
 */
#ifndef PROCNS_SOURCE_BPF_HOLDERS_H
#define PROCNS_SOURCE_BPF_HOLDERS_H

#include "source_bpf_fill.h"
#include "source_bpf_record.h"

#define NOTHING UINT32_MAX		/* the end of a chain of indices */

/* A socket: where its files are, and the nodes that stand for it in chains of causes. */
struct sock_state {
	const struct sock_record *record;
	const struct procns_socket *socket;
	uint32_t first_file;		/* the first file_record of it; holding.next_file has the others */
	uint32_t first_edge;		/* the first sock_edge_record to it, holding.next_edge the others */
	struct procns_holder *as_queue;	/* IN_FLIGHT: in its queue; made when first needed, as is … */
	struct procns_holder *as_socket; /* … SOCKET: it itself */
	uint32_t flags;			/* PROCNS_HOLDER_UNACCEPTED, CLOSED, LISTENER */
};

struct ring_state {
	uint32_t first_file;
	struct procns_holder *as_ring;
};

/* A group of watches. */
struct group_state {
	uint32_t first_file;
};

/* A node whose causes are still to be told, and of what: exactly one of these. */
struct pending {
	struct procns_holder *node;
	struct sock_state *sock;
	struct ring_state *ring;
};

struct holding {
	struct fill *fill;
	struct procns_snapshot *snapshot;
	const struct walk *walk;

	const struct file_record *files;
	size_t file_count;
	uint32_t *next_file;		/* of the same socket or ring */
	struct procns_holder **descriptors; /* of files in tables: as a cause; made when first needed */

	const struct procns_task **tables; /* who has the table; NULL: nobody that is known */
	struct sock_state *socks;
	struct ring_state *rings;
	struct group_state *groups;
	struct index sock_by_address, ring_by_address, group_by_address; /* struct sock_state, ring_state, group_state */
	uint32_t *next_edge;

	struct index in_flight_of;	/* the last holder of that kind, by struct procns_ns */

	struct index live_pids;		/* of tasks that are not reaped: by struct pid */

	struct index place_by_super;	/* struct place_record: the best place of a filesystem */
	struct index place_by_dentry;	/* struct place_record: those asked for */
	struct index keeper_by_address;	/* first file that keeps a detached tree (by struct mnt_namespace) or an unmounted mount */
	uint32_t *next_keeper;
	uint32_t *keepers;		/* what keeper_by_address points into */

	struct pending *pending;
	size_t pending_count, pending_size;
};

/* The socket at this address; NULL: none was recorded. */
struct sock_state *holding_sock(const struct holding *holding, uint64_t sock);

/* Adds holders. Each returns 0 or -ENOMEM. */
int holders_of_tasks(struct holding *holding);
int holders_of_files(struct holding *holding);
int holders_of_watches(struct holding *holding);
int holders_of_sockets(struct holding *holding);
int holders_of_mounts(struct holding *holding);
int holders_of_mappings(struct holding *holding);

/* The socket as users see it. NULL: no memory. */
const struct procns_socket *socket_of(struct holding *holding, struct sock_state *sock);

/* Sets whose descriptor a file in a table is. */
void set_descriptor(const struct holding *holding, struct procns_holder *holder, const struct file_record *file);

/* Makes where a file is a cause of the holder: somebody's descriptor, a queue, a ring. */
int add_cause_of_file(struct holding *holding, struct procns_holder *holder, uint32_t file);

/* Says where in a queue a file that is in flight is; `queue` is the holder itself or its cause. Of one that may have been received: nothing. */
int add_position(struct holding *holding, struct procns_holder *holder, const struct procns_holder *queue, uint32_t file);

/* Says what keeps this socket alive, as causes of this holder. */
int add_causes_of_sock(struct holding *holding, struct sock_state *sock, struct procns_holder *holder);
int add_causes_of_ring(struct holding *holding, struct ring_state *ring, struct procns_holder *holder);

/* Tells the causes of all nodes made so far, and of those made for that. */
int finish_causes(struct holding *holding);

#endif
