// SPDX-License-Identifier: GPL-2.0-or-later
/* What CRIU refuses of the mounts in the mount namespaces it dumps (its criu/mount.c), and which mounts a file may be on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "criu.h"
#include "seen.h"
#include "text.h"

struct mount {
	int id;
	unsigned int major, minor;
	char *root, *where, *type;	/* in the line */
};

/* The device of the mount all others are below; what is of it may be mounted anywhere. */
struct root_device {
	unsigned int major, minor;
	bool known;
};

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw" */
static bool parse(char *line, struct mount *mount)
{
	int at = 0;
	char *rest, *dash = strstr(line, " - ");

	if (!dash || sscanf(line, "%d %*d %u:%u %n", &mount->id, &mount->major, &mount->minor, &at) < 3 || !at)
		return false;
	mount->type = strtok_r(dash + 3, " \n", &rest);
	mount->root = strtok_r(line + at, " ", &rest);
	mount->where = strtok_r(NULL, " ", &rest);
	return mount->type && mount->root && mount->where;
}

/* Filesystems CRIU makes again. */
static bool can_be_made(const char *type)
{
	static const char *const types[] = {
		"proc", "sysfs", "devtmpfs", "binfmt_misc", "tmpfs", "devpts", "simfs", "pstore", "mqueue", "securityfs", "fusectl",
		"debugfs", "tracefs", "cgroup", "cgroup2", "aufs", "fuse", "overlay", "autofs",
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

static char *mount_text(const struct procns_ns *ns, const struct mount *mount)
{
	return text_format("mount %s in mnt:[%u]", mount->where, ns->inum);
}

static int refuse_mount(struct criu *criu, const struct procns_ns *ns, const struct mount *mount, struct root_device *root)
{
	if (!root->known && !strcmp(mount->where, "/"))
		*root = (struct root_device){ mount->major, mount->minor, true };
	if (!strcmp(mount->type, "nsfs"))
		return criu_refuse(criu, (struct criu_refusal){
			.rule = "mount", .ns = ns, .fd = -1, .thing = mount_text(ns, mount),
			.reason = text_format("it is the file of a namespace, %s; CRIU has no way to make such a mount again", mount->root),
			.says = text_format("%d:.%s doesn't have a proper root mount", mount->id, mount->where),
		});
	if (can_be_made(mount->type) || strcmp(mount->root, "/") || (root->major == mount->major && root->minor == mount->minor))
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "filesystem", .ns = ns, .fd = -1, .thing = mount_text(ns, mount),
		.reason = text_format("CRIU does not know filesystems of the type %s", mount->type),
		.says = text_format("FS mnt .%s dev %#x root / unsupported id %d", mount->where, mount->major << 20 | mount->minor, mount->id),
	});
}

static int add_mount(struct criu *criu, int id)
{
	int *more = criu->mounts;

	if (!(criu->nmounts & (criu->nmounts - 1)))	/* none, or a power of two: full */
		more = reallocarray(criu->mounts, criu->nmounts ? 2 * criu->nmounts : 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	criu->mounts = more;
	criu->mounts[criu->nmounts++] = id;
	return 0;
}

/* Those of the mount namespace this process is in, as far as its root directory shows them. */
static int read_mounts(struct criu *criu, const char *path, const struct procns_ns *ns, bool dumped)
{
	cleanup_file FILE *file = fopen(path, "re");
	struct root_device root = { .known = false };
	cleanup_free char *line = NULL;
	struct mount mount;
	size_t size = 0;
	int err = 0;

	if (!file)
		return criu_add_gap(criu, text_format("the mounts of mnt:[%u] could not be read (%s: %s)", ns->inum, path, strerror(errno)));
	while (!err && getline(&line, &size, file) > 0) {
		if (!parse(line, &mount))
			continue;
		err = add_mount(criu, mount.id);
		if (!err && dumped)
			err = refuse_mount(criu, ns, &mount, &root);
	}
	return err;
}

static int by_id(const void *left, const void *right)
{
	const int *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

bool criu_knows_mount(const struct criu *criu, int id)
{
	return bsearch(&id, criu->mounts, criu->nmounts, sizeof(id), by_id);
}

int criu_refuse_mounts(struct criu *criu)
{
	struct seen read = { 0 };
	bool again;
	int err = 0;

	if (!criu_takes(criu, PROCNS_MNT) && criu->own[PROCNS_MNT])
		err = read_mounts(criu, "/proc/self/mountinfo", criu->own[PROCNS_MNT], false);
	for (size_t i = 0; !err && i < criu->ntasks; i++) {
		const struct procns_ns *ns = criu->tasks[i]->ns[PROCNS_MNT];
		cleanup_free char *path = text_format("/proc/%d/mountinfo", criu->tasks[i]->pid);

		if (!ns || ns == criu->own[PROCNS_MNT])
			continue;
		if (!path || !seen_number(&read, ns, &again))
			err = -ENOMEM;
		else if (!again)
			err = read_mounts(criu, path, ns, true);
	}
	seen_free(&read);
	if (criu->nmounts)
		qsort(criu->mounts, criu->nmounts, sizeof(*criu->mounts), by_id);
	return err;
}
