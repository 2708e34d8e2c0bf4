// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "metrics_file.h"
#include "say.h"
#include "text.h"

/* DIR/.NAME.XXXXXX; the caller frees it. */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	int directory = slash ? (int)(slash - path) + 1 : 0;

	return text_format("%.*s.%s.XXXXXX", directory, path, path + directory);
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

/* A new name lasts only when the directory that has it is on the disk. Where that can't be asked for, the rename still stands. */
static void sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	cleanup_free char *directory = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	cleanup_fd int fd = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0)
		(void)fsync(fd);
}

/* 0, or -1 with errno; the temporary file is then gone. */
static int replace(const char *path, char *temporary, const char *text, size_t length)
{
	int fd = mkostemp(temporary, O_CLOEXEC), err;

	if (fd < 0)
		return -1;
	if (!write_all(fd, text, length) && !fchmod(fd, 0644) && !fsync(fd)) {
		int closed = close(fd);

		fd = -1;
		if (!closed && !rename(temporary, path)) {
			sync_directory(path);
			return 0;
		}
	}
	err = errno;
	if (fd >= 0)
		close(fd);
	unlink(temporary);
	errno = err;
	return -1;
}

/* A rename would put a plain file in the place of a device or a pipe. */
static bool can_be_replaced(const char *path)
{
	struct stat status;

	return stat(path, &status) || S_ISREG(status.st_mode);
}

int metrics_write_file(const struct cli *cli, const char *path, const char *text, size_t length)
{
	cleanup_free char *temporary = temporary_name(path);
	sigset_t all, before;
	int failed;

	if (!temporary)
		return fail(cli, "out of memory");
	if (!can_be_replaced(path))
		return fail(cli, "cannot write %s: it is there and is no regular file", path);
	/* a timer that ends us, or a person, shall not leave the temporary file */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	failed = replace(path, temporary, text, length) ? errno : 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return fail(cli, "cannot write %s: %s", path, strerror(failed));
	return EXIT_OK;
}
