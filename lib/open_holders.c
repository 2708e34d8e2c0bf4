// SPDX-License-Identifier: LGPL-2.1-or-later
/* Routes by what holds the namespace. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "open_route.h"
#include "open_socket.h"

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

/* A mount is reached through the root directory of any process in its mount namespace. */
static int open_mount(const struct open_request *request, const struct procns_holder *holder)
{
	const struct procns_ns *mntns = holder->mntns;
	char path[PATH_MAX + 64];
	int fd = -ENOENT;

	if (!mntns || !holder->path || holder->flags & PROCNS_HOLDER_DETACHED)
		return -ENOENT;
	if (!mntns->nthreads)
		return open_fails(request, ENOENT, "%s in mnt:[%u]: no process is there", holder->path, mntns->inum);
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
