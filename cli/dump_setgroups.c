// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether setgroups(2) may be called in a user namespace. /proc/PID/setgroups of who is in it says so; where nobody is, a child goes there.
 * Nobody comes back out of a user namespace, so each takes a child of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "dump_explore.h"
#include "process.h"
#include "text.h"

static enum dump_setgroups parse(const char *text, ssize_t length)
{
	if (length >= 5 && !strncmp(text, "allow", 5))
		return DUMP_SETGROUPS_ALLOW;
	return length >= 4 && !strncmp(text, "deny", 4) ? DUMP_SETGROUPS_DENY : DUMP_SETGROUPS_UNKNOWN;
}

static enum dump_setgroups read_file(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[16];
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text));

	return parse(text, length);
}

static enum dump_setgroups of_member(const struct procns_ns *ns)
{
	char path[64];

	if (!ns->first || !ns->first->pid || !process_proc_is_ours())
		return DUMP_SETGROUPS_UNKNOWN;
	snprintf(path, sizeof(path), "/proc/%d/setgroups", ns->first->pid);
	return read_file(path);
}

/* Returns what the child found, or a negative errno. */
static int in_child(int user_ns)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(setns(user_ns, CLONE_NEWUSER) ? DUMP_SETGROUPS_UNKNOWN : read_file("/proc/self/setgroups"));
	if (pid < 0)
		return -errno;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EIO;
}

static int inside(struct procns *ctx, const struct procns_snapshot *snapshot, struct dump_ns *ns)
{
	cleanup_fd int fd = procns_open_ns(ctx, snapshot, ns->live);
	int found = fd < 0 ? fd : in_child(fd);

	if (found < 0)
		return found;
	ns->setgroups = (enum dump_setgroups)found;
	return found == DUMP_SETGROUPS_UNKNOWN ? -EACCES : 0;
}

int dump_read_setgroups(struct procns *ctx, const struct procns_snapshot *snapshot, struct dump *dump, struct dump_gaps *gaps)
{
	const struct procns_ns *own = NULL;
	size_t missing = 0;
	int first_err = 0;

	procns_resolve(ctx, snapshot, "/proc/self/ns/user", &own);
	for (size_t i = 0; i < dump->count; i++) {
		struct dump_ns *ns = &dump->list[i];
		int err = 0;

		if (ns->type != PROCNS_USER || ns->setgroups != DUMP_SETGROUPS_UNKNOWN)
			continue;
		ns->setgroups = ns->live == own ? read_file("/proc/self/setgroups") : of_member(ns->live);
		if (ns->setgroups == DUMP_SETGROUPS_UNKNOWN)
			err = inside(ctx, snapshot, ns);
		missing += err != 0;
		first_err = first_err ? first_err : err;
	}
	if (!missing)
		return 0;
	gaps->lines[gaps->count] = text_format("whether setgroups is allowed in %zu user namespace%s: %s", missing, missing == 1 ? "" : "s",
					       strerror(-first_err));
	return gaps->lines[gaps->count++] ? 0 : -ENOMEM;
}

const char *dump_setgroups_text(enum dump_setgroups setgroups)
{
	switch (setgroups) {
	case DUMP_SETGROUPS_ALLOW:
		return "allow";
	case DUMP_SETGROUPS_DENY:
		return "deny";
	case DUMP_SETGROUPS_UNKNOWN:
		break;
	}
	return NULL;
}
