/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /proc and the user database say of a process. */
#ifndef CLI_PROCESS_H
#define CLI_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether numbers under /proc are those of our own pid namespace; false too where there is no /proc. */
bool process_proc_is_ours(void);

/* The command line, its arguments joined by spaces; where it has none, `comm`. Allocated. */
char *process_command(uint32_t tid, void *comm);

/* The name of a user, or the uid in digits. Allocated. `data` is not used. */
char *process_user(uint32_t uid, void *data);

#endif
