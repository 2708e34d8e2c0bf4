/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libprocns: every namespace of a Linux system, why it is alive, and a way in.
 *
 * A context (struct procns) holds settings, what was found out about this machine, and the last error. A snapshot is what was
 * seen at one moment: namespaces, tasks, holders, linked to each other. A snapshot is read-only, does not change, and lives
 * until procns_snapshot_free(); everything reached from it lives as long. Contexts and snapshots share nothing with each
 * other: several threads may work at once, each with a context of its own.
 *
 * Functions that can fail return 0 (or a count) or a negative errno; procns_error() then has one line for a person.
 *
 * A complete program: the net namespaces that are alive without a process, with what names and owner they have.
 *
 *	#include <procns.h>
 *	#include <stdio.h>
 *
 *	static void print(const struct procns_ns *ns)
 *	{
 *		printf("net:[%u]", ns->inum);
 *		if (ns->owner)
 *			printf(" of user:[%u]", ns->owner->inum);
 *		for (size_t i = 0; i < ns->nnames; i++)
 *			printf(" %s", ns->names[i]);
 *		putchar('\n');
 *	}
 *
 *	int main(void)
 *	{
 *		const struct procns_query query = {
 *			.want = PROCNS_FACT_OWNER | PROCNS_FACT_MEMBERS | PROCNS_FACT_NAMES,
 *			.types = 1u << PROCNS_NET,
 *		};
 *		struct procns_snapshot *snapshot;
 *		struct procns *ctx;
 *
 *		if (procns_new(&ctx) < 0)
 *			return 1;
 *		if (procns_snapshot(ctx, &query, &snapshot) < 0) {
 *			fprintf(stderr, "%s\n", procns_error(ctx));
 *			procns_free(ctx);
 *			return 1;
 *		}
 *		for (size_t i = 0; i < procns_count(snapshot); i++) {
 *			const struct procns_ns *ns = procns_at(snapshot, i);
 *
 *			if (ns->known & PROCNS_FACT_MEMBERS && !ns->nthreads)
 *				print(ns);
 *		}
 *		for (size_t i = 0; i < procns_snapshot_gaps(snapshot); i++)
 *			fprintf(stderr, "incomplete: %s\n", procns_snapshot_gap(snapshot, i));
 *		procns_snapshot_free(snapshot);
 *		procns_free(ctx);
 *		return 0;
 *	}
 *
 * It is built by `cc example.c $(pkg-config --cflags --libs procns)`.
 *
 * The structures below are made by the library alone. Fields may be added at their ends without a new soname; never allocate,
 * copy or compare them whole.
 */
#ifndef PROCNS_H
#define PROCNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PROCNS_PUBLIC __attribute__((visibility("default")))

struct procns;
struct procns_snapshot;

enum procns_type {
	PROCNS_CGROUP,
	PROCNS_IPC,
	PROCNS_MNT,
	PROCNS_NET,
	PROCNS_PID,
	PROCNS_TIME,
	PROCNS_USER,
	PROCNS_UTS,
	PROCNS_NTYPES,
};

/*
 * Facts: what a query asks for (procns_query.want) and, on a namespace, what is known of it (procns_ns.known). A fact that is
 * not known is not guessed: its field is zero or NULL and its bit is clear.
 */
