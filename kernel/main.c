// SPDX-License-Identifier: GPL-2.0-only
/*
 * procns: every namespace of the system as a filesystem, /proc/namespaces.
 */
#include <linux/module.h>
#include <linux/proc_fs.h>

#include "fs.h"
#include "jump.h"
#include "registry.h"

#define MOUNT_POINT "namespaces"

static int __init procns_init(void)
{
	int error;

	error = jump_init();
	if (error)
		return error;

	error = registry_init();
	if (error)
		return error;

	error = -EEXIST;
	if (!proc_create_mount_point(MOUNT_POINT)) {
		pr_err("cannot make the mount point /proc/" MOUNT_POINT "\n");
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
