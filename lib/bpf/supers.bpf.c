// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Filesystems that belong to namespaces, bind mounts of namespaces, and where in which mount namespace they are mounted.
 *
 * The list of all filesystems begins at the caller's root; its head looks like one more, but its root is not its own.
 */
#include "walker.bpf.h"
#include "supers.h"

#define NSFS_MAGIC 0x6e736673
#define PROC_MAGIC 0x9fa0

struct super_walk super_walk;

RECORDS(super_records, struct super_record);
RECORDS(place_records, struct place_record);
RECORDS(part_records, struct part_record);

static __always_inline void enter_mounts(__u64 sb)
{
	super_walk.mounts = present(at.mount.instance) ? sb + at.sb.mounts : 0;
	super_walk.mount = read_u64(sb + at.sb.mounts);
}

static __always_inline void record_super(__u64 sb)
{
	__u32 magic = read_u32(sb + at.sb.magic);
	__u64 user_ns = read_u64(sb + at.sb.user_ns), pid_ns = super_walk.initial_pid_ns;
	struct super_record *record;

	if (magic == PROC_MAGIC)
		pid_ns = read_u64(read_u64(sb + at.sb.fs_info) + at.proc_fs_info.pid_ns);
	if (magic != NSFS_MAGIC && user_ns == super_walk.initial_user_ns && pid_ns == super_walk.initial_pid_ns)
		return;
	record = next_record(&super_records, &super_walk.super_count);
	if (!record)
		return;
	record->sb = sb;
	record->user_ns = user_ns;
	record->pid_ns = pid_ns;
	record->magic = magic;
	read(&record->dev, sb + at.sb.dev);
	read(&record->type, read_u64(read_u64(sb + at.sb.type) + at.file_system_type.name));
	super_walk.is_nsfs = magic == NSFS_MAGIC;
	enter_mounts(sb);
}

static __always_inline long next_super(void)
{
	__u64 node = super_walk.node, sb = node - at.sb.list;

	super_walk.sb = sb;
	super_walk.node = read_u64(node);
	super_walk.torn |= !super_walk.node || super_walk.node == node;
	if (read_u64(read_u64(sb + at.sb.root) + at.dentry.sb) == sb)
		record_super(sb);
	return super_walk.torn ? STOP : GO_ON;
}

/* Up from where this mount is mounted. */
static __always_inline void enter_path_of_mount(__u64 mount)
{
	__u64 parent = read_u64(mount + at.mount.parent);

	super_walk.path_mount = parent != mount ? parent : 0;
	super_walk.dentry = read_u64(mount + at.mount.mountpoint);
}

static __always_inline long next_mount(void)
{
	__u64 node = super_walk.mount, mount = present(at.mount.instance) ? node - at.mount.instance : node;
	__u64 next = read_u64(present(at.mount.instance) ? node : node + at.mount.next_for_sb);
	struct place_record *record;

	super_walk.mount = next != super_walk.mounts ? next : 0;
	if (present(at.mount.instance) && next == 0)
		super_walk.torn = 1;
	super_walk.place = super_walk.place_count;
	record = next_record(&place_records, &super_walk.place_count);
	if (!record)
		return GO_ON;
	record->mount = mount;
	record->sb = super_walk.sb;
	record->is_nsfs = super_walk.is_nsfs;
	record->first_part = super_walk.part_count;
	read(&record->ns, read_u64(read_u64(mount + at.mount.mnt + at.vfsmount.root) + at.dentry.inode) + at.inode.private);
	read(&record->mnt_ns, mount + at.mount.ns);
	read(&record->inum, record->mnt_ns + at.ns_at[NS_MNT] + at.ns.inum);
	if (present(at.mnt_ns.seq))
		read(&record->seq, record->mnt_ns + at.mnt_ns.seq);
	enter_path_of_mount(mount);
	return GO_ON;
}

static __always_inline long next_asked(void)
{
	struct place_record *record;

	super_walk.place = super_walk.asked_done++;
	record = bpf_map_lookup_elem(&place_records, &super_walk.place);
	if (!record)
		return GO_ON;
	record->first_part = super_walk.part_count;
	super_walk.path_mount = record->mount;
	super_walk.dentry = record->dentry;
	return GO_ON;
}

/* Records what is left of the dentry's name. */
static __always_inline void record_part(__u64 dentry)
{
	struct place_record *place = bpf_map_lookup_elem(&place_records, &super_walk.place);
	struct part_record *record = next_record(&part_records, &super_walk.part_count);
	__u64 name = read_u64(dentry + at.dentry.name) + super_walk.name_at;

	if (!place || !record)
		return;
	if (++place->part_count == MAX_PARTS)
		super_walk.path_mount = 0;
	record->name[0] = 0;
	record->more = bpf_probe_read_kernel_str(record->name, PART_SIZE, (void *)name) == PART_SIZE;
	super_walk.name_at = record->more ? super_walk.name_at + PART_SIZE - 1 : 0;
}

/* One step up: by one name, or from the root of a mount to where that is mounted. */
static __always_inline long climb(void)
{
	__u64 dentry = super_walk.dentry, mount = super_walk.path_mount;
	__u64 parent = read_u64(dentry + at.dentry.parent);

	if (dentry == read_u64(mount + at.mount.mnt + at.vfsmount.root)) {
		enter_path_of_mount(mount);
		return GO_ON;
	}
	record_part(dentry);
	if (!super_walk.name_at)
		super_walk.dentry = parent;
	if (parent == dentry)
		super_walk.path_mount = 0;
	return GO_ON;
}

/* One step is one name on the way up to the root, one place asked for, one mount, or one filesystem. */
static long step(__u32 i, void *unused)
{
	if (super_walk.path_mount)
		return climb();
	if (super_walk.asked_done < super_walk.asked_count)
		return next_asked();
	if (super_walk.mount)
		return next_mount();
	if (super_walk.sb && super_walk.node == super_walk.first)
		return STOP;
	return next_super();
}

SEC("?raw_tp")
int walk_supers(void *unused)
{
	__u64 fs = read_u64(bpf_get_current_task() + at.task.fs);

	super_walk.first = read_u64(read_u64(fs + at.fs.root_mnt) + at.vfsmount.sb) + at.sb.list;
	super_walk.node = super_walk.first;
	bpf_loop(MAX_STEPS, step, 0, 0);
	return 0;
}
