// SPDX-License-Identifier: GPL-2.0-only
/*
 * procns: every namespace of the system as a filesystem, /proc/namespaces.
 */
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/proc_fs.h>

#include "fs.h"
#include "jump.h"
#include "registry.h"

#define MOUNT_POINT "namespaces"

/* procfs gives no reason. */
static int __init why_no_mount_point(void)
{
	struct path path;

	if (kern_path("/proc/" MOUNT_POINT, 0, &path))
		return -ENOMEM;
	path_put(&path);
	return -EEXIST;
}

static int __init procns_init(void)
{
	int error;

	error = jump_init();
	if (error)
		return error;

	error = registry_init();
	if (error)
		return error;

	if (!proc_create_mount_point(MOUNT_POINT)) {
		error = why_no_mount_point();
		pr_err("cannot make the mount point /proc/" MOUNT_POINT ": error %d\n", error);
		goto err_mount_point;
	}

	error = fs_init();
	if (error) {
		pr_err("cannot register the filesystem: error %d\n", error);
		goto err_fs;
	}
	return 0;

err_fs:
	remove_proc_entry(MOUNT_POINT, NULL);
err_mount_point:
	registry_exit();
	return error;
}

static void __exit procns_exit(void)
{
	fs_exit();
	remove_proc_entry(MOUNT_POINT, NULL);
	registry_exit();
}

module_init(procns_init);
module_exit(procns_exit);

MODULE_DESCRIPTION("Every namespace of the system as a filesystem");
MODULE_ALIAS_FS("procns");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
