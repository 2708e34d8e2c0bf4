/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What records mean. Walkers copy evidence without asking whether it makes sense; here it is judged, by what kind of file or
 * mount it is. Addresses given are those of a struct net, user_namespace, …: whoever uses one checks that it is a namespace's.
 */
#ifndef PROCNS_SOURCE_BPF_RECORD_H
#define PROCNS_SOURCE_BPF_RECORD_H

#include "source_bpf_walk.h"

/* A member of the kernel's struct nsproxy, by its offset. */
uint64_t nsproxy_member(const struct nsproxy_record *record, uint16_t at);

/* Is it a file of nsfs? i_private is then the struct ns_common. */
bool file_is_namespace(const struct file_record *file);

bool file_is_socket(const struct file_record *file);
bool file_is_tun(const struct file_record *file);
bool file_is_proc(const struct file_record *file);
bool file_is_ring(const struct file_record *file);
bool file_is_watch_group(const struct file_record *file);

/* Is it a filesystem being configured: what fsopen() and fspick() give? */
bool file_is_configuration(const struct file_record *file);

/*
 * What an open /proc file, a cgroup file, a pidfd or a filesystem being configured may keep alive: addresses, of which one is a
 * namespace's if any is. Returns how many.
 */
#define MAY_HOLD 2
size_t file_may_hold(const struct file_record *file, enum ns_type type, uint64_t objects[MAY_HOLD]);

/* The struct pid a pidfd is of; 0: it is none. */
uint64_t file_pid(const struct file_record *file);

bool file_is_opath(const struct file_record *file);

/* Does closing it take a detached tree of mounts down? */
bool file_has_tree(const struct file_record *file);

/* The struct sock of a socket or of an open tun device; 0: it is neither. */
uint64_t file_sock(const struct file_record *file);

/* The struct net a socket lives in, and whether it keeps it alive. */
uint64_t sock_net(const struct walk *walk, const struct sock_record *sock);
bool sock_holds_net(const struct walk *walk, const struct sock_record *sock);
bool sock_listens(const struct walk *walk, const struct sock_record *sock);
uint16_t sock_family(const struct walk *walk, const struct sock_record *sock);

/* Is it mounted in a mount namespace that has a number? */
bool mount_is_attached(const struct walk *walk, const struct place_record *mount);

/* Is it the kernel's own mount, that open namespaces are on? It says nothing about who keeps them. */
bool mount_is_internal(const struct place_record *mount);

#endif
