/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ways to a namespace through sockets: by what is in flight in one, and by the net namespace one lives in.
 *
 * Both need pidfd_getfd() on whoever has the outermost socket, so ptrace rights over that task. Each returns a descriptor, or a
 * negative errno with `reason` (size bytes) saying what was tried and why it failed.
 */
#ifndef PROCNS_OPEN_SOCKET_H
#define PROCNS_OPEN_SOCKET_H

#include "procns.h"

/* The namespace itself, from the message it is in. Nothing is consumed: the receiver gets it as if nobody had looked. */
int open_in_flight(const struct procns_ns *ns, const struct procns_holder *in_flight, char *reason, size_t size);

/* The net namespace a socket or a tun descriptor lives in. */
int open_by_socket(const struct procns_ns *ns, const struct procns_holder *holder, char *reason, size_t size);

#endif
