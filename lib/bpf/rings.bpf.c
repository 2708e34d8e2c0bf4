// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Files registered with io_urings: a ring keeps them open though no table has them. */
#include "file.bpf.h"

#define FILE_FLAGS 7			/* the low bits of a fixed file's address are flags */

static __always_inline long enter_ring(void)
{
	__u32 i = file_walk.rings_done;
	const struct ring_record *ring = bpf_map_lookup_elem(&ring_records, &i);

	if (!ring || i >= file_walk.ring_count)
		return STOP;
	file_walk.rings_done++;
	file_walk.container = CONTAINER(IN_RING, i);
	file_walk.slot = 0;
	file_walk.slot_count = read_u32(ring->ctx + at.ring.nr);
	file_walk.slots = read_u64(ring->ctx + (present(at.ring.nodes) ? at.ring.nodes : at.ring.files));
	return GO_ON;
}

/* One step is one slot of a ring's table, or going on to the next ring. */
static long step(__u32 i, void *unused)
{
	__u32 slot = file_walk.slot;
	__u64 file;

	if (slot >= file_walk.slot_count)
		return enter_ring();
	file_walk.slot++;
	file = read_u64(file_walk.slots + (__u64)slot * sizeof(__u64));
	if (present(at.ring.nodes) && file)
		file = read_u64(file + at.rsrc_node.file);
	if (file)
		record_file(file & ~(__u64)FILE_FLAGS, file_walk.container, slot);
	return GO_ON;
}

SEC("?raw_tp")
int walk_rings(void *unused)
{
	file_walk.slot_count = 0;
	bpf_loop(MAX_STEPS, step, 0, 0);
	return 0;
}
