/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROCNS_VM_TASKS_H
#define PROCNS_VM_TASKS_H

/* Who is there and what each waits for, into the log: what runs out of time is to be understood from the log alone. */
void tasks_show(void);

#endif
