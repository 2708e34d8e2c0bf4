// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What keeps files, sockets and rings alive. There is one node for each socket, queue and ring, shared by all it is a cause of,
 * so that sockets in flight in each other make a circle and not an endless chain.
 */
#include <errno.h>
#include <stdlib.h>

#include "source_bpf_holders.h"

/* Remembers that the node's causes are to be told. One after the other, not one inside the other: chains may be long. */
static int postpone(struct holding *holding, struct pending pending)
{
	if (holding->pending_count == holding->pending_size) {
		size_t size = holding->pending_size ? holding->pending_size * 2 : 64;
		struct pending *larger = reallocarray(holding->pending, size, sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		holding->pending = larger;
		holding->pending_size = size;
	}
	holding->pending[holding->pending_count++] = pending;
	return 0;
}

void set_descriptor(const struct holding *holding, struct procns_holder *holder, const struct file_record *file)
{
	const struct procns_task *task = holding->tables[CONTAINER_INDEX(file->container)];

	holder->task = task;
	holder->fd = file->slot;
	if (file_is_opath(file))
		holder->flags |= PROCNS_HOLDER_OPATH;
	if (task && !task->leader)
		holder->flags |= PROCNS_HOLDER_PRIVATE_TABLE;
}

static struct procns_holder *node_of_descriptor(struct holding *holding, uint32_t file)
{
	struct procns_holder *node = holding->descriptors[file];

	if (node)
		return node;
	node = snapshot_holder(holding->snapshot, NULL, PROCNS_HOLDER_FD);
	if (!node)
		return NULL;
	set_descriptor(holding, node, &holding->files[file]);
	holding->descriptors[file] = node;
	return node;
}

static struct procns_holder *node_of_sock(struct holding *holding, struct sock_state *sock, enum procns_holder_kind kind)
{
	struct procns_holder *node = snapshot_holder(holding->snapshot, NULL, kind);

	if (!node)
		return NULL;
	node->flags = sock->flags;
	node->socket = socket_of(holding, sock);
	if (!node->socket || postpone(holding, (struct pending){ .node = node, .sock = sock }) < 0)
		return NULL;
	return node;
}

static struct procns_holder *as_queue(struct holding *holding, struct sock_state *sock)
{
	if (!sock->as_queue)
		sock->as_queue = node_of_sock(holding, sock, PROCNS_HOLDER_IN_FLIGHT);
	return sock->as_queue;
}

static struct procns_holder *as_socket(struct holding *holding, struct sock_state *sock)
{
	if (!sock->as_socket)
		sock->as_socket = node_of_sock(holding, sock, PROCNS_HOLDER_SOCKET);
	return sock->as_socket;
}

static struct procns_holder *as_ring(struct holding *holding, struct ring_state *ring)
{
	struct procns_holder *node = ring->as_ring;

	if (node)
		return node;
	node = snapshot_holder(holding->snapshot, NULL, PROCNS_HOLDER_IO_URING);
	if (!node || postpone(holding, (struct pending){ .node = node, .ring = ring }) < 0)
		return NULL;
	ring->as_ring = node;
	return node;
}

static struct procns_holder *cause_of_file(struct holding *holding, uint32_t file)
{
	uint32_t container = holding->files[file].container;

	switch (CONTAINER_KIND(container)) {
	case IN_QUEUE:
		return as_queue(holding, &holding->socks[CONTAINER_INDEX(container)]);
	case IN_RING:
		return as_ring(holding, &holding->rings[CONTAINER_INDEX(container)]);
	default:
		return node_of_descriptor(holding, file);
	}
}

static int add_cause(struct holding *holding, struct procns_holder *holder, const struct procns_holder *cause)
{
	return cause ? snapshot_cause(holding->snapshot, holder, cause) : -ENOMEM;
}

int add_cause_of_file(struct holding *holding, struct procns_holder *holder, uint32_t file)
{
	const struct procns_holder *cause = cause_of_file(holding, file);

	return add_cause(holding, holder, cause) < 0 ? -ENOMEM : add_position(holding, holder, cause, file);
}

static int put_position(struct holding *holding, struct procns_holder *holder, struct procns_position position, uint32_t place)
{
	position.out_of_band = place & OUT_OF_BAND;
	position.message = place & ~OUT_OF_BAND;
	if (position.message == NO_PLACE && !position.out_of_band)
		return 0;
	if (position.message == NO_PLACE)
		position.message = PROCNS_NO_MESSAGE;
	return snapshot_position(holding->snapshot, holder, &position);
}

int add_position(struct holding *holding, struct procns_holder *holder, const struct procns_holder *queue, uint32_t file)
{
	const struct file_record *record = &holding->files[file];

	if (CONTAINER_KIND(record->container) != IN_QUEUE ||
	    file < holding->socks[CONTAINER_INDEX(record->container)].record->first_file)
		return 0;
	return put_position(holding, holder, (struct procns_position){ .queue = queue, .index = record->slot }, record->place);
}

/* One queue may have many files of the same socket: that is one cause, and they come one after the other. */
static int add_files(struct holding *holding, uint32_t file, struct procns_holder *holder)
{
	const struct procns_holder *last = NULL;

	for (; file != NOTHING; file = holding->next_file[file]) {
		const struct procns_holder *cause = cause_of_file(holding, file);

		if (cause != last && add_cause(holding, holder, cause) < 0)
			return -ENOMEM;
		if (add_position(holding, holder, cause, file) < 0)
			return -ENOMEM;
		last = cause;
	}
	return 0;
}

/* A message in flight keeps the closed socket that sent it; a listener or a connected socket keeps the other end. */
static const struct procns_holder *cause_of_edge(struct holding *holding, const struct sock_edge_record *edge)
{
	struct sock_state *from = &holding->socks[edge->from];

	return edge->kind == EDGE_SENDER ? as_queue(holding, from) : as_socket(holding, from);
}

static int add_edge(struct holding *holding, uint32_t i, struct procns_holder *holder)
{
	const struct sock_edge_record *edge = (const struct sock_edge_record *)walk_records(holding->walk, ARRAY_EDGES) + i;
	const struct procns_holder *cause = cause_of_edge(holding, edge);

	if (add_cause(holding, holder, cause) < 0)
		return -ENOMEM;
	if (edge->kind != EDGE_UNACCEPTED || i < holding->socks[edge->from].record->first_edge)
		return 0;
	return put_position(holding, holder, (struct procns_position){ .queue = cause, .connection = true }, edge->place);
}

int add_causes_of_sock(struct holding *holding, struct sock_state *sock, struct procns_holder *holder)
{
	if (add_files(holding, sock->first_file, holder) < 0)
		return -ENOMEM;
	for (uint32_t i = sock->first_edge; i != NOTHING; i = holding->next_edge[i])
		if (add_edge(holding, i, holder) < 0)
			return -ENOMEM;
	return 0;
}

int add_causes_of_ring(struct holding *holding, struct ring_state *ring, struct procns_holder *holder)
{
	return add_files(holding, ring->first_file, holder);
}

int finish_causes(struct holding *holding)
{
	while (holding->pending_count) {
		struct pending pending = holding->pending[--holding->pending_count];
		int err = pending.sock ? add_causes_of_sock(holding, pending.sock, pending.node) :
					 add_causes_of_ring(holding, pending.ring, pending.node);

		if (err)
			return err;
	}
	return 0;
}
