/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsmake: makes a namespace that one kind of holder keeps alive, and nothing else.
 *
 *	nsmake [-s] KIND [TYPE]	build it, say it in one line of JSON, wait, release it
 *	nsmake list		every kind, the types it can hold, and what it is
 *	nsmake --skip-reason KIND [TYPE]   77 and a reason where this kernel cannot; 0 where it can
 *	nsmake alive NS ID	0 alive, 1 gone, 77 where the kernel cannot tell (before 6.18)
 *	nsmake [-s] many N [TYPE] [fd|bind|idle]	N namespaces at once, for benchmarks (uts unless told)
 *	nsmake [-s] procs N FDS	N idle processes of FDS descriptors each
 *	nsmake [-s] graph SEED [sabotage]	many at once, held at random and said in words: see graph.h
 *	nsmake churn SECONDS [WORKERS [SEED]]	make and release every kind at random
 *
 * TYPE is cgroup, ipc, mnt, net (the default), pid, time, user or uts; a kind that cannot hold net takes its first type.
 * When the state stands nsmake prints its line and waits for the end of its standard input or for SIGTERM (with -s for
 * SIGTERM alone), then releases everything: status 0. 77: this kernel lacks what the kind needs, 1: it failed, 2: usage;
 * each with a line on stderr.
 *
 * The line is one object. Every kind has
 *	kind	its name
 *	ns	the namespace held, "net:[4026532133]" (null: it has no name yet, see for_children-empty)
 *	id	the kernel's 64-bit id of it, 0 where it has none
 *	owner	the user namespace that owns it (its parent, for a user namespace); null where it cannot be seen
 * and of these what applies:
 *	pid	the process that holds it: the member, or the one whose descriptor or mapping it is
 *	tid	the thread of it, where only that thread does
 *	fd	the descriptor in that process (the thread's own table where there is a tid)
 *	chain	sockets the namespace is in flight in, by inode number, innermost first; the last is that of fd
 *		(0: a connection not accepted yet, which has none)
 *	messages, indexes   for each of the chain: how many messages are before that with the descriptor, and its place among those sent with it
 *	again	the number of another message in the innermost queue that has it, as its first
 *	socket	inode number of the socket that holds it
 *	family, socktype   of that socket
 *	path	where it is mounted, in
 *	mntns	this mount namespace (null: a detached mount)
 *	path2	a second place in the same mount namespace, pid2 a process in whose mount namespace is a third
 *	child, owned	the namespace that has it as parent or owner, and is kept by fd
 *	fstype, device	of the superblock that holds it
 *	index	slot of the io_uring
 *	shmid	of the SysV segment
 *	device_ns	where the device of a tun descriptor is now
 *	cycle	two sockets in flight in each other
 *	listed	0 where procns must not list it
 *
 * In the code: a builder is given a namespace by descriptor and makes one more holder of it. Who called it closes that
 * descriptor, so builders combine: several holders of one namespace, or a holder of a holder.
 */
#ifndef NSMAKE_H
#define NSMAKE_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

#define NSMAKE_SKIP 77	/* the exit status */
#define SKIPPED (-5000)	/* what builders return for it: no errno */
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void close_fd(int *fd);
#define cleanup_fd __attribute__((cleanup(close_fd))) int

struct undo;

/* A state being built. */
struct nsmake {
	FILE *out;		/* the fields of its line, see json.c */
	char *text;
	size_t length;
	struct undo *undo;	/* what release() does, last made first */
	char dir[32];		/* a tmpfs of our own in a mount namespace of our own; "" until own_mounts() */
	unsigned int files;	/* how many names were given out in dir */
	char why[256];		/* after a failure: what was tried on what, and why it failed */
};

/* A namespace being held. */
struct ns {
	int flag;	/* CLONE_NEW* */
	int fd;		/* the builder's own, closed when the holders stand; -1: the kind makes the namespace itself */
	pid_t init;	/* pid namespaces: the first process, ended when the holders stand; 0: none */
};

enum {
	KIND_CREATES = 1,	/* makes its namespace itself */
	KIND_MOUNTS = 2,	/* own_mounts() first: a mount namespace can only be bound in one older than itself */
};

struct kind {
	const char *name;
	int types;		/* CLONE_NEW* it can hold, or'ed */
	int flags;
	int (*build)(struct nsmake *m, struct ns *ns);	/* 0, or SKIPPED or a negative errno with m->why */
	const char *about;
};

#define KINDS_MAX 64

extern const struct kind kinds[];
extern const size_t kinds_count;
const struct kind *kind_find(const char *name);

/* state.c: a state's life */
int state_init(struct nsmake *m);
int state_build(struct nsmake *m, const struct kind *kind, int flag);	/* the whole line is in m->text */
void state_settle(void);	/* until nothing but the holder holds it */
int state_release(struct nsmake *m);
void state_free(struct nsmake *m);
int fail(struct nsmake *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int skip(struct nsmake *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int undo_close(struct nsmake *m, int fd);
int undo_umount(struct nsmake *m, const char *path);
int undo_unlink(struct nsmake *m, const char *path);
int undo_kill(struct nsmake *m, pid_t pid);
int undo_keeper(struct nsmake *m, pid_t pid, int channel);
int undo_last(struct nsmake *m);

/* json.c: fields of the line */
void json_str(struct nsmake *m, const char *key, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void json_null(struct nsmake *m, const char *key);
void json_num(struct nsmake *m, const char *key, uint64_t number);
void json_nums(struct nsmake *m, const char *key, const uint64_t *numbers, size_t count);
void json_ns(struct nsmake *m, const char *key, int nsfd);
int json_holder_fd(struct nsmake *m, int fd);	/* pid and fd of our own descriptor, closed by release */

/* ns.c: namespaces */
struct ns_type {
	const char *name;
	int flag;
	const char *link;	/* in /proc/PID/ns, of the namespace a new child is in */
};
extern const struct ns_type ns_types[8];
const struct ns_type *ns_type(int flag);
int ns_flag(const char *name);			/* 0: no such type */
int ns_create(struct nsmake *m, struct ns *ns);
void ns_close(struct ns *ns);
int ns_open_of(struct nsmake *m, pid_t pid, const char *link);	/* /proc/PID/ns/LINK */
int ns_name(int nsfd, char *name, size_t size);
uint64_t ns_id(int nsfd);
int ns_alive(const char *name, uint64_t id);
pid_t fork_tied(int flags);			/* the same, the child ends when we do */
pid_t fork_into(int flags);			/* fork(), the child in new namespaces */
uint64_t inode_of(int fd);

/* keeper.c: what has to be done, or kept, by another process */
struct job {
	struct nsmake *m;
	const struct ns *ns;	/* its descriptor is valid in the process, under another number */
	bool enter;		/* run in that namespace */
	bool linger;		/* stay after run, until release */
	bool leave;		/* lingering, the first thread ends: run started another, which waits for release */
	int (*run)(struct job *job);	/* 0, or SKIPPED or a negative errno with m->why */
	long arg;
	int also;		/* one more descriptor it needs; 0: none */
	int give;		/* set by run: a descriptor handed to the caller */
	pid_t tid;		/* set by run */
	uint64_t number;	/* set by run */
	char text[64];		/* set by run */
	int channel;
};
int job_run(struct job *job);		/* the descriptor given, or 0 where none was; *job is filled; pid in job->tid */
pid_t job_start(struct job *job);	/* the process lingers until release: its pid */
void keeper_wait(int channel);
void pause_forever(void) __attribute__((noreturn));
int send_fd(int socket, int fd, int flags);
int send_fds(int socket, const int *fds, size_t count);
int recv_fd(int socket, void *data, size_t size);
void close_all_but(const int *keep, size_t count);

/* mounts.c: places to mount at */
int own_mounts(struct nsmake *m);
int new_file(struct nsmake *m, char *path, size_t size);
int new_dir(struct nsmake *m, char *path, size_t size);
int bind_ns(struct nsmake *m, int nsfd, const char *path);
int our_mntns(struct nsmake *m);	/* says "mntns" */

/* inflight.c */
int in_flight(struct nsmake *m, int socktype, int fd);	/* sends fd to a new socket of ours, which it returns */
int nest(struct nsmake *m, int fd, unsigned int deeper);	/* in flight, in flight, ...: says chain, pid and fd */

/* load.c, churn.c, burst.c */
int cmd_many(int argc, char **argv, bool stdin_too);
int cmd_procs(int argc, char **argv, bool stdin_too);
int cmd_churn(int argc, char **argv);
int cmd_burst(int argc, char **argv);
int cmd_graph(int argc, char **argv, bool stdin_too);
void wait_for_release(bool stdin_too);
void block_signals(void);

#define BUILDER(name) int build_##name(struct nsmake *m, struct ns *ns)
BUILDER(process); BUILDER(thread); BUILDER(thread_dead_leader); BUILDER(zombie);
BUILDER(for_children); BUILDER(for_children_thread); BUILDER(for_children_empty);
BUILDER(fd); BUILDER(fd_opath); BUILDER(fd_thread); BUILDER(io_uring); BUILDER(file_cred); BUILDER(pidfd);
BUILDER(fscontext); BUILDER(inotify);
BUILDER(bind); BUILDER(bind_here); BUILDER(bind_several); BUILDER(bind_other_mntns); BUILDER(bind_fd_mntns);
BUILDER(detached); BUILDER(detached_tree); BUILDER(superblock); BUILDER(scenario_mn);
BUILDER(inflight_stream); BUILDER(inflight_dgram); BUILDER(inflight_seqpacket); BUILDER(inflight_oob);
BUILDER(inflight_nested); BUILDER(inflight_deep2); BUILDER(inflight_unaccepted); BUILDER(inflight_unaccepted_nested);
BUILDER(inflight_cycle); BUILDER(inflight_order);
BUILDER(socket_unix); BUILDER(socket_tcp); BUILDER(socket_tcp6); BUILDER(socket_udp); BUILDER(socket_udp6);
BUILDER(socket_raw); BUILDER(socket_packet); BUILDER(socket_netlink); BUILDER(socket_vsock); BUILDER(socket_alg);
BUILDER(socket_xdp); BUILDER(socket_unaccepted); BUILDER(socket_accepted); BUILDER(socket_inflight);
BUILDER(closed_peer); BUILDER(closed_sender);
BUILDER(tun); BUILDER(tun_open); BUILDER(tun_moved); BUILDER(tun_inflight);
BUILDER(proc_mounts); BUILDER(proc_mountinfo); BUILDER(proc_net); BUILDER(proc_net_single); BUILDER(shm);
BUILDER(cgroup_file);
BUILDER(owner); BUILDER(parent);

#endif
