// SPDX-License-Identifier: GPL-2.0-or-later
/* Namespaces kept by an open file of /proc or of cgroup2, or by a mapped SysV segment. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <unistd.h>
#include "nsmake.h"

static int open_path(struct job *job)
{
	const char *path = (const char *)job->arg;

	job->give = open(path, O_RDONLY | O_CLOEXEC);
	return job->give < 0 ? fail(job->m, "opening %s", path) : 0;
}

/* The process that opened it was the last in the namespace. */
static int hold_file(struct nsmake *m, const struct ns *ns, const char *path)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = open_path, .arg = (long)path };
	int fd = job_run(&job);

	if (fd < 0)
		return fd;
	json_str(m, "path", "%s", path);
	return json_holder_fd(m, fd);
}

BUILDER(proc_mounts)
{
	return hold_file(m, ns, "/proc/self/mounts");
}

BUILDER(proc_mountinfo)
{
	return hold_file(m, ns, "/proc/self/mountinfo");
}

BUILDER(proc_net)
{
	return hold_file(m, ns, "/proc/self/net/dev");
}

BUILDER(proc_net_single)
{
	return hold_file(m, ns, "/proc/self/net/sockstat");
}

BUILDER(cgroup_file)
{
	char dir[64], path[80];
	int err = new_dir(m, dir, sizeof(dir));

	if (err)
		return err;
	if (mount("nsmake", dir, "cgroup2", 0, NULL))
		return skip(m, "mounting cgroup2: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	return undo_umount(m, dir) ?: hold_file(m, ns, path);
}

/* The keeper steps in, maps a segment of that namespace, and steps out. */
static int map_segment(struct job *job)
{
	cleanup_fd home = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);
	int id;

	if (home < 0 || setns(job->ns->fd, CLONE_NEWIPC))
		return fail(job->m, "entering an ipc namespace");
	id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	if (id < 0 || shmat(id, NULL, 0) == (void *)-1)
		return fail(job->m, "mapping a SysV segment");
	job->number = id;
	return setns(home, CLONE_NEWIPC) ? fail(job->m, "leaving an ipc namespace") : 0;
}

BUILDER(shm)
{
	struct job job = { .m = m, .ns = ns, .run = map_segment };
	pid_t pid = job_start(&job);

	if (pid < 0)
		return pid;
	json_num(m, "pid", pid);
	json_num(m, "shmid", job.number);
	return 0;
}
