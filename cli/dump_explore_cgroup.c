// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The roots of a cgroup namespace, one in each hierarchy, seen from our own. Where we are, /proc/self/cgroup tells as seen from here and as
 * seen from there: a root that is at or above us is what the one path has before the other. Else the hierarchy is mounted there, for a mount begins
 * where its maker's cgroup namespace does, and mountinfo tells here where that is.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "cleanup.h"
#include "dump_explorer.h"
#include "mountinfo.h"
#include "text.h"

#define OWN "/proc/self/ns/cgroup"

struct hierarchy {
	const char *name;	/* its controllers, perhaps name=…; "": the unified one */
	const char *path;	/* of the cgroup we are in */
};

struct cgroups {
	char *text;
	struct hierarchy *list;
	size_t count;
};

static void cgroups_free(struct cgroups *cgroups)
{
	free(cgroups->text);
	free(cgroups->list);
	*cgroups = (struct cgroups){ 0 };
}

#define cleanup_cgroups __attribute__((cleanup(cgroups_free)))

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct hierarchy *)a)->name, ((const struct hierarchy *)b)->name);
}

/* NUMBER:NAME:PATH, cut up in place. */
static bool parse_line(char *line, struct hierarchy *hierarchy)
{
	char *name = strchr(line, ':'), *path = name ? strchr(name + 1, ':') : NULL;

	if (!path || path[1] != '/')
		return false;
	*path = '\0';
	*hierarchy = (struct hierarchy){ name + 1, path + 1 };
	return true;
}

static int parse_lines(struct cgroups *cgroups)
{
	char *rest = cgroups->text, *line;
	size_t most = 0;

	for (const char *at = rest; *at; at++)
		most += *at == '\n';
	cgroups->list = calloc(most + 1, sizeof(*cgroups->list));
	if (!cgroups->list)
		return -ENOMEM;
	while (cgroups->count < most && (line = strsep(&rest, "\n")))
		cgroups->count += parse_line(line, &cgroups->list[cgroups->count]);
	qsort(cgroups->list, cgroups->count, sizeof(*cgroups->list), by_name);
	return 0;
}

static int read_cgroups(struct cgroups *cgroups)
{
	cleanup_file FILE *file = fopen("/proc/self/cgroup", "re");
	size_t size = 0;

	*cgroups = (struct cgroups){ 0 };
	if (!file || getdelim(&cgroups->text, &size, '\0', file) < 0)
		return file ? -ENODATA : -errno;
	return parse_lines(cgroups);
}

static const char *path_in(const struct cgroups *cgroups, const char *name)
{
	const struct hierarchy key = { .name = name };
	const struct hierarchy *found = bsearch(&key, cgroups->list, cgroups->count, sizeof(key), by_name);

	return found ? found->path : NULL;
}

static bool same_place(const struct cgroups *a, const struct cgroups *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = !strcmp(a->list[i].name, b->list[i].name) && !strcmp(a->list[i].path, b->list[i].path);
	return same;
}

/* The root that `here` is `there` below; NULL: it is not above us, or we were moved. */
static char *root_above(const char *here, const char *there)
{
	size_t length = strlen(here), below = strcmp(there, "/") ? strlen(there) : 0;

	if (!strncmp(there, "/..", 3) || below > length || strcmp(here + length - below, below ? there : ""))
		return NULL;
	return below == length ? strdup("/") : strndup(here, length - below);
}

/* The newest mount comes last. */
static char *newest_root(void)
{
	cleanup_file FILE *file = fopen("/proc/self/mountinfo", "re");
	cleanup_free char *line = NULL;
	struct mountinfo newest = { 0 };
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0)
		if (!mountinfo_parse(line, &newest))
			return NULL;
	return newest.root ? strdup(newest.root) : NULL;
}

