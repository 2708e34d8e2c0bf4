/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROCNS_VM_PORTS_H
#define PROCNS_VM_PORTS_H

#include <stddef.h>

/* Open for writing the virtio port that QEMU calls @name; ends the VM with a line on the console if there is none. */
int port_open(const char *name);

/* Write all; a port takes data only as fast as the other side reads. */
void write_all(int fd, const void *data, size_t size);

#endif
