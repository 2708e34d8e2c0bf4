/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What surrounds the loading of BPF programs by libbpf: silence; and a reason when the kernel refuses one. */
#ifndef PROCNS_SOURCE_BPF_LOAD_H
#define PROCNS_SOURCE_BPF_LOAD_H

#include <bpf/libbpf.h>

#include "source.h"

#define VERIFIER_LOG_SIZE (1 << 16)

/* bpf(2). Returns what it does, or a negative errno. */
int sys_bpf(int command, union bpf_attr *attr);

struct load {
	struct procns *ctx;
	struct bpf_object_open_opts options;	/* to open the object with */
	char *log;
	libbpf_print_fn_t printed_by;
};

/*
 * Between these two libbpf is silent, and other threads wait at load_begin(): what libbpf prints by is the whole process's.
 * load_begin() returns 0 or -ENOMEM; load_end() is given what loading returned and gives it back, with the message set on ctx.
 */
int load_begin(struct load *load, struct procns *ctx);
int load_end(struct load *load, int err);

/* The last line of a verifier's log that says something. The log is no longer one text then. */
const char *last_complaint(char *log);

/* The message about programs that the kernel refused (-errno); the verifier's complaint, if there is one. Returns err. */
int bpf_refused(struct procns *ctx, int err, const char *complaint);

#endif
