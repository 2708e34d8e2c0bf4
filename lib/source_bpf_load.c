// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <linux/capability.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "caller.h"
#include "source_bpf_load.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int sys_bpf(int command, union bpf_attr *attr)
{
	int result = syscall(SYS_bpf, command, attr, sizeof(*attr));

	return result < 0 ? -errno : result;
}

static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

int load_begin(struct load *load, struct procns *ctx)
{
	char *log = calloc(1, VERIFIER_LOG_SIZE);

	if (!log)
		return context_error(ctx, ENOMEM, "cannot load BPF programs: out of memory");
	*load = (struct load){
		.ctx = ctx,
		.options = { .sz = sizeof(load->options), .kernel_log_buf = log, .kernel_log_size = VERIFIER_LOG_SIZE },
		.log = log,
	};
	pthread_mutex_lock(&lock);
	load->printed_by = libbpf_set_print(say_nothing);
	return 0;
}

const char *last_complaint(char *log)
{
	char *line = log, *complaint = log;

	while ((line = strsep(&log, "\n")))
		if (*line && strncmp(line, "processed ", strlen("processed ")))
			complaint = line;
	return complaint;
}

/* Who has the capabilities is not told to get them: a security module, or a kernel with patches of its own, may refuse all the same. */
static int not_permitted(struct procns *ctx)
{
	if (caller_has_capability(CAP_SYS_ADMIN) || (caller_has_capability(CAP_BPF) && caller_has_capability(CAP_PERFMON)))
		return context_error(ctx, EPERM, "cannot load BPF programs: %s, though the capabilities are there; in the initial user "
				     "namespace it is the kernel, or a security module, that forbids these programs", strerror(EPERM));
	return context_error(ctx, EPERM, "cannot load BPF programs: %s; needs CAP_BPF and CAP_PERFMON", strerror(EPERM));
}

int bpf_refused(struct procns *ctx, int err, const char *complaint)
{
	if (err == -EPERM)
		return not_permitted(ctx);
	if (err == -ENOMEM)
		return context_error(ctx, ENOMEM, "cannot load BPF programs: out of memory");
	return context_error(ctx, -err, "cannot load BPF programs: %s%s%s; needs Linux 5.17 or later", strerror(-err),
			     *complaint ? ": " : "", complaint);
}

int load_end(struct load *load, int err)
{
	libbpf_set_print(load->printed_by);
	pthread_mutex_unlock(&lock);
	if (err)
		err = bpf_refused(load->ctx, err, last_complaint(load->log));
	free(load->log);
	return err;
}
