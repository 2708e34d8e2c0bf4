/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A holder in words. All texts are allocated; NULL: out of memory. */
#ifndef CLI_HOLDER_H
#define CLI_HOLDER_H

#include "procns.h"

/* "in flight", "bind mount": the kind, for people; and "in_flight", "mount": the same for JSON. */
const char *holder_label(enum procns_holder_kind kind);
const char *holder_key(enum procns_holder_kind kind);

/* "o_path": the flag, for JSON; NULL: none that is told. */
const char *holder_flag_key(enum procns_holder_flag flag);

/* "fd 9 of 4711 (dockerd)", "in stream socket 18233", "/run/netns/blue in mnt:[4026531841] (systemd, 1)". Causes are not in it. */
char *holder_text(const struct procns_holder *holder);

/*
 * What a person can safely do to end it: "umount /run/netns/blue", "end 4711". NULL, too, where there is no safe answer.
 * own_mntns is the caller's mount namespace, NULL where not known.
 */
char *holder_advice(const struct procns_ns *ns, const struct procns_holder *holder, const struct procns_ns *own_mntns);

/* "net:[4026531840]" */
char *ns_text(const struct procns_ns *ns);

/* "stream", "tcp", "netlink": what the field calls this socket. Not allocated. */
const char *socket_text(const struct procns_socket *socket);

#endif
