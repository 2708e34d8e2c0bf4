/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking for a descriptor in flight in a unix socket, without receiving anything. */
#ifndef PROCNS_PEEK_H
#define PROCNS_PEEK_H

/*
 * Peeks at the messages that wait in `socket` until `wanted(fd, arg)` is true of a descriptor in one of them. Returns that
 * descriptor, close-on-exec, or a negative errno: -ENOENT if no message has it, -EBUSY if the receiver itself uses SO_PEEK_OFF,
 * which a look would disturb, -EMFILE if there was no room to look at all of them.
 */
int peek_descriptor(int socket, int (*wanted)(int fd, const void *arg), const void *arg);

/* What went wrong, for a message. */
const char *peek_strerror(int err);

#endif
