// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Watches of inotify and fanotify: one of a namespace's file keeps the namespace, though the file is open nowhere. */
#include "file.bpf.h"

RECORDS(watch_records, struct watch_record);

static __always_inline long enter_group(void)
{
	__u32 i = file_walk.groups_done;
	const struct group_record *group = bpf_map_lookup_elem(&group_records, &i);

	if (!group || i >= file_walk.group_count)
		return STOP;
	file_walk.groups_done++;
	file_walk.group = group->group;
	file_walk.marks = group->group + at.fsnotify_group.marks;
	file_walk.mark = read_u64(file_walk.marks);
	return GO_ON;
}

static __always_inline void look_at_inode(__u64 inode)
{
	struct watch_record *record;

	if (magic_of(inode) != NSFS_MAGIC)
		return;
	record = next_record(&watch_records, &file_walk.watch_count);
	if (!record)
		return;
	record->group = file_walk.group;
	read(&record->ns, inode + at.inode.private);
}

/* One step is one watch, or going on to the next group. A watch that is being removed leads to itself. */
static long step(__u32 i, void *unused)
{
	__u64 mark = file_walk.mark, next, object;

	if (!mark || mark == file_walk.marks)
		return enter_group();
	next = read_u64(mark);
	file_walk.mark = next != mark ? next : 0;
	file_walk.torn |= !file_walk.mark;
	object = read_u64(mark - at.fsnotify_mark.node + at.fsnotify_mark.connector);
	object = read_u64(object + at.fsnotify_connector.object);
	/* Until 6.9 it is not the inode that is kept, but the place in it where its own marks begin. */
	look_at_inode(object);
	look_at_inode(object - at.inode.marks);
	return GO_ON;
}

SEC("?raw_tp")
int walk_watches(void *unused)
{
	file_walk.mark = 0;
	bpf_loop(MAX_STEPS, step, 0, 0);
	return 0;
}