enum procns_fact {
	PROCNS_FACT_ID = 1 << 0,	/* id; kernel 6.18 and later */
	PROCNS_FACT_OWNER = 1 << 1,	/* owner; NULL and known: the initial user namespace has none, or it is outside the caller's view */
	PROCNS_FACT_PARENT = 1 << 2,	/* parent, of pid and user namespaces */
	PROCNS_FACT_CREATOR = 1 << 3,	/* creator_uid, of user namespaces; of all where bpf is the source and HOLDERS are wanted too */
	PROCNS_FACT_MAPS = 1 << 4,	/* uid_map, gid_map, of user namespaces */
	PROCNS_FACT_REFS = 1 << 5,	/* refs */
	PROCNS_FACT_ACTIVE = 1 << 6,	/* active_refs; kernel 6.19 and later */
	PROCNS_FACT_MEMBERS = 1 << 7,	/* tasks, members; with them COUNTS */
	PROCNS_FACT_NAMES = 1 << 8,	/* names: bind mounts of the namespace, /run/netns/NAME first */
	PROCNS_FACT_NETNSID = 1 << 9,	/* netnsid, of net namespaces, as seen from the caller's */
	PROCNS_FACT_HOLDERS = 1 << 10,	/* holders, with their causes */
	PROCNS_FACT_INSIDE = 1 << 11,	/* hostname, domainname, of uts; monotonic, boottime, of time; may_setgroups, of user namespaces */
	PROCNS_FACT_COUNTS = 1 << 12,	/* nprocs, nthreads, first: which takes less than MEMBERS where bpf is the source */
};

/* Values of netnsid beside the numbers the kernel gives. */
#define PROCNS_NETNSID_UNASSIGNED (-1)

struct procns_ns;
struct procns_task;
struct procns_holder;

/* One line of /proc/PID/uid_map: `count` ids from `inside` on are `outside` and on in the parent user namespace. */
struct procns_id_range {
	uint32_t inside, outside, count;
};

/* How far a clock of a time namespace is ahead of the initial one's. */
struct procns_clock {
	int64_t seconds, nanoseconds;
};

struct procns_ns {
	enum procns_type type;
	uint32_t inum;			/* the number in nsfs: net:[inum] */
	uint32_t known;			/* PROCNS_FACT_* bits */
	uint64_t id;			/* never reused while the system runs; 0 where the kernel has none */
	const struct procns_ns *owner;	/* the user namespace that owns it */
	const struct procns_ns *parent;	/* of pid and user namespaces */
	uid_t creator_uid;		/* who made it, and whose limits in the owner it counts towards (user.max_*_namespaces); in the
					 * initial user namespace's ids where bpf is the source */
	int64_t refs, active_refs;

	const struct procns_task *const *members; /* one for each thread in it; NULL where only COUNTS are known */
	size_t nthreads;		/* how many they are */
	size_t nprocs;			/* how many different processes among them have their leader in it */
	const struct procns_task *first; /* the process with the lowest pid in it, else the thread with the lowest tid, else NULL */

	const struct procns_ns *const *children; /* whose parent it is */
	size_t nchildren;
	const struct procns_ns *const *owned;	/* whose owner it is (user namespaces) */
	size_t nowned;

	const char *const *names;	/* paths of bind mounts of it that the caller can reach, best first */
	size_t nnames;
	int32_t netnsid;

	const struct procns_id_range *uid_map, *gid_map;	/* whoever asks: to the ids of the parent */
	size_t nuid_map, ngid_map;

	const struct procns_holder *const *holders; /* nearest cause first: members, descriptors, mounts, in flight, sockets, … */
	size_t nholders;
	bool initial;			/* one of the namespaces the kernel was born with */
	int64_t explained;		/* with HOLDERS and REFS: how many of refs the holders account for; -1 where that is not countable */
	const char *hostname, *domainname;	/* of uts namespaces: any bytes, at most 64 */
	struct procns_clock monotonic, boottime;	/* of time namespaces */
	bool may_setgroups;		/* of user namespaces: setgroups(2) may be called in it */
};

/* A task: every thread is one; a process is its leader (pid == tid). */
struct procns_task {
	pid_t pid, tid, ppid;		/* in the caller's pid namespace, 0: not in it; ppid is the process's parent */
	uid_t uid;			/* effective, as the owner of /proc/PID shows it */
	const char *comm;		/* as the kernel has it: any bytes, at most 15 */
	const struct procns_ns *ns[PROCNS_NTYPES];	/* what it is in; NULL where not known */
	const struct procns_ns *pid_for_children, *time_for_children;
	bool leader;			/* its tid is the process's pid, wherever one looks from */
};

