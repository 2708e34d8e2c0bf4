// SPDX-License-Identifier: GPL-2.0-or-later
/* Steps into a namespace that may have no program in it, so it cannot be asked by running one there. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <linux/magic.h>
#include "fscheck.h"

static unsigned int names_in(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned int count = 0;

	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return count;
}

int check_within(int argc, char **argv)
{
	static const char *const links[] = {
		"cgroup", "ipc", "mnt", "net", "pid_for_children", "time_for_children", "user", "uts",
	};
	cleanup_fd own = open("/proc/self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd fd = open(argv[0], O_RDONLY | O_CLOEXEC);
	struct statfs root;
	char name[64];

	(void)argc;
	if (own < 0 || fd < 0 || setns(fd, 0)) {
		perror(argv[0]);
		return 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		ssize_t n = readlinkat(own, links[i], name, sizeof(name) - 1);

		if (n > 0)
			printf("%.*s\n", (int)n, name);
	}
	if (!statfs("/", &root))
		printf("/ is %s of %u names\n", root.f_type == TMPFS_MAGIC ? "tmpfs" : "another filesystem", names_in("/"));
	return 0;
}
