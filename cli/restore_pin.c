// SPDX-License-Identifier: GPL-2.0-or-later
/* Pins in a directory, and their end. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "command.h"
#include "restore.h"
#include "say.h"

static int pin(struct restore *restore, struct restored *one)
{
	char path[PATH_MAX], source[64];
	int fd, err;

	restore_pin_path(restore, one, path);
	fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		return fail(restore->cli, "cannot make %s: %s", path, strerror(errno));
	close(fd);
	snprintf(source, sizeof(source), "/proc/self/fd/%d", one->fd);
	if (!mount(source, path, NULL, MS_BIND, NULL)) {
		one->pinned = true;
		return EXIT_OK;
	}
	err = errno;
	unlink(path);
	return fail(restore->cli, "cannot pin %s at %s: %s%s", one->ns->id, path, strerror(err),
		    err == EPERM ? " (needs CAP_SYS_ADMIN over this mount namespace)" :
		    err == EINVAL && one->ns->type == PROCNS_MNT ? " (a mount namespace can be pinned only in an older one)" : "");
}

int restore_pin_all(struct restore *restore)
{
	int status = EXIT_OK;

	if (mkdir(restore->pins, 0755) == 0)
		restore->made_pins = true;
	else if (errno != EEXIST)
		return fail(restore->cli, "--pins: cannot make %s: %s", restore->pins, strerror(errno));
	for (size_t i = 0; status == EXIT_OK && i < restore->dump->count; i++)
		if (restore->list[i].fd >= 0)
			status = pin(restore, &restore->list[i]);
	return status;
}

static bool is_pin_name(const char *name)
{
	enum procns_type type;
	char text[16];
	unsigned int number;
	int end = 0;

	return sscanf(name, "%7[a-z]-ns%7u%n", text, &number, &end) == 2 && !name[end] && !procns_type_parse(text, &type);
}

/* The process that restore left in a pid namespace. The kernel ends all others there with it. */
static void end_inits(const struct procns_snapshot *snapshot, ino_t inum)
{
	const struct procns_ns *ns = procns_find(snapshot, PROCNS_PID, (uint32_t)inum);

	for (size_t i = 0; ns && i < ns->nthreads; i++)
		if (!strcmp(ns->members[i]->comm, RESTORE_INIT_NAME) && ns->members[i]->pid > 0)
			kill(ns->members[i]->pid, SIGTERM);
}

static int remove_pin(const struct cli *cli, int dir, const char *pins, const char *name, const struct procns_snapshot *snapshot)
{
	cleanup_fd int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char path[PATH_MAX];
	struct statfs fs;
	struct stat st;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != NSFS_MAGIC || fstat(fd, &st) < 0)
		return EXIT_OK;
	if (!strncmp(name, "pid-", 4))
		end_inits(snapshot, st.st_ino);
	snprintf(path, sizeof(path), "%s/%s", pins, name);
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return fail(cli, "cannot unpin %s: %s", path, strerror(errno));
	return unlink(path) < 0 ? fail(cli, "cannot remove %s: %s", path, strerror(errno)) : EXIT_OK;
}

int restore_remove(const struct cli *cli, const char *pins)
{
	static const struct procns_query query = { .want = PROCNS_FACT_MEMBERS, .types = 1u << PROCNS_PID };
	cleanup_snapshot struct procns_snapshot *snapshot = NULL;
	cleanup_context struct procns *ctx = NULL;
	DIR *dir = opendir(pins);
	struct dirent *entry;
	int status = EXIT_OK;

	if (!dir)
		return fail(cli, "--undo: %s: %s", pins, strerror(errno));
	if (procns_new(&ctx) || procns_snapshot(ctx, &query, &snapshot))
		status = fail(cli, "%s", ctx ? procns_error(ctx) : "out of memory");
	while (status == EXIT_OK && (entry = readdir(dir)))
		if (is_pin_name(entry->d_name))
			status = remove_pin(cli, dirfd(dir), pins, entry->d_name, snapshot);
	closedir(dir);
	return status;
}
