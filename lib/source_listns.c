// SPDX-License-Identifier: LGPL-2.1-or-later
/* The system call listns(2) of Linux 6.19: ids, in pages, of the namespaces that are in use. */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "caller.h"
#include "nsfs.h"
#include "source.h"
#include "type.h"
#include "util.h"

#ifndef SYS_listns
#define SYS_listns 470
#endif
#ifndef PIDFD_GET_PID_NAMESPACE
#define PIDFD_GET_PID_NAMESPACE _IO(0xFF, 5)
#define PIDFD_GET_USER_NAMESPACE _IO(0xFF, 9)
#endif

#define IDS_AT_ONCE 1024
#define HIDES_INACTIVE \
	"namespaces kept only by a socket, an open file of /proc, a mount or the like are hidden from listns(2); CAP_BPF and " \
	"CAP_PERFMON, or procns.ko, would show them"

/* struct ns_id_req of <linux/nsfs.h>, which is newer than the headers this is built with. */
struct listns_request {
	uint32_t size, spare;
	uint64_t after;			/* the id to go on after */
	uint32_t clone_flags, spare2;	/* types; 0: all */
	uint64_t user_ns_id;		/* 0: whoever the owner */
};

static ssize_t listns(uint64_t after, uint32_t clone_flags, uint64_t *ids, size_t count)
{
	struct listns_request request = { .size = sizeof(request), .after = after, .clone_flags = clone_flags };

	return syscall(SYS_listns, &request, ids, count, 0);
}

/* Is the caller in the initial namespace of this type? Asked of its pidfd, so that no /proc is needed. */
static bool in_initial(unsigned long request, enum procns_type type)
{
	cleanup_fd int self = syscall(SYS_pidfd_open, getpid(), 0);
	cleanup_fd int fd = self < 0 ? -1 : ioctl(self, request, 0);
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) && type_initial(type, st.st_ino);
}

/* Whoever may not see all namespaces gets those he may, without a word: no good as a list. */
static bool sees_all(void)
{
	return in_initial(PIDFD_GET_PID_NAMESPACE, PROCNS_PID) && in_initial(PIDFD_GET_USER_NAMESPACE, PROCNS_USER) &&
	       caller_has_capability(CAP_SYS_ADMIN);
}

static int probe(struct procns *ctx, uint32_t *facts, char *reason, size_t size)
{
	uint64_t id;

	(void)ctx;
	*facts = NSFS_FACTS;
	if (listns(0, 0, &id, 1) < 0) {
		int err = errno == ENOSYS ? -EOPNOTSUPP : -errno;

		snprintf(reason, size, "listns(2) fails: %s; it needs Linux 6.19", strerror(errno));
		return err;
	}
	if (!sees_all()) {
		snprintf(reason, size, "listns(2) lists all for CAP_SYS_ADMIN in the initial pid and user namespace alone");
		return -EPERM;
	}
	snprintf(reason, size, "%s", HIDES_INACTIVE);
	return 0;
}

/* Returns 0, -ENOENT if it died meanwhile, or another negative errno. */
static int add_namespace(struct procns_snapshot *s, uint64_t id, uint32_t want)
{
	cleanup_fd int fd = nsfs_open_handle(id, 0, 0);
	enum procns_type type;
	struct procns_ns *ns;
	uint32_t inum;
	int err;

	if (fd < 0)
		return fd == -ESTALE ? -ENOENT : fd;
	err = nsfs_identify(fd, &type, &inum);
	if (err)
		return err;
	ns = snapshot_ns(s, type, inum);
	if (!ns)
		return -ENOMEM;
	ns->id = id;
	ns->known |= PROCNS_FACT_ID;
	return want & NSFS_FACTS && !nsfs_learned(ns) ? nsfs_learn(s, ns, fd, want) : 0;
}

static uint32_t clone_flags_of(uint32_t types)
{
	uint32_t flags = 0;

	for (size_t type = 0; type < PROCNS_NTYPES; type++)
		if (types & 1u << type)
			flags |= procns_type_clone_flag(type);
	return flags;
}

static int fill(struct procns *ctx, const struct procns_query *query, struct procns_snapshot *s)
{
	cleanup_free uint64_t *ids = calloc(IDS_AT_ONCE, sizeof(*ids));
	uint32_t clone_flags = clone_flags_of(query->types);
	uint64_t after = 0;
	ssize_t got;

	if (!ids)
		return context_error(ctx, ENOMEM, "cannot list namespaces: out of memory");
	while ((got = listns(after, clone_flags, ids, IDS_AT_ONCE)) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			int err = add_namespace(s, ids[i], query->want);

			if (err && err != -ENOENT)
				return context_error(ctx, -err, "cannot open namespace id:%llu by its handle: %s",
						     (unsigned long long)ids[i], strerror(-err));
		}
		after = ids[got - 1];
	}
	/* ENOENT: none has a higher id than the last one. */
	if (got < 0 && errno != ENOENT)
		return context_error(ctx, errno, "listns(2) fails: %s", strerror(errno));
	if (snapshot_gap(s, "%s", HIDES_INACTIVE) < 0)
		return context_error(ctx, ENOMEM, "cannot list namespaces: out of memory");
	return 0;
}

const struct source source_listns = { "listns", probe, fill };