enum procns_holder_kind {
	PROCNS_HOLDER_MEMBER,		/* task: is in it */
	PROCNS_HOLDER_FOR_CHILDREN,	/* task: its children will be, it is not (pid_for_children, time_for_children) */
	PROCNS_HOLDER_FD,		/* task, fd: a descriptor of the namespace itself */
	PROCNS_HOLDER_MOUNT,		/* a bind mount: mntns, path; or detached, then causes say by what descriptor */
	PROCNS_HOLDER_IN_FLIGHT,	/* a descriptor in a queue of socket `socket`; causes say what keeps that socket */
	PROCNS_HOLDER_SOCKET,		/* socket: lives in the net namespace, or remembers a peer of the pid or user
					 * namespace (SO_PEERCRED); causes say what keeps the socket */
	PROCNS_HOLDER_TUN,		/* task, fd: an open tun or tap descriptor */
	PROCNS_HOLDER_PROC_FILE,	/* task, fd: an open /proc/PID/mounts or /proc/PID/net file (path) */
	PROCNS_HOLDER_SHM,		/* a mapped SysV segment: task */
	PROCNS_HOLDER_CGROUP_FILE,	/* task, fd: an open file of cgroupfs */
	PROCNS_HOLDER_PIDFD,		/* task, fd: a pidfd of a dead task */
	PROCNS_HOLDER_IO_URING,		/* a fixed file of a ring, fd is its index; causes say who has the ring */
	PROCNS_HOLDER_WATCH,		/* task, fd: an inotify or fanotify watch of its file */
	PROCNS_HOLDER_FSCONTEXT,	/* task, fd: a filesystem that is being configured, see fsopen(2) */
	PROCNS_HOLDER_SUPERBLOCK,	/* fstype, dev; path and mntns where mounted */
	PROCNS_HOLDER_FILE_CRED,	/* task, fd: credentials of an open file (user namespaces) */
	PROCNS_HOLDER_CHILD,		/* ns: a child namespace */
	PROCNS_HOLDER_OWNED,		/* ns: a namespace it owns */
	PROCNS_HOLDER_KERNEL,		/* the kernel itself: initial namespaces */
	PROCNS_HOLDER_NKINDS,
};

enum procns_holder_flag {
	PROCNS_HOLDER_OPATH = 1 << 0,		/* the descriptor is O_PATH */
	PROCNS_HOLDER_PRIVATE_TABLE = 1 << 1,	/* fd is in a descriptor table that thread task->tid does not share with its leader */
	PROCNS_HOLDER_DETACHED = 1 << 2,	/* the mount is in no mount namespace one can enter */
	PROCNS_HOLDER_UNACCEPTED = 1 << 3,	/* the socket is a connection not yet accepted: causes hold its listener */
	PROCNS_HOLDER_CLOSED = 1 << 4,		/* the socket is closed: a peer or the sender of a queued message pins it */
	PROCNS_HOLDER_KERNEL_SOCKET = 1 << 5,	/* the kernel's own socket */
	PROCNS_HOLDER_LISTENER = 1 << 6,	/* the socket listens */
};

struct procns_socket {
	uint64_t ino;			/* as in `socket:[ino]`; 0 where it has no inode (closed, not accepted) */
	uint16_t family, type;		/* AF_*, SOCK_* */
	uint32_t protocol;
	const char *local, *peer;	/* addresses as text, NULL where none */
};

#define PROCNS_NO_MESSAGE UINT32_MAX

/*
 * Where something is in the queue of a socket: a descriptor in flight, or a connection that nobody has accepted. Both may have changed since,
 * by whoever receives: it is where it was when it was looked at.
 */
