// SPDX-License-Identifier: GPL-2.0-or-later
#include "tasks.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Kernel threads have no command line; there may be hundreds of them. */
static ssize_t read_of(const char *pid, const char *file, char *text, size_t size)
{
	char path[64];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, text, size - 1);
	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = 0;
	return length;
}

static void show(const char *pid)
{
	char command[160], stat[512], waits[2048];
	ssize_t length = read_of(pid, "cmdline", command, sizeof(command));
	const char *state;

	for (ssize_t i = 0; i < length - 1; i++)
		if (!isprint((unsigned char)command[i]))
			command[i] = ' ';
	read_of(pid, "stat", stat, sizeof(stat));
	state = strrchr(stat, ')');
	if (!state || (length <= 0 && state[2] != 'Z'))
		return;
	read_of(pid, "stack", waits, sizeof(waits));
	printf("vm: task %s state and parent%.12s: %s\n%s", pid, state + 1, command, waits);
}

void tasks_show(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			show(entry->d_name);
	if (proc)
		closedir(proc);
}
