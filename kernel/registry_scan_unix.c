// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files in flight. The table of a network namespace has every unix socket, also those in no
 * descriptor table: in flight themselves, not yet accepted, kept by an io_uring. So nesting needs
 * no care: each queue is met by its socket.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/af_unix.h>
#include <net/scm.h>
#include <net/sock.h>

#include "registry_scan.h"

#if IS_ENABLED(CONFIG_UNIX)

/* The sockets of one bucket whose queues are to be looked at, each with a reference. */
struct waiting {
	struct sock **socks;
	size_t size;
	size_t count;	/* more than size: there was no room for them all */
};

/* Who was at the other end is kept, though it be gone. */
static void scan_peer(struct registry_scan *scan, struct sock *sk)
{
	spin_lock(&sk->sk_peer_lock);
	if (sk->sk_peer_cred)
		scan_cred(scan, sk->sk_peer_cred);
	if (sk->sk_peer_pid)
		scan_pid(scan, sk->sk_peer_pid);
	spin_unlock(&sk->sk_peer_lock);
}

static void scan_message(struct registry_scan *scan, struct sk_buff *skb)
{
	const struct scm_fp_list *files = UNIXCB(skb).fp;
	int i;

	for (i = 0; files && i < files->count; i++)
		scan_file(scan, files->fp[i]);
}

/*
 * A reader takes the files off a message that is still in the queue, so the readers' lock is
 * needed. It may be held for as long as the reader's memory takes to come, which is for the reader
 * to say: never wait for it.
 */
static void scan_queue(struct registry_scan *scan, struct sock *sk)
{
	struct sk_buff *skb;

	if (!mutex_trylock(&unix_sk(sk)->iolock)) {
		scan->busy++;
		return;
	}
	spin_lock(&sk->sk_receive_queue.lock);
	skb_queue_walk(&sk->sk_receive_queue, skb)
		scan_message(scan, skb);
	spin_unlock(&sk->sk_receive_queue.lock);
	mutex_unlock(&unix_sk(sk)->iolock);
}

static void put_waiting(struct waiting *waiting)
{
	size_t i;

	for (i = 0; i < min(waiting->count, waiting->size); i++)
		sock_put(waiting->socks[i]);
	waiting->count = 0;
}

static void visit_bucket(struct registry_scan *scan, struct unix_table *table, unsigned int bucket,
			 struct waiting *waiting)
{
	struct sock *sk;

	spin_lock(&table->locks[bucket]);
	sk_for_each(sk, &table->buckets[bucket]) {
		scan_peer(scan, sk);
		if (skb_queue_empty_lockless(&sk->sk_receive_queue))
			continue;
		if (waiting->count < waiting->size) {
			sock_hold(sk);
			waiting->socks[waiting->count] = sk;
		}
		waiting->count++;
	}
	spin_unlock(&table->locks[bucket]);
}

/* Makes room for as many as were counted, and a few that may come meanwhile. */
static bool make_room(struct waiting *waiting, size_t counted)
{
	size_t size = counted + 16;
	struct sock **socks = kvmalloc_array(size, sizeof(*socks), GFP_KERNEL);

	if (!socks)
		return false;
	kvfree(waiting->socks);
	waiting->socks = socks;
	waiting->size = size;
	return true;
}

static bool collect(struct registry_scan *scan, struct unix_table *table, unsigned int bucket,
		    struct waiting *waiting)
{
	for (;;) {
		size_t counted;

		visit_bucket(scan, table, bucket, waiting);
		counted = waiting->count;
		if (counted <= waiting->size)
			return true;
		put_waiting(waiting);
		if (!make_room(waiting, counted))
			return false;
	}
}

void scan_unix(struct registry_scan *scan, struct net *net)
{
	struct unix_table *table = &net->unx.table;
	struct waiting waiting = {};
	unsigned int bucket;
	size_t i;

	if (!table->buckets)
		return;

	for (bucket = 0; bucket < UNIX_HASH_SIZE; bucket++) {
		if (hlist_empty(&table->buckets[bucket]))
			continue;
		if (!collect(scan, table, bucket, &waiting)) {
			scan->busy++;
			continue;
		}
		for (i = 0; i < waiting.count; i++) {
			scan_queue(scan, waiting.socks[i]);
			scan_pause(scan);
		}
		put_waiting(&waiting);
	}
	kvfree(waiting.socks);
}

#else

void scan_unix(struct registry_scan *scan, struct net *net)
{
}

#endif
