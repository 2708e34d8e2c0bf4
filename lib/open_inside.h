/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PROCNS_OPEN_INSIDE_H
#define PROCNS_OPEN_INSIDE_H

/*
 * Opens the namespace at `path` as it is seen inside the mount namespace of descriptor `mntns`, which needs CAP_SYS_ADMIN over it and
 * CAP_SYS_CHROOT. The caller stays where it is: a child process goes there. Returns a descriptor, close-on-exec, or a negative
 * errno; -ENOTTY if there is no namespace at that path.
 */
int open_inside(int mntns, const char *path);

#endif
