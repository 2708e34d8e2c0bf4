// SPDX-License-Identifier: GPL-2.0-or-later
/* Namespaces kept by a mount of their nsfs file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/mount.h>
#include "nsmake.h"

/* Binds it in our mount namespace and says where. */
static int bind_new(struct nsmake *m, int nsfd, char *path, size_t size)
{
	return new_file(m, path, size) ?: bind_ns(m, nsfd, path) ?: undo_umount(m, path);
}

BUILDER(bind)
{
	char path[64];
	int err = bind_new(m, ns->fd, path, sizeof(path));

	if (err)
		return err;
	json_num(m, "pid", getpid());
	json_str(m, "path", "%s", path);
	return our_mntns(m);
}

/* As ip-netns does: in the mount namespace of the caller, where it outlives a kill -9. */
BUILDER(bind_here)
{
	char path[] = "/tmp/nsmake-XXXXXX";
	cleanup_fd fd = mkostemp(path, O_CLOEXEC);
	int err;

	if (fd < 0)
		return fail(m, "creating %s", path);
	err = undo_unlink(m, path) ?: bind_ns(m, ns->fd, path) ?: undo_umount(m, path);
	if (err)
		return err;
	json_str(m, "path", "%s", path);
	return our_mntns(m);
}

static int bind_elsewhere(struct job *job)
{
	struct nsmake *m = job->m;

	m->dir[0] = 0;	/* that one is of the parent's mount namespace */
	return own_mounts(m) ?: new_file(m, job->text, sizeof(job->text)) ?: bind_ns(m, job->ns->fd, job->text);
}

static void say_elsewhere(const struct job *job, int mntns)
{
	json_str(job->m, "path", "%s", job->text);
	json_ns(job->m, "mntns", mntns);
}

BUILDER(bind_other_mntns)
{
	struct job job = { .m = m, .ns = ns, .run = bind_elsewhere };
	pid_t pid = job_start(&job);
	cleanup_fd mntns = pid < 0 ? -1 : ns_open_of(m, pid, "mnt");

	if (mntns < 0)
		return pid < 0 ? pid : mntns;
	json_num(m, "pid", pid);
	say_elsewhere(&job, mntns);
	return 0;
}

static int bind_elsewhere_and_give(struct job *job)
{
	int err = bind_elsewhere(job);

	if (err)
		return err;
	job->give = ns_open_of(job->m, getpid(), "mnt");
	return job->give < 0 ? job->give : 0;
}

BUILDER(bind_fd_mntns)
{
	struct job job = { .m = m, .ns = ns, .run = bind_elsewhere_and_give };
	int mntns = job_run(&job);

	if (mntns < 0)
		return mntns;
	say_elsewhere(&job, mntns);
	return json_holder_fd(m, mntns);
}

BUILDER(bind_several)
{
	struct job job = { .m = m, .ns = ns, .run = bind_elsewhere };
	char first[64], second[64];
	pid_t pid;
	int err;

	err = bind_new(m, ns->fd, first, sizeof(first)) ?: bind_new(m, ns->fd, second, sizeof(second));
	if (err)
		return err;
	pid = job_start(&job);
	if (pid < 0)
		return pid;
	json_num(m, "pid", getpid());
	json_str(m, "path", "%s", first);
	json_str(m, "path2", "%s", second);
	json_num(m, "pid2", pid);
	return our_mntns(m);
}

BUILDER(detached)
{
	int fd = syscall(SYS_open_tree, ns->fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (fd < 0 && errno == ENOSYS)
		return skip(m, "open_tree: %s", strerror(errno));
	if (fd < 0)
		return fail(m, "cloning the mount of a namespace");
	json_null(m, "mntns");
	return json_holder_fd(m, fd);
}

/* The descriptor is of a directory; the namespace is mounted below it. */
BUILDER(detached_tree)
{
	char dir[64], path[72];
	cleanup_fd file = -1;
	int fd, err;

	err = new_dir(m, dir, sizeof(dir));
	if (err)
		return err;
	if (mount("nsmake", dir, "tmpfs", 0, NULL))
		return fail(m, "mounting a tmpfs on %s", dir);
	snprintf(path, sizeof(path), "%s/ns", dir);
	file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0)
		return fail(m, "creating %s", path);
	err = bind_ns(m, ns->fd, path);
	if (err)
		return err;
	fd = syscall(SYS_open_tree, AT_FDCWD, dir, AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (fd < 0)
		return fail(m, "cloning the mounts at %s", dir);
	if (umount2(path, 0) || umount2(dir, MNT_DETACH))
		return fail(m, "unmounting %s", dir);
	json_str(m, "path", "/ns");
	json_null(m, "mntns");
	return json_holder_fd(m, fd);
}

/*
 * The scenario of the 2020 discussion: in a mount namespace M the namespace is bound below a root that is then mounted
 * over, and M itself is a descriptor in flight, in a socket in flight.
 */
static int hide_in_m(struct job *job)
{
	struct nsmake *m = job->m;
	int err = bind_elsewhere_and_give(job);

	if (err)
		return err;
	return mount("nsmake", "/", "tmpfs", 0, NULL) ? fail(m, "mounting over /") : 0;
}

BUILDER(scenario_mn)
{
	struct job job = { .m = m, .ns = ns, .run = hide_in_m };
	cleanup_fd mntns = job_run(&job);

	if (mntns < 0)
		return mntns;
	say_elsewhere(&job, mntns);
	return nest(m, mntns, 2);
}
