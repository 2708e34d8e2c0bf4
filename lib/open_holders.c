// SPDX-License-Identifier: LGPL-2.1-or-later
/* Routes by what holds the namespace. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "nsfs.h"
#include "open_inside.h"
#include "open_route.h"
#include "open_socket.h"
#include "util.h"

typedef int holder_function(const struct open_request *request, const struct procns_holder *holder);

/* Tries the first few holders of these kinds (bits 1 << kind). */
static int try_holders(const struct open_request *request, uint32_t kinds, holder_function *open)
{
	const struct procns_ns *ns = request->ns;
	unsigned int tried = 0;
	int fd = -ENOENT;

	for (size_t i = 0; fd < 0 && i < ns->nholders && tried < OPEN_TRIED_OF_A_KIND; i++) {
		if (!(kinds & 1u << ns->holders[i]->kind))
			continue;
		fd = open(request, ns->holders[i]);
		tried++;
	}
	return fd;
}

static int open_descriptor(const struct open_request *request, const struct procns_holder *holder)
{
	const struct procns_task *task = holder->task;
	char path[64];

	if (!task)
		return -ENOENT;
	if (holder->kind == PROCNS_HOLDER_FD)
		snprintf(path, sizeof(path), "%d/task/%d/fd/%d", task->pid, task->tid, holder->fd);
	else
		snprintf(path, sizeof(path), "%d/task/%d/ns/%s_for_children", task->pid, task->tid,
			 procns_type_name(request->ns->type));
	return open_below_proc(request, path);
}

int open_by_descriptor(const struct open_request *request)
{
	return try_holders(request, 1u << PROCNS_HOLDER_FD | 1u << PROCNS_HOLDER_FOR_CHILDREN, open_descriptor);
}

/* Below the descriptor that holds a detached tree the mounts of that tree are found as anywhere. */
static int open_detached(const struct open_request *request, const struct procns_holder *holder)
{
	char path[PATH_MAX + 64];
	int fd = -ENOENT;

	for (size_t i = 0; fd < 0 && i < holder->ncauses && i < OPEN_TRIED_OF_A_KIND; i++) {
		const struct procns_holder *cause = holder->causes[i];

		if (cause->kind != PROCNS_HOLDER_FD || !cause->task)
			continue;
		snprintf(path, sizeof(path), "%d/task/%d/fd/%d%s", cause->task->pid, cause->task->tid, cause->fd, holder->path);
		fd = open_below_proc(request, path);
	}
	return fd;
}

/* Where no process is in the mount namespace, a child of ours goes there, if there is a way into it. */
static int open_by_going_there(const struct open_request *request, const struct procns_holder *holder)
{
	const struct procns_ns *mntns = holder->mntns;
	char reason[256], reasons[512];
	struct open_request there = { request->ctx, request->snapshot, mntns, request->descendants_left, reason, sizeof(reason) };
	cleanup_fd int mntns_fd = -1;
	int fd;

	if (!*request->descendants_left)
		return open_fails(request, ELOOP, "%s in mnt:[%u]: too long a way", holder->path, mntns->inum);
	--*request->descendants_left;
	mntns_fd = open_by_any_route(&there, reasons, sizeof(reasons));
	if (mntns_fd < 0 && out_of_resources(mntns_fd))
		return mntns_fd;
	if (mntns_fd < 0)
		return open_fails(request, ENOENT, "%s in mnt:[%u]: no process is there, nor a way to there", holder->path, mntns->inum);
	fd = open_inside(mntns_fd, holder->path);
	if (fd >= 0 || out_of_resources(fd))
		return fd;
	return open_fails(request, -fd, "%s in mnt:[%u], gone into: %s", holder->path, mntns->inum, fd == -ENOTTY ?
			  "something else is mounted over it" : strerror(-fd));
}

/* A mount is reached through the root directory of any process in its mount namespace. */
static int open_mount(const struct open_request *request, const struct procns_holder *holder)
{
	const struct procns_ns *mntns = holder->mntns;
	char path[PATH_MAX + 64];
	int fd = -ENOENT;

	if (!holder->path)
		return -ENOENT;
	if (holder->flags & PROCNS_HOLDER_DETACHED)
		return open_detached(request, holder);
	if (!mntns)
		return -ENOENT;
	if (!mntns->nthreads)
		return open_by_going_there(request, holder);
	for (size_t i = 0; fd < 0 && i < mntns->nthreads && i < OPEN_TRIED_OF_A_KIND; i++) {
		snprintf(path, sizeof(path), "%d/task/%d/root%s", mntns->members[i]->pid, mntns->members[i]->tid, holder->path);
		fd = open_below_proc(request, path);
	}
	return fd;
}

int open_by_mount(const struct open_request *request)
{
	return try_holders(request, 1u << PROCNS_HOLDER_MOUNT, open_mount);
}

static int open_queue(const struct open_request *request, const struct procns_holder *holder)
{
	return open_in_flight(request->ns, holder, request->reason, request->reason_size);
}

int open_by_queue(const struct open_request *request)
{
	return try_holders(request, 1u << PROCNS_HOLDER_IN_FLIGHT, open_queue);
}

static int open_socket(const struct open_request *request, const struct procns_holder *holder)
{
	return open_by_socket(request->ns, holder, request->reason, request->reason_size);
}

int open_by_socket_holder(const struct open_request *request)
{
	return try_holders(request, 1u << PROCNS_HOLDER_SOCKET | 1u << PROCNS_HOLDER_TUN, open_socket);
}
