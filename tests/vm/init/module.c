// SPDX-License-Identifier: GPL-2.0-or-later
#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "machine.h"

#define MOUNT_POINT "/proc/namespaces"

static int failed(const char *what)
{
	int error = errno;

	printf("vm: %s: %s\n", what, strerror(error));
	errno = error;
	return -1;
}

int module_load(void)
{
	char path[256], parameters[256] = "";
	struct utsname uts;
	FILE *file = fopen("/vm/module", "re");

	if (file && !fgets(parameters, sizeof(parameters), file))
		parameters[0] = '\0';
	if (file)
		fclose(file);
	parameters[strcspn(parameters, "\n")] = '\0';

	uname(&uts);
	snprintf(path, sizeof(path), "/lib/modules/%s/updates/procns.ko", uts.release);
	if (machine_insert(path, parameters) < 0)
		return failed("procns.ko does not load");
	if (mount("procns", MOUNT_POINT, "procns", 0, NULL) < 0)
		return failed("procns does not mount on " MOUNT_POINT);
	return 0;
}

/* Wherever in our mount namespace the command has mounted it; the others went with their processes. */
static void unmount_all(void)
{
	FILE *table = setmntent("/proc/self/mounts", "re");
	char where[64][256];
	struct mntent *entry;
	int count = 0;

	while (table && count < 64 && (entry = getmntent(table)))
		if (strcmp(entry->mnt_type, "procns") == 0)
			snprintf(where[count++], sizeof(where[0]), "%s", entry->mnt_dir);
	if (table)
		endmntent(table);
	while (count--)
		umount2(where[count], 0);
}

int module_unload(void)
{
	const int tries = 100;
	int i;

	/* The kernel takes namespaces and superblocks apart in the background. */
	for (i = 0; i < tries; i++) {
		unmount_all();
		if (syscall(SYS_delete_module, "procns", O_NONBLOCK) == 0 || errno == ENOENT)
			return 0;
		usleep(50 * 1000);
	}
	return failed("procns is still in use when no process is left");
}
