// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "net_file.h"
#include "say.h"
#include "text.h"

/* What can't be replaced by another file is written to as it is. */
static int open_directly(struct whole_file *file, const struct cli *cli)
{
	if (!strcmp(file->path, "-")) {
		fflush(stdout);
		file->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	} else {
		file->fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	}
	if (file->fd < 0)
		return fail(cli, "cannot write %s: %s", file->path, strerror(errno));
	return EXIT_OK;
}

static bool is_no_plain_file(const char *path)
{
	struct stat status;

	return !strcmp(path, "-") || (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode));
}

static mode_t mode_of_new(mode_t most)
{
	mode_t mask = umask(0);

	umask(mask);
	return most & ~mask;
}

static int begin(struct whole_file *file, const struct cli *cli, const char *path)
{
	*file = (struct whole_file){ .fd = -1, .path = path };
	if (is_no_plain_file(path))
		return open_directly(file, cli);
	file->temporary = text_format("%s.XXXXXX", path);
	if (!file->temporary)
		return fail(cli, "out of memory");
	file->fd = mkostemp(file->temporary, O_CLOEXEC);
	if (file->fd >= 0)
		return EXIT_OK;
	fail(cli, "cannot write %s: %s", path, strerror(errno));
	free(file->temporary);
	return EXIT_FAILED;
}

static int set_mode(struct whole_file *file, const struct cli *cli, mode_t mode)
{
	if (!fchmod(file->fd, mode))
		return EXIT_OK;
	return whole_file_end(file, cli, fail(cli, "cannot write %s: cannot set its mode: %s", file->path, strerror(errno)));
}

int whole_file_begin(struct whole_file *file, const struct cli *cli, const char *path)
{
	int status = begin(file, cli, path);

	return status != EXIT_OK || !file->temporary ? status : set_mode(file, cli, mode_of_new(0666));
}

/* What the mode lets a group do is meant for that group. */
static mode_t mode_like(const struct whole_file *file, const struct stat *before)
{
	mode_t mode = before->st_mode & 0777;
	struct stat now;

	if (!fstat(file->fd, &now) && (now.st_gid == before->st_gid || !fchown(file->fd, (uid_t)-1, before->st_gid)))
		return mode;
	return mode & ~(mode_t)S_IRWXG;
}

int whole_file_begin_private(struct whole_file *file, const struct cli *cli, const char *path)
{
	bool is_there;
	struct stat before;
	int status = begin(file, cli, path);

	if (status != EXIT_OK || !file->temporary)
		return status;
	is_there = !stat(path, &before) && S_ISREG(before.st_mode);
	return set_mode(file, cli, is_there ? mode_like(file, &before) : mode_of_new(0600));
}

int whole_file_end(struct whole_file *file, const struct cli *cli, int status)
{
	if (close(file->fd) < 0 && status == EXIT_OK)
		status = fail(cli, "cannot write %s: %s", file->path, strerror(errno));
	if (!file->temporary)
		return status;
	if (status == EXIT_OK && rename(file->temporary, file->path) < 0)
		status = fail(cli, "cannot write %s: %s", file->path, strerror(errno));
	if (status != EXIT_OK)
		unlink(file->temporary);
	free(file->temporary);
	return status;
}
