// SPDX-License-Identifier: GPL-2.0-or-later
/* Namespaces kept by another namespace alone: as its owner or its parent. That one is kept by a descriptor of ours. */
#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>
#include "nsmake.h"

/* A pid namespace has no link before its first process, and that one must outlast the opening of it. */
static int first_process(struct nsmake *m)
{
	pid_t pid = fork_tied(0);

	if (pid < 0)
		return fail(m, "starting the first process of a pid namespace");
	if (pid > 0)
		return 0;
	close_all_but(NULL, 0);
	pause_forever();
}

static int unshare_in(struct job *job)
{
	if (unshare(job->arg))
		return fail(job->m, "unsharing a namespace inside another");
	return job->arg == CLONE_NEWPID ? first_process(job->m) : 0;
}

/* Opened from here: a descriptor opened by the process inside would have the credentials of inside. */
static int related(struct nsmake *m, const struct ns *ns, int flag, const char *key)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = unshare_in, .arg = flag };
	pid_t pid = job_start(&job);
	int fd, err;

	if (pid < 0)
		return pid;
	fd = ns_open_of(m, pid, flag == CLONE_NEWPID ? "pid_for_children" : ns_type(flag)->name);
	err = undo_last(m);
	if (fd < 0 || err) {
		close_fd(&fd);
		return fd < 0 ? fd : err;
	}
	json_ns(m, key, fd);
	return json_holder_fd(m, fd);
}

BUILDER(owner)
{
	return related(m, ns, CLONE_NEWUTS, "owned");
}

BUILDER(parent)
{
	return related(m, ns, ns->flag, "child");
}
