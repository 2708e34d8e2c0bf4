// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sockets, and what is in their queues: files in flight, connections nobody accepted yet, and closed sockets that a peer or a
 * message of theirs keeps. Sockets found on the way are put on the list that is being walked.
 */
#include "file.bpf.h"

#define AF_UNIX 1
#define AF_INET 2
#define AF_NETLINK 16
#define AF_INET6 10
#define SOCK_STREAM 1
#define IPPROTO_TCP 6
#define TCP_LISTEN 10

#define SLACK 1000			/* messages that may come while a queue is walked */
#define MAX_TRIES 16

RECORDS(name_records, struct name_record);
RECORDS(sock_edge_records, struct sock_edge_record);

/*
 * A socket that may be in nobody's hands: then it has no socket a descriptor could be of, it goes on the list, and why it lives
 * is recorded. What is met on the way is noted here, and looked at in a step of its own: that keeps the program short.
 */
static __always_inline void note_orphan(__u32 kind, __u64 to)
{
	file_walk.orphan_is = kind;
	file_walk.orphan = to;
}

static __always_inline long look_at_orphan(void)
{
	__u64 to = file_walk.orphan;
	struct sock_edge_record *record;

	file_walk.orphan = 0;
	if (read_u64(to + at.sock.socket))
		return GO_ON;
	record = next_record(&sock_edge_records, &file_walk.edge_count);
	if (!record)
		return GO_ON;
	record->kind = file_walk.orphan_is;
	record->from = file_walk.sock_index;
	record->to = to;
	record->place = file_walk.place;
	list_sock(to);
	return GO_ON;
}

static __always_inline void record_name(struct sock_record *sock, __u64 address)
{
	struct name_record *record;

	if (!address)
		return;
	record = next_record(&name_records, &file_walk.name_count);
	if (!record)
		return;
	sock->name_at = file_walk.name_count;
	read(&record->length, address + at.unix_address.length);
	read(&record->address, address + at.unix_address.name);
}

static __always_inline __u64 out_of_band_of(__u64 sock)
{
	return present(at.unix_sock.oob_skb) ? read_u64(sock + at.unix_sock.oob_skb) : 0;
}

static __always_inline void enter_unix(struct sock_record *record, __u64 sock, __u32 state)
{
	record_name(record, read_u64(sock + at.unix_sock.address));
	file_walk.sock = sock;
	file_walk.queue = sock + at.sock.queue;
	file_walk.message = read_u64(file_walk.queue);
	file_walk.out_of_band = out_of_band_of(sock);
	file_walk.messages_left = read_u32(file_walk.queue + at.sk_queue.length) + SLACK;
	file_walk.sender = 0;
	file_walk.sender_is = state == TCP_LISTEN ? EDGE_UNACCEPTED : EDGE_SENDER;
	read(&record->peer, sock + at.unix_sock.peer);
	read(&record->peer_pid, sock + at.sock.peer_pid);
	record->peer_pid_ns = active_pid_ns(record->peer_pid);
	read(&record->peer_cred, sock + at.sock.peer_cred);
	read(&record->peer_user_ns, record->peer_cred + at.cred.user_ns);
	note_orphan(EDGE_PEER, record->peer);
}

static __always_inline long enter_sock(void)
{
	__u32 i = file_walk.socks_done;
	struct sock_record *record = bpf_map_lookup_elem(&sock_records, &i);
	__u32 family, state;
	__u64 sock;

	if (!record || i >= file_walk.sock_count)
		return STOP;
	file_walk.socks_done++;
	file_walk.sock_index = i;
	file_walk.container = CONTAINER(IN_QUEUE, i);
	file_walk.place = 0;
	file_walk.next_place = 0;
	file_walk.slot = 0;
	file_walk.slot_count = 0;
	file_walk.message = 0;
	file_walk.out_of_band = 0;
	file_walk.request = 0;
	file_walk.tries = 0;

	sock = record->sock;
	read(&record->socket, sock + at.sock.socket);
	read(&record->common, sock);
	read(&record->type, sock + at.sock.type);
	read(&record->protocol, sock + at.sock.protocol);
	read(&record->ino, record->socket + at.socket.inode + at.inode.ino);
	family = read_u32(sock + at.sock_common.family) & 0xffff;
	state = read_u32(sock + at.sock_common.state) & 0xff;
	if (family == AF_UNIX)
		enter_unix(record, sock, state);
	else if (family == AF_NETLINK)
		read(&record->portid, sock + at.netlink_sock.portid);
	else if ((family == AF_INET || family == AF_INET6) && state == TCP_LISTEN && record->protocol == IPPROTO_TCP)
		file_walk.request = read_u64(sock + at.icsk.accept_queue + at.request_queue.head);
	return GO_ON;
}

