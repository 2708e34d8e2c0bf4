/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What file.bpf.h, descriptors.bpf.c, rings.bpf.c and queues.bpf.c tell user space: open files, and what they are open in. */
#ifndef PROCNS_BPF_FILES_H
#define PROCNS_BPF_FILES_H

#include "walker.h"

/* What has files in it. `container` of a record is one of these and an index: CONTAINER(kind, index). */
enum container_kind {
	IN_TABLE,			/* of table_records; slot: the descriptor */
	IN_QUEUE,			/* of sock_records; slot: its place in the message's array */
	IN_RING,			/* of ring_records; slot: the fixed file's index */
};

#define CONTAINER(kind, index) ((__u32)(kind) << 30 | (index))
#define CONTAINER_KIND(container) ((container) >> 30)
#define CONTAINER_INDEX(container) ((container) & ((1u << 30) - 1))

/* Where in its queue a message or connection is: how many are before it; of a message perhaps with the bit OUT_OF_BAND. */
#define OUT_OF_BAND (1u << 31)
#define NO_PLACE (OUT_OF_BAND - 1)	/* in no queue any more, or it was taken out while it was looked at */

/*
 * A file that may hold a namespace: evidence, read whether it makes sense for this kind of file or not. User space judges by
 * magic, mode and name, and believes no address that is not a namespace's.
 */
struct file_record {
	__aligned_u64 file;
	__u32 container, slot;
	__u32 place;			/* IN_QUEUE: of the message in the queue, see NO_PLACE */
	__u32 pad;
	__u32 magic;			/* of its filesystem */
	__u32 f_mode;
	__u32 i_mode, i_rdev;
	__aligned_u64 name;		/* the first eight characters of its name */
	__aligned_u64 dentry;
	__aligned_u64 mnt;		/* struct vfsmount */
	__aligned_u64 mnt_ns;		/* where that is mounted: struct mnt_namespace; 0: nowhere any more */
	__aligned_u64 cred, user_ns;
	__aligned_u64 ucounts, ucounts_ns;	/* of cred; the user namespace these hold */
	__aligned_u64 i_private;
	__aligned_u64 private;		/* private_data; … */
	__aligned_u64 sock;		/* … as a struct socket: its sk */
	__aligned_u64 seq_private, seq_word;	/* … as a struct seq_file: its private, and the first word of that */
	__aligned_u64 cgroup_ns;	/* … of an open file of cgroupfs */
	__aligned_u64 fs_net, fs_user_ns;	/* … of a filesystem being configured: its struct net and user_namespace, … */
	__aligned_u64 fs_word;		/* … and the first word of what its type keeps */
	__aligned_u64 pid_ns;		/* i_private of pidfs, private of other files, as a struct pid: its namespace */
};

/* A descriptor table, named by user space: a thread that has it. */
struct table_record {
	__aligned_u64 task, files;
};

/* An io_uring. */
struct ring_record {
	__aligned_u64 ctx;
};

/* A group of inotify or fanotify watches. */
struct group_record {
	__aligned_u64 group;
};

/* A watch of a namespace's file. */
struct watch_record {
	__aligned_u64 group;
	__aligned_u64 ns;		/* struct ns_common */
};

#define COMMON_SIZE 136			/* of the beginning of struct sock that is kept: struct sock_common and what follows */

struct sock_record {
	__aligned_u64 sock;
	__aligned_u64 socket;		/* 0: closed, or not accepted yet */
	__aligned_u64 ino;
	__aligned_u64 peer;		/* of a unix socket: struct sock */
	__aligned_u64 peer_pid, peer_pid_ns;	/* of who connected or listens: struct pid, pid_namespace */
	__aligned_u64 peer_cred, peer_user_ns;
	__aligned_u64 common[COMMON_SIZE / 8];	/* as it is */
	__u16 type, protocol;
	__u32 portid;			/* of netlink */
	__u32 name_at;			/* of a unix socket that has one: 1 + which of name_records */
	__u32 first_file, first_edge;	/* the places of file_records and sock_edge_records before these are void: it was walked again */
	__u32 pad;
};

/* The address of a unix socket: the kernel's struct sockaddr_un, of this length. */
struct name_record {
	__u32 length;
	char address[124];
};

/* Why a socket that no descriptor leads to is alive. */
enum sock_edge_kind {
	EDGE_UNACCEPTED,		/* `to` waits to be accepted by `from` */
	EDGE_SENDER,			/* `to` is closed and sent a message that waits in the queue of `from` */
	EDGE_PEER,			/* `to` is closed and `from` is connected to it */
};

struct sock_edge_record {
	__u32 kind;
	__u32 from;			/* of sock_records */
	__aligned_u64 to;		/* struct sock */
	__u32 place;			/* UNACCEPTED: in the queue of connections, as of a file's message */
	__u32 pad;
};

/* State of the walks. */
struct file_walk {
	/* Set by user space */
	__u32 table_count;
	__u32 pad;
	__aligned_u64 initial_user_ns;	/* credentials in it hold nothing worth a record */

	/* How many records there are, or would be were the arrays larger */
	__u32 file_count, ring_count, sock_count, name_count, edge_count, seen_count, group_count, watch_count;

	/* How far each walk is: user space goes on while one has work left */
	__u32 tables_done, rings_done, socks_done, groups_done;
	__u32 torn;			/* a list changed while it was walked, again and again */
	__u32 pad2;

	__u32 container;		/* the walk is in */
	__u32 slot;			/* next in it */
	__u32 slot_count;		/* rings, messages: how many it has */
	__aligned_u64 slots;		/* address of its array of files */

	/* descriptors */
	__aligned_u64 open_word;	/* bits of slot … slot + 63 not looked at yet */
	__aligned_u64 open_words;	/* address of the bitmap */

	/* queues */
	__u32 sock_index;		/* of the socket the walk is at */
	__u32 place;			/* in the queue, of what is looked at */
	__u32 next_place;
	__u32 lost;			/* the message looked at is in no queue any more: begin again after it */
	__aligned_u64 sock;
	__aligned_u64 queue;		/* the queue's head */
	__aligned_u64 message;		/* to be looked at next; the head or 0: the queue's end */
	__aligned_u64 out_of_band;	/* message to be looked at after the queue */
	__aligned_u64 request;		/* connection to be looked at next */
	__aligned_u64 sender;		/* of the message before */
	__aligned_u64 orphan;		/* socket to be looked at: is it nobody's? */
	__u32 sender_is, orphan_is;	/* enum sock_edge_kind, if it is */
	__u32 messages_left;		/* at most so many are looked at */
	__u32 tries;			/* of this queue */

	/* watches */
	__aligned_u64 group;
	__aligned_u64 marks, mark;	/* the head of the group's list; its node to look at next */

	/* The filesystem and the credentials of the file before: mostly the same again */
	__aligned_u64 sb, cred, cred_user_ns;
	__u32 magic;
	__u32 pad3;

	__aligned_u64 head[MAX_HEAD / 8];	/* of the struct file being looked at */
};

#endif
