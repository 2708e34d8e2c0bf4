// SPDX-License-Identifier: LGPL-2.1-or-later
/* From a namespace that can be opened, the kernel leads to its owner and parent. */
#include <errno.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>

#include "nsfs.h"
#include "open_route.h"
#include "util.h"

static int open_from(const struct open_request *request, const struct procns_ns *below, unsigned long ask)
{
	char reason[512], reasons[512];
	const struct open_request request_below = {
		request->ctx, request->snapshot, below, request->descendants_left, reason, sizeof(reason),
	};
	cleanup_fd int child = -1;
	int fd;

	if (!*request->descendants_left)
		return -ENOENT;
	--*request->descendants_left;
	child = open_by_any_route(&request_below, reasons, sizeof(reasons));
	if (child < 0 && !out_of_resources(child))
		return open_fails(request, -child, "%s:[%u] can't be opened either", procns_type_name(below->type), below->inum);
	if (child < 0)
		return child;
	fd = ioctl(child, ask);
	return fd < 0 ? open_fails(request, errno, "%s:[%u] does not lead to it: %s", procns_type_name(below->type), below->inum,
				   strerror(errno)) : fd;
}

static int open_from_any(const struct open_request *request, const struct procns_ns *const *below, size_t count,
			 unsigned long ask)
{
	int fd = -ENOENT;

	for (size_t i = 0; fd < 0 && !out_of_resources(fd) && i < count; i++)
		fd = open_from(request, below[i], ask);
	return fd;
}

int open_by_descendant(const struct open_request *request)
{
	const struct procns_ns *ns = request->ns;
	int fd = open_from_any(request, ns->children, ns->nchildren, NS_GET_PARENT);

	return fd >= 0 || out_of_resources(fd) ? fd : open_from_any(request, ns->owned, ns->nowned, NS_GET_USERNS);
}