/* Nobody else sees what is mounted here. */
static bool may_mount(struct explorer *explorer)
{
	static const char *const places[] = { "/sys", "/dev", "/run", "/tmp" };

	if (explorer->mounts_asked)
		return explorer->mount_point;
	explorer->mounts_asked = true;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	for (size_t i = 0; !explorer->mount_point && i < ARRAY_SIZE(places); i++)
		if (!access(places[i], F_OK))
			explorer->mount_point = places[i];
	return explorer->mount_point;
}

static bool mount_hierarchy(const struct explorer *explorer, const char *name)
{
	cleanup_free char *options = text_format("%s%s", strncmp(name, "name=", 5) ? "" : "none,", name);

	return options && !mount("procns", explorer->mount_point, *name ? "cgroup" : "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC,
				 *name ? options : NULL);
}

/* Of the namespace `there`; comes back to our own. NULL: it may not be mounted. */
static char *mounted_root(struct explorer *explorer, int there, const char *name)
{
	char *root = NULL;
	bool mounted;

	if (!may_mount(explorer) || setns(there, CLONE_NEWCGROUP) < 0)
		return NULL;
	mounted = mount_hierarchy(explorer, name);
	if (!setns(explorer->own_cgroup, CLONE_NEWCGROUP) && mounted)
		root = newest_root();
	if (mounted)
		umount2(explorer->mount_point, MNT_DETACH);
	return root;
}

static char *root_in(struct explorer *explorer, int there, const struct cgroups *here, const struct hierarchy *hierarchy)
{
	const char *path = here ? path_in(here, hierarchy->name) : NULL;
	char *root = path ? root_above(path, hierarchy->path) : NULL;

	if (!root)
		root = mounted_root(explorer, there, hierarchy->name);
	/* one that lies above or beside our own has no path from here */
	if (root && !strncmp(root, "/..", 3)) {
		free(root);
		root = NULL;
	}
	return root;
}

static void write_roots(struct explorer *explorer, int there, const struct cgroups *here, const struct cgroups *inside)
{
	/* not mounted anywhere it is not in the list: then by mounting it */
	const struct hierarchy unified = { "", path_in(inside, "") ? path_in(inside, "") : "/.." };
	cleanup_free char *root = root_in(explorer, there, here, &unified);

	fprintf(explorer->out, "%s%c", root ? root : "", '\0');
	for (size_t i = 0; i < inside->count; i++) {
		cleanup_free char *v1_root = NULL;

		if (!*inside->list[i].name)
			continue;
		v1_root = root_in(explorer, there, here, &inside->list[i]);
		fprintf(explorer->out, "%s:%s\n", inside->list[i].name, v1_root ? v1_root : "");
	}
	fputc_unlocked('\0', explorer->out);
}

/* Where we are: what is read twice alike was not changed meanwhile. */
static const struct cgroups *settled(struct explorer *explorer, struct cgroups *here)
{
	bool same = explorer->here && same_place(explorer->here, here);

	if (!explorer->here)
		explorer->here = calloc(1, sizeof(*explorer->here));
	if (!same && explorer->here) {
		cgroups_free(explorer->here);
		*explorer->here = *here;
		*here = (struct cgroups){ 0 };
	}
	return same ? explorer->here : NULL;
}

int explore_cgroup(struct explorer *explorer)
{
	cleanup_fd int there = open(OWN, O_RDONLY | O_CLOEXEC);
	cleanup_cgroups struct cgroups inside = { 0 }, here = { 0 };
	int err = there < 0 ? -errno : read_cgroups(&inside);

	if (setns(explorer->own_cgroup, CLONE_NEWCGROUP) < 0)
		return -errno;
	if (!err)
		err = read_cgroups(&here);
	if (!err)
		write_roots(explorer, there, settled(explorer, &here), &inside);
	return err;
}

void explore_cgroup_begin(struct explorer *explorer)
{
	cleanup_cgroups struct cgroups here = { 0 };

	explorer->own_cgroup = open(OWN, O_RDONLY | O_CLOEXEC);
	if (!read_cgroups(&here))
		settled(explorer, &here);
}
