/* SPDX-License-Identifier: GPL-2.0-only */
/* How the kernels that need the tracked registry (up to 6.17) differ for it. */
#ifndef PROCNS_COMPAT_TRACK_H
#define PROCNS_COMPAT_TRACK_H

#include <linux/ftrace.h>
#include <linux/ptrace.h>

#ifdef CONFIG_LTO
#error "LTO may inline the functions the tracked registry traces"
#endif

/*
 * A traced function's arguments: newer architectures save them for every tracer, older ones with
 * all other registers for those that ask.
 */
#if defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS)
#define FTRACE_OPS_FL_ARGUMENTS FTRACE_OPS_FL_SAVE_REGS
static __always_inline unsigned long ftrace_argument(struct ftrace_regs *fregs, unsigned int n)
{
	return regs_get_kernel_argument(ftrace_get_regs(fregs), n);
}
#elif defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define FTRACE_OPS_FL_ARGUMENTS 0
static __always_inline unsigned long ftrace_argument(struct ftrace_regs *fregs, unsigned int n)
{
	return ftrace_regs_get_argument(fregs, n);
}
#else
#error "the tracked registry needs CONFIG_DYNAMIC_FTRACE_WITH_ARGS or _WITH_REGS"
#endif

#endif
