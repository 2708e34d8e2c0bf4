// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "command.h"
#include "say.h"
#include "target.h"

static bool type_of_flag(int flag, enum procns_type *type)
{
	for (unsigned int i = 0; i < PROCNS_NTYPES; i++) {
		if (procns_type_clone_flag(i) == flag) {
			*type = i;
			return true;
		}
	}
	return false;
}

/* Fills a target from its descriptor; false where that is no namespace. */
static bool describe(struct target *target)
{
	int flag = ioctl(target->fd, NS_GET_NSTYPE);
	struct stat st;

	if (flag < 0 || !type_of_flag(flag, &target->type) || fstat(target->fd, &st))
		return false;
	target->inum = st.st_ino;
	return true;
}

/* What is a file already needs no list: `pid:1234/net`, a path. -1 where text is neither. */
static int open_file(const char *text)
{
	char path[64], type[16];
	unsigned int pid;
	int end = 0;

	if (strchr(text, '/') && strncmp(text, "pid:", 4))
		return open(text, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (sscanf(text, "pid:%9u/%15[a-z_]%n", &pid, type, &end) != 2 || text[end])
		return -1;
	snprintf(path, sizeof(path), "/proc/%u/ns/%s", pid, type);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int open_listed(const struct cli *cli, struct procns *ctx, const char *text, uint32_t want, bool last)
{
	const struct procns_query query = { .want = want };
	cleanup_snapshot struct procns_snapshot *snapshot = NULL;
	const struct procns_ns *ns;
	int fd;

	if (procns_snapshot(ctx, &query, &snapshot) || procns_resolve(ctx, snapshot, text, &ns)) {
		fail(cli, "%s", procns_error(ctx));
		return -1;
	}
	fd = procns_open_ns(ctx, snapshot, ns);
	if (fd < 0 && last) {
		fail(cli, "%s", procns_error(ctx));
		say_gaps(snapshot, false);
	}
	return fd < 0 ? -2 : fd;
}

int target_open(const struct cli *cli, const char *text, struct target *target)
{
	static const uint32_t cheap = PROCNS_FACT_ID | PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_MEMBERS;
	cleanup_context struct procns *ctx = NULL;

	target->text = text;
	target->fd = open_file(text);
	if (target->fd < 0) {
		if (procns_new(&ctx))
			return fail(cli, "out of memory");
		target->fd = open_listed(cli, ctx, text, cheap, false);
		if (target->fd == -2)	/* it is there, and nothing as simple leads to it */
			target->fd = open_listed(cli, ctx, text, cheap | PROCNS_FACT_NAMES | PROCNS_FACT_HOLDERS, true);
		if (target->fd < 0)
			return EXIT_FAILED;
	}
	if (describe(target))
		return EXIT_OK;
	close(target->fd);
	return fail(cli, "%s: not a namespace", text);
}

static int add(const struct cli *cli, struct targets *targets, const struct target *target)
{
	for (size_t i = 0; i < targets->n; i++) {
		if (targets->list[i].type != target->type)
			continue;
		if (targets->list[i].inum == target->inum) {
			close(target->fd);
			return EXIT_OK;
		}
		close(target->fd);
		return fail(cli, "%s: a second %s namespace: %s is one already", target->text,
			    procns_type_name(target->type), targets->list[i].text);
	}
	targets->list[targets->n++] = *target;
	return EXIT_OK;
}

static bool is_ours(const struct target *target)
{
	char path[64];
	struct stat st;

	/* what children will be in is what counts for these */
	snprintf(path, sizeof(path), "/proc/self/ns/%s%s", procns_type_name(target->type),
		 target->type == PROCNS_PID || target->type == PROCNS_TIME ? "_for_children" : "");
	return !stat(path, &st) && st.st_ino == target->inum;
}

static int add_task(const struct cli *cli, struct targets *targets, const char *text, unsigned int pid, uint32_t types)
{
	for (unsigned int type = 0; type < PROCNS_NTYPES; type++) {
		struct target target = { .type = type, .text = text };
		char path[64];
		int status;

		if (!(types & 1u << type))
			continue;
		snprintf(path, sizeof(path), "/proc/%u/ns/%s", pid, procns_type_name(type));
		target.fd = open(path, O_RDONLY | O_CLOEXEC);
		if (target.fd < 0 && errno == ENOENT && type == PROCNS_TIME)
			continue;	/* kernels before 5.6 */
		if (target.fd < 0)
			return fail(cli, "cannot open %s: %s", path, strerror(errno));
		if (!describe(&target) || is_ours(&target)) {
			close(target.fd);
			continue;
		}
		status = add(cli, targets, &target);
		if (status)
			return status;
	}
	return EXIT_OK;
}

int targets_add(const struct cli *cli, struct targets *targets, const char *text, uint32_t types)
{
	struct target target;
	unsigned int pid;
	int end = 0, status;

	if (sscanf(text, "pid:%9u%n", &pid, &end) == 1 && !text[end])
		return add_task(cli, targets, text, pid, types);
	status = target_open(cli, text, &target);
	if (status)
		return status;
	if (!(types & 1u << target.type)) {
		close(target.fd);
		return fail(cli, "%s: a %s namespace, which --type leaves out", text, procns_type_name(target.type));
	}
	return add(cli, targets, &target);
}

void targets_close(struct targets *targets)
{
	for (size_t i = 0; i < targets->n; i++)
		close(targets->list[i].fd);
	targets->n = 0;
}

bool target_is_owned_below(const struct target *target, const struct target *user)
{
	int fd = ioctl(target->fd, NS_GET_USERNS);
	bool found = false;

	while (fd >= 0) {
		struct stat st;
		int above;

		found = !fstat(fd, &st) && st.st_ino == user->inum;
		above = found ? -1 : ioctl(fd, NS_GET_PARENT);
		close(fd);
		fd = above;
	}
	return found;
}
