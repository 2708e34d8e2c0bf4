// SPDX-License-Identifier: GPL-2.0-or-later
/* procns pin and unpin: a bind mount that keeps a namespace, and its end. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "say.h"
#include "target.h"

/* Options that say everything themselves. 0, or an exit status + 1. */
static int parse_operands(const struct cli *cli, int argc, char **argv, char **operands, size_t wanted)
{
	struct options options;
	char **given;
	int key;

	options_begin(&options, cli, argc, argv);
	while ((key = options_next(&options)) != OPTIONS_END)
		if (key == OPTIONS_EXIT)
			return 1 + options.status;
	given = options_operands(&options);
	for (size_t i = 0; i < wanted; i++) {
		if (!given[i])
			return 1 + fail(cli, "give %s", cli->command->operands);
		operands[i] = given[i];
	}
	if (given[wanted])
		return 1 + fail(cli, "%s: one operand too many; give %s", given[wanted], cli->command->operands);
	return 0;
}

static bool is_nsfs(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == NSFS_MAGIC;
}

static const char *why_not(const struct target *target, int err)
{
	if (err == EINVAL && target->type == PROCNS_MNT)
		return " (a mount namespace can be pinned only where mounts are private, and in a mount namespace older than itself)";
	if (err == EPERM)
		return " (needs CAP_SYS_ADMIN over this mount namespace)";
	return "";
}

static int pin(const struct cli *cli, const struct target *target, const char *path)
{
	char source[64];
	bool made;
	int fd, err;

	fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	made = fd >= 0;
	if (fd < 0 && errno != EEXIST)
		return fail(cli, "cannot make %s: %s", path, strerror(errno));
	if (made)
		close(fd);
	else if (is_nsfs(path))
		return fail(cli, "%s: a namespace is pinned there already", path);

	snprintf(source, sizeof(source), "/proc/self/fd/%d", target->fd);
	if (!mount(source, path, NULL, MS_BIND, NULL))
		return EXIT_OK;
	err = errno;
	if (made)
		unlink(path);
	return fail(cli, "cannot pin %s at %s: %s%s", target->text, path, strerror(err), why_not(target, err));
}

static int run_pin(const struct cli *cli, int argc, char **argv)
{
	struct target target;
	char *operands[2] = { NULL };
	int status = parse_operands(cli, argc, argv, operands, 2);

	if (status)
		return status - 1;
	status = target_open(cli, operands[0], &target);
	if (status)
		return status;
	capabilities_drop_after(cli, CAPABILITY_LISTS);
	status = pin(cli, &target, operands[1]);
	close(target.fd);
	return status;
}

static int run_unpin(const struct cli *cli, int argc, char **argv)
{
	char *operands[1] = { NULL };
	int status = parse_operands(cli, argc, argv, operands, 1);
	const char *path = operands[0];
	struct stat st;

	if (status)
		return status - 1;
	if (lstat(path, &st))
		return fail(cli, "cannot unpin %s: %s", path, strerror(errno));
	if (S_ISLNK(st.st_mode) || !is_nsfs(path))
		return fail(cli, "cannot unpin %s: no namespace is pinned there", path);
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW))
		return fail(cli, "cannot unpin %s: %s%s", path, strerror(errno),
			    errno == EINVAL ? " (it is no mount of this mount namespace)" : "");
	/* the empty file that pin made; one with something in it is somebody's */
	if (!lstat(path, &st) && S_ISREG(st.st_mode) && !st.st_size && !is_nsfs(path) && unlink(path))
		note(cli, "unpinned, but cannot remove %s: %s", path, strerror(errno));
	return EXIT_OK;
}

static const struct option_row rows[] = {
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_pin = {
	.name = "pin",
	.operands = "NS PATH",
	.help = "keep a namespace by a bind mount",
	.options = rows,
	.run = run_pin,
};

const struct command command_unpin = {
	.name = "unpin",
	.operands = "PATH",
	.help = "undo pin",
	.options = rows,
	.run = run_unpin,
};