struct procns_position {
	const struct procns_holder *queue;	/* whose socket has the queue: the holder itself, or one of its causes */
	uint32_t message;		/* how many messages, or connections, are before it; PROCNS_NO_MESSAGE: it was sent out of band, and the
					 * stream was read past it */
	uint32_t index;			/* in the message's SCM_RIGHTS; 0 of a connection */
	bool connection;		/* what waits is the socket itself, not a descriptor of it */
	bool out_of_band;
};

/*
 * Whatever keeps a namespace alive. `causes` is what in turn keeps this object alive, down to something a person can act on.
 * Causes may be shared and, for sockets in flight in each other, circular: whoever follows them marks where he was.
 */
struct procns_holder {
	enum procns_holder_kind kind;
	uint32_t flags;
	const struct procns_task *task;	/* who has it, where the kind has a task */
	int fd;				/* -1 where none */
	const struct procns_ns *ns;	/* CHILD, OWNED: that namespace */
	const struct procns_ns *mntns;	/* MOUNT, SUPERBLOCK: the mount namespace it is mounted in, NULL if detached or not known */
	const char *path;		/* where in mntns; PROC_FILE: which file */
	const char *fstype;		/* SUPERBLOCK */
	dev_t dev;			/* SUPERBLOCK */
	const struct procns_socket *socket;
	const struct procns_holder *const *causes;
	size_t ncauses;
	/* Where in queues it is: IN_FLIGHT: descriptors of the namespace in that of `socket` come first, with the holder itself as their queue. Then
	 * what a cause keeps in its queue: descriptors of `socket`, or of what else the holder is; in the order of the causes. Where not known,
	 * none: only bpf tells. */
	const struct procns_position *positions;
	size_t npositions;
};

/* Namespaces of other types than those asked for are not listed, but can be reached as owners and parents of those that are. */
struct procns_query {
	uint32_t want;			/* PROCNS_FACT_* bits; type and number are always known */
	uint32_t types;			/* bits 1 << enum procns_type; 0: all */
};

/* How a source stands on this machine, for this caller. */
struct procns_source_status {
	const char *name;		/* "dir", "bpf", "listns", "proc" */
	uint32_t facts;			/* PROCNS_FACT_* bits it can know here */
	bool available;
	const char *reason;		/* why not available, or what is limited; NULL: nothing to say */
};

/* A new context. *ctx is NULL on failure. Returns 0 or -ENOMEM. Since 0.1. */
PROCNS_PUBLIC int procns_new(struct procns **ctx);

/* Frees the context; NULL is fine. Snapshots taken with it stay valid. Since 0.1. */
PROCNS_PUBLIC void procns_free(struct procns *ctx);

/* One line that says what the last failed call on ctx tried on what, why it failed and what to do; "" if none failed. Since 0.1. */
PROCNS_PUBLIC const char *procns_error(const struct procns *ctx);

/*
 * Only the source of that name ("dir", "bpf", "listns", "proc") makes the list: nothing is listed that it does not see. What it
 * cannot know of its namespaces (members, names, maps) is added from /proc all the same. NULL or "auto" again chooses the cheapest
 * that can answer. Returns 0 or -EINVAL. Since 0.1.
 */
PROCNS_PUBLIC int procns_set_source(struct procns *ctx, const char *name);

/*
 * Asks source number i (from 0) how it stands here. Returns 0, or -ERANGE past the last. What *status points to lives until the
 * next call with the same context. Since 0.1.
 */
PROCNS_PUBLIC int procns_source_status(struct procns *ctx, size_t i, struct procns_source_status *status);

/*
 * Takes a snapshot. query NULL asks for types and numbers alone. Never asks for more rights than the caller has: what could
 * not be seen is told by procns_snapshot_gaps(). Returns 0 or a negative errno: -ENOMEM, -EACCES or -EPERM (the source forced
 * needs a capability), -ENOENT (neither it nor /proc is there), -EOPNOTSUPP (kernel without it). Since 0.1.
 */
