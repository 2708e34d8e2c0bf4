// SPDX-License-Identifier: GPL-2.0-or-later
/* The virtio-serial ports: the guest's device nodes are numbered, their names are in sysfs. */
#include "ports.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

#define SYS_PORTS "/sys/class/virtio-ports"

static int port_has_name(const char *port, const char *name)
{
	char path[512], found[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), SYS_PORTS "/%s/name", port);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (!fgets(found, sizeof(found), file))
		found[0] = '\0';
	fclose(file);
	found[strcspn(found, "\n")] = '\0';
	return strcmp(found, name) == 0;
}

static int port_try(const char *name)
{
	DIR *ports = opendir(SYS_PORTS);
	struct dirent *entry;
	char path[512];
	int fd = -1;

	if (!ports)
		return -1;
	while (fd < 0 && (entry = readdir(ports))) {
		if (!port_has_name(entry->d_name, name))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		fd = open(path, O_WRONLY | O_CLOEXEC);
	}
	closedir(ports);
	return fd;
}

int port_open(const char *name)
{
	int tries;

	/* The device announces its ports one by one, some time after it is found. */
	for (tries = 0; tries < 1000; tries++) {
		int fd = port_try(name);

		if (fd >= 0)
			return fd;
		usleep(10 * 1000);
	}
	machine_fail("no virtio port", name);
}

void write_all(int fd, const void *data, size_t size)
{
	const char *next = data;

	while (size) {
		ssize_t written = write(fd, next, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		next += written;
		size -= written;
	}
}
