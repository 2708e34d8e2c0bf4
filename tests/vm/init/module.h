/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROCNS_VM_MODULE_H
#define PROCNS_VM_MODULE_H

/* Load procns.ko and mount it on /proc/namespaces. Returns 0, or -1 with errno; the reason is on the console too. */
int module_load(void);

/* Unmount it and unload it, if it still is loaded. Returns 0, or -1 with errno. */
int module_unload(void);

#endif
