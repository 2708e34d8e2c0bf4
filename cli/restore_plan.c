// SPDX-License-Identifier: GPL-2.0-or-later
/* What has to be so before anything is made. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "cleanup.h"
#include "command.h"
#include "restore.h"
#include "say.h"

#define SPARE_DESCRIPTORS 32

const struct restored *restore_above(const struct restore *restore, const struct dump_ns *above)
{
	static const struct restored own = { .own = true, .fd = -1 };

	return above && !above->outside ? &restore->list[above - restore->dump->list] : &own;
}

void restore_pin_path(const struct restore *restore, const struct restored *one, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s-%s", restore->pins, procns_type_name(one->ns->type), one->ns->id);
}

static void lacks(struct restore *restore, const struct dump_ns *ns, const char *what)
{
	say_gap("%s, a %s namespace: the dump does not know its %s", ns->id, procns_type_name(ns->type), what);
	restore->unknown++;
}

/* A child takes an id its parent has: without one there is none. */
static int check_user(struct restore *restore, const struct dump_ns *ns)
{
	const struct dump_ns *parent = ns->parent && !ns->parent->outside ? ns->parent : NULL;
	bool found = ns->creator < 0;

	if (!ns->maps_known)
		return fail(restore->cli, "%s, a user namespace: the dump does not know its id maps; take one with the right to read them",
			    ns->id);
	if (!parent || parent->initial)
		return EXIT_OK;
	if (!parent->uid_map.count || !parent->gid_map.count)
		return fail(restore->cli, "%s, a user namespace: its parent %s has no ids mapped, so none can be made in it", ns->id,
			    parent->id);
	for (size_t i = 0; !found && i < parent->uid_map.count; i++)
		found = ns->creator - parent->uid_map.ranges[i].inside < parent->uid_map.ranges[i].count;
	return found ? EXIT_OK : fail(restore->cli, "%s, a user namespace: its creator %d is no id of its parent %s", ns->id,
				      (int)ns->creator, parent->id);
}

static int open_cgroup_root(void)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs fs;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!statfs(places[i], &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
			return open(places[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
	return -1;
}

static int check_cgroup(struct restore *restore, const struct dump_ns *ns)
{
	if (!ns->cgroup_root) {
		lacks(restore, ns, "root");
		return EXIT_OK;
	}
	if (restore->cgroup < 0)
		restore->cgroup = open_cgroup_root();
	if (restore->cgroup < 0)
		return strcmp(ns->cgroup_root, "/") ? fail(restore->cli, "%s, a cgroup namespace: no cgroup2 is mounted at /sys/fs/cgroup",
							   ns->id) : EXIT_OK;
	if (faccessat(restore->cgroup, ns->cgroup_root[1] ? ns->cgroup_root + 1 : ".", F_OK, 0))
		return fail(restore->cli, "%s, a cgroup namespace: there is no control group %s here; make it first", ns->id,
			    ns->cgroup_root);
	return EXIT_OK;
}

static int check(struct restore *restore, struct restored *one)
{
	const struct dump_ns *ns = one->ns;

	switch (ns->type) {
	case PROCNS_USER:
		return check_user(restore, ns);
	case PROCNS_CGROUP:
		return check_cgroup(restore, ns);
	case PROCNS_UTS:
		if (!ns->hostname || !ns->domainname)
			lacks(restore, ns, "names");
		return EXIT_OK;
	case PROCNS_TIME:
		if (!ns->offsets_known)
			lacks(restore, ns, "clocks");
		return EXIT_OK;
	default:
		return EXIT_OK;
	}
}

/* Each namespace is held by a descriptor until all are there, each first process by one more. */
static int raise_open_files(const struct restore *restore, size_t wanted)
{
	struct rlimit limit;

	wanted += SPARE_DESCRIPTORS;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return EXIT_OK;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted)
		limit.rlim_max = wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return fail(restore->cli, "%zu open files are needed, and allowed are fewer: %s (see ulimit -Hn)", wanted, strerror(errno));
	return EXIT_OK;
}

static int check_pins(const struct restore *restore)
{
	struct stat st;
	char path[PATH_MAX];

	if (!restore->pins || (lstat(restore->pins, &st) < 0 && errno == ENOENT))
		return EXIT_OK;
	if (stat(restore->pins, &st) < 0)
		return fail(restore->cli, "--pins: %s: %s", restore->pins, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return fail(restore->cli, "--pins: %s is no directory", restore->pins);
	for (size_t i = 0; i < restore->dump->count; i++) {
		if (restore->list[i].own || restore->list[i].left_out)
			continue;
		restore_pin_path(restore, &restore->list[i], path);
		if (!lstat(path, &st))
			return fail(restore->cli, "--pins: %s is there already", path);
	}
	return EXIT_OK;
}

int restore_plan(struct restore *restore)
{
	size_t made = 0, descriptors = 0;
	int status = EXIT_OK;

	restore->list = calloc(restore->dump->count + 1, sizeof(*restore->list));
	if (!restore->list)
		return fail(restore->cli, "out of memory");
	if (restore->pins && strlen(restore->pins) > PATH_MAX - 64)
		return fail(restore->cli, "--pins: the path is too long");
	for (size_t i = 0; i < restore->dump->count; i++) {
		const struct dump_ns *ns = &restore->dump->list[i];

		/* detached mounts are gone with whoever has them */
		restore->list[i] = (struct restored){ .ns = ns, .fd = -1, .leash = -1, .own = ns->initial, .left_out = ns->anonymous };
	}
	for (size_t i = 0; status == EXIT_OK && i < restore->dump->count; i++) {
		if (restore->list[i].own || restore->list[i].left_out)
			continue;
		status = check(restore, &restore->list[i]);
		made++;
		descriptors += restore->list[i].ns->type == PROCNS_PID ? 2 : 1;
	}
	if (status == EXIT_OK && !made)
		status = fail(restore->cli, "the dump has no namespaces but those every system has: nothing to restore");
	if (status == EXIT_OK)
		status = raise_open_files(restore, descriptors);
	return status == EXIT_OK ? check_pins(restore) : status;
}
