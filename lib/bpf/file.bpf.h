/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One open file: may it hold a namespace? Then it is recorded, and if it has files in turn, it is put on a list. */
#ifndef PROCNS_FILE_BPF_H
#define PROCNS_FILE_BPF_H

#include "walker.bpf.h"
#include "seed.bpf.h"
#include "files.h"

#define NSFS_MAGIC 0x6e736673
#define SOCKFS_MAGIC 0x534f434b
#define PROC_MAGIC 0x9fa0
#define CGROUP_MAGIC 0x27e0eb
#define CGROUP2_MAGIC 0x63677270
#define ANON_INODE_MAGIC 0x09041934
#define PIDFS_MAGIC 0x50494446
#define TUN_DEVICE (10 << 20 | 200)
#define ERROR_EXISTS 17			/* EEXIST */
#define NEED_UNMOUNT 0x10000000		/* FMODE_NEED_UNMOUNT: closing it takes a detached tree of mounts down */

/* What the kernel names some files: as much of it as records have. */
static const char ring_name[8] = "[io_urin", inotify_name[8] = "inotify", fanotify_name[8] = "[fanotif";

extern struct file_walk file_walk;
extern RECORDS(file_records, struct file_record);
extern RECORDS(ring_records, struct ring_record);
extern RECORDS(sock_records, struct sock_record);
extern RECORDS(group_records, struct group_record);

/* Addresses that are on a list already, so that what is reached by two ways, or in circles, is walked once. */
extern struct {
	__uint(type, MAP_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u32);
} seen SEC(".maps");

/* True the first time. Where there is no room it is counted as well, and all is done again with more. */
static __always_inline bool see(__u64 address)
{
	__u32 yes = 1;
	long err;

	if (!address)
		return false;
	err = bpf_map_update_elem(&seen, &address, &yes, MAP_NO_EXIST);
	if (err != -ERROR_EXISTS)
		file_walk.seen_count++;
	return !err;
}

static __always_inline void list_sock(__u64 sock)
{
	struct sock_record *record = see(sock) ? next_record(&sock_records, &file_walk.sock_count) : 0;

	if (record)
		record->sock = sock;
}

static __always_inline void list_ring(__u64 ctx)
{
	struct ring_record *record = see(ctx) ? next_record(&ring_records, &file_walk.ring_count) : 0;

	if (record)
		record->ctx = ctx;
}

static __always_inline void list_group(__u64 group)
{
	struct group_record *record = see(group) ? next_record(&group_records, &file_walk.group_count) : 0;

	if (record)
		record->group = group;
}

/* A field of the struct file that was read whole. */
static __always_inline __u64 head_u64(__u16 offset)
{
	return *(__u64 *)((char *)file_walk.head + offset);
}

static __always_inline __u32 head_u32(__u16 offset)
{
	return *(__u32 *)((char *)file_walk.head + offset);
}

static __always_inline __u32 magic_of(__u64 inode)
{
	__u64 sb = read_u64(inode + at.inode.sb);

	if (sb != file_walk.sb) {
		file_walk.magic = read_u32(sb + at.sb.magic);
		file_walk.sb = sb;
	}
	return file_walk.magic;
}

static __always_inline __u64 user_ns_of(__u64 cred)
{
	if (cred != file_walk.cred) {
		file_walk.cred_user_ns = read_u64(cred + at.cred.user_ns);
		file_walk.cred = cred;
	}
	return file_walk.cred_user_ns;
}

static __always_inline bool may_hold(__u32 magic, __u32 i_rdev, __u32 f_mode, __u64 user_ns)
{
	return magic == NSFS_MAGIC || magic == SOCKFS_MAGIC || magic == PROC_MAGIC || magic == ANON_INODE_MAGIC ||
	       magic == CGROUP2_MAGIC || magic == CGROUP_MAGIC || magic == PIDFS_MAGIC || i_rdev == TUN_DEVICE ||
	       f_mode & NEED_UNMOUNT || user_ns != file_walk.initial_user_ns;
}

static __always_inline void record_evidence(struct file_record *record, __u64 inode)
{
	__u64 private = head_u64(at.file.private), seq_private = read_u64(private + at.seq_file.private);
	__u64 name = read_u64(record->dentry + at.dentry.name);

	record->private = private;
	record->seq_private = seq_private;
	read(&record->seq_word, seq_private);
	read(&record->i_mode, inode + at.inode.mode);
	read(&record->ucounts, record->cred + at.cred.ucounts);
	read(&record->ucounts_ns, record->ucounts + at.ucounts.ns);
	read(&record->i_private, inode + at.inode.private);
	read(&record->sock, private + at.socket.sk);
	read(&record->mnt_ns, record->mnt - at.mount.mnt + at.mount.ns);
	read(&record->name, name);
	record->pid_ns = active_pid_ns(record->magic == PIDFS_MAGIC ? record->i_private : private);
	read(&record->cgroup_ns, read_u64(seq_private + at.kernfs_open_file.priv) + at.cgroup_file_ctx.ns);
}

static __always_inline bool is_named(const struct file_record *record, const char *name)
{
	return record->name == *(const __u64 *)name;
}

/* An anonymous inode may be anything: the name says what. */
static __always_inline void look_at_anonymous(struct file_record *record)
{
	__u64 private = record->private;

	read(&record->fs_net, private + at.fs_context.net_ns);
	read(&record->fs_user_ns, private + at.fs_context.user_ns);
	read(&record->fs_word, read_u64(private + at.fs_context.fs_private));
	if (is_named(record, ring_name))
		list_ring(private);
	else if (is_named(record, inotify_name) || is_named(record, fanotify_name))
		list_group(private);
}

static __always_inline void look_inside(struct file_record *record)
{
	if (record->magic == SOCKFS_MAGIC)
		list_sock(record->sock);
	else if (record->i_rdev == TUN_DEVICE)
		list_sock(record->private);
	else if (record->magic == ANON_INODE_MAGIC)
		look_at_anonymous(record);
}

static __always_inline void record_file(__u64 file, __u32 container, __u32 slot)
{
	struct file_record *record;
	__u64 inode, user_ns;
	__u32 magic, i_rdev, f_mode;

	if (bpf_probe_read_kernel(file_walk.head, at.file.head, (void *)file))
		return;
	inode = head_u64(at.file.inode);
	f_mode = head_u32(at.file.mode);
	user_ns = user_ns_of(head_u64(at.file.cred));
	magic = magic_of(inode);
	i_rdev = read_u32(inode + at.inode.rdev);
	if (!may_hold(magic, i_rdev, f_mode, user_ns))
		return;

	record = next_record(&file_records, &file_walk.file_count);
	if (!record)
		return;
	record->file = file;
	record->container = container;
	record->slot = slot;
	record->place = file_walk.place;
	record->magic = magic;
	record->f_mode = f_mode;
	record->i_rdev = i_rdev;
	record->cred = file_walk.cred;
	record->user_ns = user_ns;
	record->mnt = head_u64(at.file.mnt);
	record->dentry = head_u64(at.file.dentry);
	record_evidence(record, inode);
	look_inside(record);
}

#endif
