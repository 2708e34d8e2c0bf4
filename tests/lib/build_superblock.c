// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Namespaces kept by a filesystem that was made in them, and is now mounted elsewhere. (An mqueue does not keep its ipc
 * namespace: it is only told when that goes.)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/mount.h>
#include "nsmake.h"

static const char *fstype_for(int flag)
{
	return flag == CLONE_NEWPID ? "proc" : "tmpfs";
}

static int new_superblock(struct nsmake *m, const char *fstype)
{
	cleanup_fd context = syscall(SYS_fsopen, fstype, FSOPEN_CLOEXEC);
	int fd;

	if (context < 0 && errno == ENOSYS)
		return skip(m, "no fsopen");
	if (context < 0)
		return fail(m, "opening a %s context", fstype);
	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return fail(m, "making a %s", fstype);
	fd = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? fail(m, "mounting a %s", fstype) : fd;
}

static int make_superblock(struct job *job)
{
	/* mounting takes rights over the mount namespace: one that the user namespace owns */
	if (job->ns->flag == CLONE_NEWUSER && unshare(CLONE_NEWNS))
		return fail(job->m, "making a mount namespace");
	job->give = new_superblock(job->m, fstype_for(job->ns->flag));
	return job->give < 0 ? job->give : 0;
}

static int say_superblock(struct nsmake *m, const char *dir, const char *fstype)
{
	struct stat st;

	if (stat(dir, &st))
		return fail(m, "looking at %s", dir);
	json_num(m, "pid", getpid());
	json_str(m, "fstype", "%s", fstype);
	json_str(m, "device", "%u:%u", major(st.st_dev), minor(st.st_dev));
	json_str(m, "path", "%s", dir);
	return our_mntns(m);
}

BUILDER(superblock)
{
	struct job job = { .m = m, .ns = ns, .enter = true, .run = make_superblock };
	cleanup_fd mount = job_run(&job);
	char dir[64];
	int err;

	if (mount < 0)
		return mount;
	err = new_dir(m, dir, sizeof(dir));
	if (err)
		return err;
	if (syscall(SYS_move_mount, mount, "", AT_FDCWD, dir, MOVE_MOUNT_F_EMPTY_PATH))
		return fail(m, "moving a mount to %s", dir);
	return undo_umount(m, dir) ?: say_superblock(m, dir, fstype_for(ns->flag));
}
