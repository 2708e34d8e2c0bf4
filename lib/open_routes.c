// SPDX-License-Identifier: LGPL-2.1-or-later
/* Routes by what the snapshot knows of the namespace itself. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "nsfs.h"
#include "open_route.h"
#include "source_dir.h"
#include "type.h"
#include "util.h"

static const char *why(int err)
{
	return err == -ENOTTY ? "it is no namespace by now" : strerror(-err);
}

int open_below_proc(const struct open_request *request, const char *path)
{
	char full[PATH_MAX + 64];
	int fd;

	snprintf(full, sizeof(full), "%s%s%s", *path == '/' ? "" : request->ctx->proc_root, *path == '/' ? "" : "/", path);
	fd = nsfs_open_path(AT_FDCWD, full);
	return fd < 0 && !out_of_resources(fd) ? open_fails(request, -fd, "%s: %s", full, why(fd)) : fd;
}

int open_by_directory(const struct open_request *request)
{
	char path[PATH_MAX], name[64];
	cleanup_fd int dir = dir_open(request->ctx, path, sizeof(path));
	int fd;

	if (dir < 0)
		return dir;
	snprintf(name, sizeof(name), "%s:[%u]", procns_type_name(request->ns->type), request->ns->inum);
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? open_fails(request, errno, "%s/%s: %s", path, name, strerror(errno)) : fd;
}

int open_by_handle(const struct open_request *request)
{
	const struct procns_ns *ns = request->ns;
	int fd;

	if (!ns->id)
		return -ENOENT;
	fd = nsfs_open_handle(ns->id, procns_type_clone_flag(ns->type), ns->inum);
	if (fd >= 0 || out_of_resources(fd))
		return fd;
	return open_fails(request, -fd, "id:%llu: %s%s", (unsigned long long)ns->id, strerror(-fd),
			  fd == -ESTALE ? " (not in use by a task or descriptor)" : "");
}

int open_by_member(const struct open_request *request)
{
	const struct procns_ns *ns = request->ns;
	const struct procns_task *const *members = ns->members ?: &ns->first;
	size_t count = ns->members ? ns->nthreads : ns->first != NULL;
	char path[64];
	int fd = -ENOENT;

	for (size_t i = 0; fd < 0 && i < count && i < OPEN_TRIED_OF_A_KIND; i++) {
		snprintf(path, sizeof(path), "%d/task/%d/ns/%s", members[i]->pid, members[i]->tid, procns_type_name(ns->type));
		fd = open_below_proc(request, path);
	}
	return fd;
}

int open_by_name(const struct open_request *request)
{
	const struct procns_ns *ns = request->ns;
	int fd = -ENOENT;

	for (size_t i = 0; fd < 0 && i < ns->nnames && i < OPEN_TRIED_OF_A_KIND; i++)
		fd = open_below_proc(request, ns->names[i]);
	return fd;
}
