// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nsfs.h"
#include "open_route.h"
#include "util.h"

/* A way up from a child of a child of a child may be long, but is not searched for ever. */
#define DESCENDANTS_TRIED 64

static const struct open_route routes[] = {
	{ "its handle", open_by_handle, true },	/* one call, where it works */
	{ "the mounted directory", open_by_directory },
	{ "a member", open_by_member },
	{ "a descriptor", open_by_descriptor },
	{ "a message in flight", open_by_queue },
	{ "a socket", open_by_socket_holder },
	{ "a bind mount", open_by_mount },
	{ "its name", open_by_name },
	{ "a namespace below it", open_by_descendant },
};

int open_fails(const struct open_request *request, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(request->reason, request->reason_size, format, args);
	va_end(args);
	return -err;
}

/* Takes one route, and checks where it led, unless the kernel has. */
static int take(const struct open_request *request, open_route_function *open, bool exact)
{
	cleanup_fd int fd = -1;

	request->reason[0] = '\0';
	fd = open(request);
	if (fd >= 0 && !exact && !namespace_is(fd, request->ns))
		return open_fails(request, ESTALE, "it leads to another namespace by now");
	return steal_fd(&fd);
}

static void append_reason(char *reasons, size_t size, const char *route, const char *reason)
{
	size_t used = strlen(reasons);

	snprintf(reasons + used, size - used, "%s%s: %s", used ? "; " : "", route, reason);
}

int open_by_any_route(const struct open_request *request, char *reasons, size_t size)
{
	int worst = -ENOENT;

	reasons[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++) {
		int fd = take(request, routes[i].open, routes[i].exact);

		if (fd >= 0 || out_of_resources(fd))
			return fd;
		if (!request->reason[0])
			continue;
		append_reason(reasons, size, routes[i].name, request->reason);
		if (fd != -ENOENT && worst == -ENOENT)
			worst = fd;
	}
	return worst;
}

int procns_open_ns(struct procns *ctx, const struct procns_snapshot *snapshot, const struct procns_ns *ns)
{
	unsigned int descendants = DESCENDANTS_TRIED;
	char reason[512], reasons[1536];
	struct open_request request = { ctx, snapshot, ns, &descendants, reason, sizeof(reason) };
	int fd = open_by_any_route(&request, reasons, sizeof(reasons));

	if (fd >= 0)
		return fd;
	if (out_of_resources(fd))
		return context_error(ctx, -fd, "cannot open %s:[%u]: %s", procns_type_name(ns->type), ns->inum, strerror(-fd));
	if (!reasons[0])
		return context_error(ctx, -fd, "cannot open %s:[%u]: nothing is known that leads to it; ask for its members and "
				     "holders", procns_type_name(ns->type), ns->inum);
	return context_error(ctx, -fd, "cannot open %s:[%u]: %s", procns_type_name(ns->type), ns->inum, reasons);
}

int open_quickly(struct procns *ctx, const struct procns_snapshot *snapshot, const struct procns_ns *ns)
{
	char reason[512];
	unsigned int no_descendants = 0;
	struct open_request request = { ctx, snapshot, ns, &no_descendants, reason, sizeof(reason) };
	int fd = take(&request, open_by_handle, true);

	if (fd < 0 && !out_of_resources(fd))
		fd = take(&request, open_by_member, false);
	if (fd < 0 && !out_of_resources(fd))
		fd = procns_open_ns(ctx, snapshot, ns);
	return fd;
}