static __always_inline long next_file(void)
{
	__u32 slot = file_walk.slot++;

	record_file(read_u64(file_walk.slots + (__u64)slot * sizeof(__u64)), file_walk.container, slot);
	return GO_ON;
}

static __always_inline long enter_message(__u64 message)
{
	__u64 files = read_u64(message + at.sk_buff.cb + at.unix_skb.files);
	__u64 sender = read_u64(message + at.sk_buff.sk);

	file_walk.slot = 0;
	file_walk.slot_count = files ? read_u32(files + at.scm_files.count) & 0x7fff : 0;
	file_walk.slots = files + at.scm_files.files;
	if (sender != file_walk.sender)
		note_orphan(file_walk.sender_is, sender);
	file_walk.sender = sender;
	return GO_ON;
}

/*
 * A message that is received while it is looked at leads nowhere: back to the head of the queue. Then some files are recorded
 * twice, and only the places of the last time count. After too many tries it is told that this queue may not be known whole.
 */
static __always_inline long begin_again(void)
{
	bool give_up = file_walk.tries == MAX_TRIES;
	__u32 i = file_walk.sock_index;
	struct sock_record *record = bpf_map_lookup_elem(&sock_records, &i);

	if (record) {
		record->first_file = file_walk.file_count;
		record->first_edge = file_walk.edge_count;
	}
	file_walk.torn |= give_up;
	file_walk.tries++;
	file_walk.next_place = 0;
	file_walk.out_of_band = out_of_band_of(file_walk.sock);
	file_walk.message = give_up ? 0 : read_u64(file_walk.queue);
	file_walk.messages_left = read_u32(file_walk.queue + at.sk_queue.length) + SLACK;
	return GO_ON;
}

/* A message out of band is mostly in the queue too; then it is met there. */
static __always_inline long next_message(__u64 message)
{
	file_walk.message = read_u64(message);
	file_walk.place = file_walk.next_place++;
	if (message == file_walk.out_of_band) {
		file_walk.place |= OUT_OF_BAND;
		file_walk.out_of_band = 0;
	}
	if (!file_walk.message || !--file_walk.messages_left) {
		file_walk.message = 0;
		file_walk.place = NO_PLACE;
		file_walk.lost = 1;
	}
	return enter_message(message);
}

/* One step is one socket met, one file of a message, one message, one connection, or going on to the next socket. */
static long step(__u32 i, void *unused)
{
	__u64 message = file_walk.message, request = file_walk.request;

	if (file_walk.orphan)
		return look_at_orphan();
	if (file_walk.slot < file_walk.slot_count)
		return next_file();
	if (file_walk.lost) {
		file_walk.lost = 0;
		return begin_again();
	}
	if (message && message != file_walk.queue)
		return next_message(message);
	if (file_walk.out_of_band) {
		message = file_walk.out_of_band;
		file_walk.out_of_band = 0;
		file_walk.place = NO_PLACE | OUT_OF_BAND;
		return enter_message(message);
	}
	if (request) {
		file_walk.place = file_walk.next_place++;
		note_orphan(EDGE_UNACCEPTED, read_u64(request + at.request.sk));
		file_walk.request = read_u64(request + at.request.next);
		return GO_ON;
	}
	return enter_sock();
}

SEC("?raw_tp")
int walk_queues(void *unused)
{
	file_walk.slot_count = 0;
	file_walk.message = 0;
	bpf_loop(MAX_STEPS, step, 0, 0);
	return 0;
}
