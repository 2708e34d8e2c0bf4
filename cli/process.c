// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "process.h"
#include "text.h"

bool process_proc_is_ours(void)
{
	char self[16], target[16];
	ssize_t length = readlink("/proc/self", target, sizeof(target));
	int expected = snprintf(self, sizeof(self), "%d", getpid());

	return length == expected && !memcmp(self, target, (size_t)length);
}

static ssize_t read_all(int fd, char *buffer, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t length = read(fd, buffer + done, size - done);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return -1;
		if (!length)
			break;
		done += (size_t)length;
	}
	return (ssize_t)done;
}

char *process_command(uint32_t tid, void *comm)
{
	char path[32], line[8192];
	cleanup_fd int fd = -1;
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/cmdline", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read_all(fd, line, sizeof(line));
	if (length <= 0)
		return strdup(comm);

	for (ssize_t i = 0; i < length; i++)
		if (!line[i])
			line[i] = ' ';
	line[length - 1] = '\0';
	return strdup(line);
}

char *process_user(uint32_t uid, void *data)
{
	const struct passwd *user = getpwuid(uid);

	(void)data;
	if (user && *user->pw_name)
		return strdup(user->pw_name);
	return text_format("%" PRIu32, uid);
}
