/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A route is one way to a descriptor of a namespace. procns_open_ns() tries them in order; whatever one returns is checked to
 * be that namespace, so a route may follow what was true when the snapshot was taken.
 */
#ifndef PROCNS_OPEN_ROUTE_H
#define PROCNS_OPEN_ROUTE_H

#include "context.h"

struct open_request {
	struct procns *ctx;
	const struct procns_snapshot *snapshot;
	const struct procns_ns *ns;
	unsigned int *descendants_left;	/* how many more may be tried as a way up */
	char *reason;			/* why the route failed; empty: it does not lead to this namespace at all */
	size_t reason_size;
};

/* Returns a descriptor, or a negative errno and the reason in the request. */
typedef int open_route_function(const struct open_request *request);

struct open_route {
	const char *name;		/* "a member": what leads to the namespace */
	open_route_function *open;
	bool exact;			/* the kernel finds that very namespace or none: ids are not used again */
};

/* Routes by what the snapshot knows of the namespace itself. */
open_route_function open_by_directory, open_by_handle, open_by_member, open_by_name;

/* Routes by its holders. */
open_route_function open_by_descriptor, open_by_mount, open_by_queue, open_by_socket_holder;

/* From a namespace it owns, or whose parent it is. */
open_route_function open_by_descendant;

/* Of many members, holders or names alike, the first few tell: where they are of no use, the others aren't either. */
#define OPEN_TRIED_OF_A_KIND 4

/* Sets the reason and returns -err. */
int open_fails(const struct open_request *request, int err, const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * Opens a file below /proc (path starts with the pid), or, dirfd being AT_FDCWD, at any path, if it is a namespace. Returns a
 * descriptor or a negative errno with the reason set.
 */
int open_below_proc(const struct open_request *request, const char *path);

/* Tries all routes; on failure, `reasons` says what each said. Returns a descriptor or a negative errno. */
int open_by_any_route(const struct open_request *request, char *reasons, size_t size);

/* The first routes that need nothing but a call or two, for whoever opens many. */
int open_quickly(struct procns *ctx, const struct procns_snapshot *snapshot, const struct procns_ns *ns);

#endif
