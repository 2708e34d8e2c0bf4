// SPDX-License-Identifier: LGPL-2.1-or-later
/* In place of watch_bpf.c where procns is built without BPF: there is none to open, and what is of an open one is never called. */
#include <errno.h>

#include "watch.h"

int watch_bpf_open(struct procns_watch *watch)
{
	return context_error(watch->ctx, EOPNOTSUPP, "this procns was built without BPF");
}

void watch_bpf_close(struct watch_bpf *bpf)
{
	(void)bpf;
}

int watch_bpf_fd(const struct watch_bpf *bpf)
{
	(void)bpf;
	return -1;
}

int watch_bpf_drain(struct procns_watch *watch)
{
	(void)watch;
	return 0;
}

void watch_bpf_sleep(struct watch_bpf *bpf)
{
	(void)bpf;
}

bool watch_bpf_is_awake(const struct watch_bpf *bpf)
{
	(void)bpf;
	return false;
}

bool watch_bpf_is_hinted(const struct watch_bpf *bpf)
{
	(void)bpf;
	return false;
}

void watch_bpf_clear_hint(struct watch_bpf *bpf)
{
	(void)bpf;
}

uint64_t watch_bpf_lost(const struct watch_bpf *bpf)
{
	(void)bpf;
	return 0;
}
