/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROCNS_VM_MACHINE_H
#define PROCNS_VM_MACHINE_H

/* Mount the usual filesystems, insert the drivers of the ports, bring lo up, let the console show all that matters. */
void machine_prepare(void);

/* What of the kernel log the console shows: below this level. */
void machine_console_level(int level);

/* The terminal the kernel's console is on: ttyS0 on a PC, ttyAMA0 on arm64. */
const char *machine_console(void);

/* Kill every other process and wait for them, so that what is alive after that is alive for the kernel's own reasons. */
void machine_kill_all(void);

/* With kmemleak, two scans; what it finds is in the console log. Without, nothing. */
void machine_look_for_leaks(void);

/* "vm: what: subject: error" on the console, then the end of the VM. */
__attribute__((noreturn)) void machine_fail(const char *what, const char *subject);

/* Insert one module file. Returns 0, or -1 with errno. */
int machine_insert(const char *path, const char *parameters);

#endif