PROCNS_PUBLIC int procns_snapshot(struct procns *ctx, const struct procns_query *query, struct procns_snapshot **snapshot);
PROCNS_PUBLIC void procns_snapshot_free(struct procns_snapshot *snapshot);

/* Number of namespaces, and number i of them, ordered by type name and number. Since 0.1. */
PROCNS_PUBLIC size_t procns_count(const struct procns_snapshot *snapshot);
PROCNS_PUBLIC const struct procns_ns *procns_at(const struct procns_snapshot *snapshot, size_t i);

/*
 * By type and number, and by id (where the query wanted PROCNS_FACT_ID); NULL where there is none. Finds those too that are not
 * listed. Constant time. Since 0.1.
 */
PROCNS_PUBLIC const struct procns_ns *procns_find(const struct procns_snapshot *snapshot, enum procns_type type, uint32_t inum);
PROCNS_PUBLIC const struct procns_ns *procns_find_id(const struct procns_snapshot *snapshot, uint64_t id);

/* Tasks, where the query wanted members; ordered by pid, tid. Where it wanted counts alone, those that are first somewhere may be all. Since 0.1. */
PROCNS_PUBLIC size_t procns_task_count(const struct procns_snapshot *snapshot);
PROCNS_PUBLIC const struct procns_task *procns_task_at(const struct procns_snapshot *snapshot, size_t i);

/*
 * What the snapshot could not see, one line each, fit to follow "incomplete: ": what was missed, why, and what would help.
 * A snapshot with no gaps is complete. Since 0.1.
 */
PROCNS_PUBLIC size_t procns_snapshot_gaps(const struct procns_snapshot *snapshot);
PROCNS_PUBLIC const char *procns_snapshot_gap(const struct procns_snapshot *snapshot, size_t i);

/* The name of the source that made the list: "bpf", "dir", … Since 0.1. */
PROCNS_PUBLIC const char *procns_snapshot_source(const struct procns_snapshot *snapshot);

/* "net" for PROCNS_NET; NULL past the last. And back: -EINVAL where no type has that name. Since 0.1. */
PROCNS_PUBLIC const char *procns_type_name(enum procns_type type);
PROCNS_PUBLIC int procns_type_parse(const char *name, enum procns_type *type);

/* The CLONE_NEW* bit of a type. Since 0.1. */
PROCNS_PUBLIC int procns_type_clone_flag(enum procns_type type);

/*
 * The namespace a text names: `net:[4026532133]`, `4026532133`, `id:17` (where the query wanted PROCNS_FACT_ID), a path with a
 * slash in it (an nsfs file), or `pid:1234/net`. Returns 0; -EINVAL: not such a text, or the path of something else; -ENOENT: no
 * such namespace, file or process, or it is not in the snapshot; or what opening the path gave. Since 0.1.
 */
PROCNS_PUBLIC int procns_resolve(struct procns *ctx, const struct procns_snapshot *snapshot, const char *text,
				 const struct procns_ns **ns);

/*
 * A descriptor (close-on-exec, read-only) of a namespace of the snapshot, by whichever route works: its nsfs handle (6.18+),
 * the mounted directory, a member's /proc/PID/ns, a holder's descriptor, what is in flight (nothing is consumed), a socket, a
 * bind mount, a child. Routes through holders need a snapshot with PROCNS_FACT_HOLDERS. The descriptor is checked to be that very
 * namespace. Returns it, or a negative errno; procns_error() then says what each route said. Needs what opening
 * /proc/PID/ns needs, at least CAP_SYS_ADMIN over the owner. Since 0.1.
 */
PROCNS_PUBLIC int procns_open_ns(struct procns *ctx, const struct procns_snapshot *snapshot, const struct procns_ns *ns);

/* Version of the library, "0.1.0". Since 0.1. */
PROCNS_PUBLIC const char *procns_version(void);

#ifdef __cplusplus
}
#endif
#endif
