// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Mapped files and executables. An address space keeps its areas in a tree of nodes of up to 16 slots (a maple tree, 6.1); the
 * walk goes through it from left to right, and trusts an area if it says that it is of this address space.
 */
#include "walker.bpf.h"
#include "mappings.h"

#define TMPFS_MAGIC 0x01021994
#define HUGETLBFS_MAGIC 0x958458f6

#define NODE_MASK 255ULL		/* what of an encoded address is not the node's */
#define NODE_TYPE(encoded) ((encoded) >> 3 & 15)
#define LEAF 1				/* maple_leaf_64 */
#define RANGE 2				/* maple_range_64 */
#define ARANGE 3			/* maple_arange_64: ten slots */
#define NODE_SLOTS 16
#define ARANGE_SLOTS 10

struct mapping_walk mapping_walk;

RECORDS(mm_records, struct mm_record);
RECORDS(mapping_records, struct mapping_record);

static const char shm_name[4] = "SYSV";

static __always_inline __u64 head_u64(__u16 offset)
{
	return *(__u64 *)((char *)mapping_walk.head + offset);
}

/* A segment's file is on the kernel's own tmpfs or hugetlbfs, under a name like SYSV00000000. */
static __always_inline bool is_shm(void)
{
	__u64 sb = read_u64(head_u64(at.file.inode) + at.inode.sb);

	if (sb != mapping_walk.sb) {
		mapping_walk.magic = read_u32(sb + at.sb.magic);
		mapping_walk.sb = sb;
	}
	return (mapping_walk.magic == TMPFS_MAGIC || mapping_walk.magic == HUGETLBFS_MAGIC) &&
	       read_u32(read_u64(head_u64(at.file.dentry) + at.dentry.name)) == *(const __u32 *)shm_name;
}

static __always_inline void look_at_file(__u64 file)
{
	struct mapping_record *record;
	__u64 cred;
	bool shm;

	if (!file || file == mapping_walk.file || bpf_probe_read_kernel(mapping_walk.head, at.file.head, (void *)file))
		return;
	mapping_walk.file = file;
	cred = head_u64(at.file.cred);
	if (cred != mapping_walk.cred) {
		mapping_walk.cred_user_ns = read_u64(cred + at.cred.user_ns);
		mapping_walk.cred = cred;
	}
	shm = is_shm();
	if (!shm && mapping_walk.cred_user_ns == mapping_walk.initial_user_ns)
		return;
	record = next_record(&mapping_records, &mapping_walk.count);
	if (!record)
		return;
	record->file = file;
	record->cred = cred;
	record->user_ns = mapping_walk.cred_user_ns;
	record->mm = mapping_walk.mm_index;
	record->is_shm = shm;
	read(&record->ucounts, cred + at.cred.ucounts);
	read(&record->ucounts_ns, record->ucounts + at.ucounts.ns);
	read(&record->ipc_ns, head_u64(at.file.private) + at.shm_file_data.ns);
}

/* Into the node at this encoded address, the depth being set already. */
static __always_inline void enter_node(__u64 encoded, __u64 end)
{
	__u32 depth = bounded(mapping_walk.depth, MAX_DEPTH);

	mapping_walk.way[depth].node = encoded;
	mapping_walk.way[depth].end = end;
	mapping_walk.way[depth].slot = 0;
	mapping_walk.type = NODE_TYPE(encoded);
	read(&mapping_walk.content, encoded & ~NODE_MASK);
}

static __always_inline long enter_mm(void)
{
	__u32 i = mapping_walk.done++;
	struct mm_record *record = bpf_map_lookup_elem(&mm_records, &i);
	__u64 mm, root;

	if (!record || i >= mapping_walk.mm_count)
		return STOP;
	mm = record->mm;
	if (read_u64(record->task + at.task.mm) != mm)
		return GO_ON;
	mapping_walk.mm = mm;
	mapping_walk.mm_index = i;
	record->user_ns = present(at.mm.user_ns) ? read_u64(mm + at.mm.user_ns) :
			  read_u64(read_u64(record->task + at.task.exec_state) + at.exec_state.user_ns);
	look_at_file(read_u64(mm + at.mm.exe_file));
	root = read_u64(mm + at.mm.tree + at.maple_tree.root);
	if (root & 2 && root > 4096) {
		mapping_walk.depth = 1;
		enter_node(root, ~0ULL);
	}
	return GO_ON;
}

/* Back to the node above. */
static __always_inline long leave_node(void)
{
	__u32 depth = bounded(--mapping_walk.depth, MAX_DEPTH);
	__u64 encoded = mapping_walk.way[depth].node;

	mapping_walk.type = NODE_TYPE(encoded);
	if (depth)
		read(&mapping_walk.content, encoded & ~NODE_MASK);
	return GO_ON;
}

/* A node is its parent's address, then its pivots (one less than slots), then its slots. */
static __always_inline __u64 content_at(__u32 i)
{
	return mapping_walk.content[bounded(i, 32)];
}

/* One step is one slot of a node, leaving a node, or going on to the next address space. */
static long step(__u32 i, void *unused)
{
	__u32 depth = bounded(mapping_walk.depth, MAX_DEPTH);
	__u32 slots = mapping_walk.type == ARANGE ? ARANGE_SLOTS : NODE_SLOTS;
	__u32 slot = mapping_walk.way[depth].slot;
	__u64 end = mapping_walk.way[depth].end, pivot, entry;

	if (!depth)
		return enter_mm();
	if (slot >= slots)
		return leave_node();
	pivot = slot < slots - 1 ? content_at(1 + slot) : end;
	if (slot && !pivot)
		pivot = end;
	mapping_walk.way[depth].slot = pivot >= end ? NODE_SLOTS : slot + 1;
	entry = content_at(slots + slot);
	if (!entry)
		return GO_ON;
	if (mapping_walk.type == LEAF) {
		if (read_u64(entry + at.vma.mm) == mapping_walk.mm)
			look_at_file(read_u64(entry + at.vma.file));
	} else if (depth < MAX_DEPTH - 1) {
		mapping_walk.depth++;
		enter_node(entry, pivot);
	}
	return GO_ON;
}

SEC("?raw_tp")
int walk_mappings(void *unused)
{
	bpf_loop(MAX_STEPS, step, 0, 0);
	return 0;
}
