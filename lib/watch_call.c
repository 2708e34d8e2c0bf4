// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of the system calls that make or end namespaces. */
#include <stddef.h>
#include <sys/syscall.h>

#include "util.h"
#include "watch.h"

static const struct {
	uint32_t number;
	const char *name;
} calls[] = {
	{ CALL_EXIT, "exit" },
	{ SYS_unshare, "unshare" },
	{ SYS_clone, "clone" },
	{ SYS_clone3, "clone3" },
	{ SYS_setns, "setns" },
	{ SYS_close, "close" },
	{ SYS_close_range, "close_range" },
	{ SYS_dup3, "dup3" },
#ifdef SYS_dup2
	{ SYS_dup2, "dup2" },
	{ SYS_fork, "fork" },
	{ SYS_vfork, "vfork" },
#endif
	{ SYS_execve, "execve" },
	{ SYS_execveat, "execveat" },
	{ SYS_umount2, "umount" },
	{ SYS_munmap, "munmap" },
	{ SYS_recvmsg, "recvmsg" },
	{ SYS_wait4, "wait" },
	{ SYS_waitid, "wait" },
	{ SYS_open_tree, "open_tree" },
	{ SYS_fsmount, "fsmount" },
};

const char *watch_call_name(uint32_t call)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].number == call)
			return calls[i].name;
	return NULL;
}

uint32_t watch_call_unshare(void)
{
	return SYS_unshare;
}
