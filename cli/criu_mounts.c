// SPDX-License-Identifier: GPL-2.0-or-later
/* What CRIU refuses of the mounts in the mount namespaces it dumps (its criu/mount.c), and which mounts a file may be on. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "criu.h"
#include "mountinfo.h"
#include "seen.h"
#include "text.h"

struct mount {
	const struct procns_ns *ns;
	struct mountinfo info;		/* in the line */
	unsigned int device;
	char *line;
};

struct mounts {
	struct mount *list;
	size_t n, most;
	const struct mount *top;	/* what the root process has at / */
	unsigned int *whole;		/* devices of those of which the whole is mounted, in order */
	size_t nwhole;
};

/* The line is taken over. */
static int add(struct mounts *mounts, const struct procns_ns *ns, char *line)
{
	struct mount mount = { .ns = ns, .line = line };

	if (!mountinfo_parse(line, &mount.info)) {
		free(line);
		return 0;
	}
	mount.device = mount.info.major << 20 | mount.info.minor;
	if (mounts->n == mounts->most) {
		size_t most = mounts->most ? 2 * mounts->most : 64;
		struct mount *more = reallocarray(mounts->list, most, sizeof(*more));

		if (!more) {
			free(line);
			return -ENOMEM;
		}
		mounts->list = more;
		mounts->most = most;
	}
	mounts->list[mounts->n++] = mount;
	return 0;
}

/* Those of the mount namespace this process is in, as far as its root directory shows them. */
static int read_mounts(struct criu *criu, struct mounts *mounts, const char *path, const struct procns_ns *ns)
{
	cleanup_file FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	if (!file)
		return criu_add_gap(criu, text_format("the mounts of mnt:[%u] could not be read (%s: %s)", ns->inum, path, strerror(errno)));
	while (!err && getline(&line, &size, file) > 0) {
		err = add(mounts, ns, line);
		line = NULL;
		size = 0;
	}
	free(line);
	return err;
}

static int read_all(struct criu *criu, struct mounts *mounts)
{
	struct seen read = { 0 };
	bool again;
	int err = 0;

	if (!criu_takes(criu, PROCNS_MNT) && criu->own[PROCNS_MNT])
		err = read_mounts(criu, mounts, "/proc/self/mountinfo", criu->own[PROCNS_MNT]);
	for (size_t i = 0; !err && i < criu->ntasks; i++) {
		const struct procns_ns *ns = criu->tasks[i]->ns[PROCNS_MNT];
		cleanup_free char *path = text_format("/proc/%d/mountinfo", criu->tasks[i]->pid);

		if (!ns || ns == criu->own[PROCNS_MNT])
			continue;
		if (!path || !seen_number(&read, ns, &again))
			err = -ENOMEM;
		else if (!again)
			err = read_mounts(criu, mounts, path, ns);
	}
	seen_free(&read);
	for (size_t i = 0; !mounts->top && i < mounts->n; i++)
		if (mounts->list[i].ns == criu->tasks[0]->ns[PROCNS_MNT] && !strcmp(mounts->list[i].info.where, "/"))
			mounts->top = &mounts->list[i];
	return err;
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

static bool is_below(const char *path, const char *above)
{
	size_t length = strlen(above);

	return !strcmp(above, "/") || (!strncmp(path, above, length) && (!path[length] || path[length] == '/'));
}

/* What / is of comes with --root at restore; all that is of the same filesystem is made from it. */
static bool is_of_top(const struct mounts *mounts, const struct mount *mount)
{
	return mounts->top && mounts->top->device == mount->device && is_below(mount->info.root, mounts->top->info.root);
}

static int by_number(const void *left, const void *right)
{
	const unsigned int *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static bool is_whole(const struct mount *mount)
{
	return !strcmp(mount->info.root, "/");
}

static int index_whole(struct mounts *mounts)
{
	mounts->whole = calloc(mounts->n + 1, sizeof(*mounts->whole));
	if (!mounts->whole)
		return -ENOMEM;
	for (size_t i = 0; i < mounts->n; i++)
		if (is_whole(&mounts->list[i]))
			mounts->whole[mounts->nwhole++] = mounts->list[i].device;
	qsort(mounts->whole, mounts->nwhole, sizeof(*mounts->whole), by_number);
	return 0;
}

static bool is_whole_elsewhere(const struct mounts *mounts, const struct mount *mount)
{
	return bsearch(&mount->device, mounts->whole, mounts->nwhole, sizeof(*mounts->whole), by_number);
}

static int refuse_mount(struct criu *criu, const struct mounts *mounts, const struct mount *mount)
{
	bool whole = is_whole(mount);

	if (is_of_top(mounts, mount) || (whole ? can_be_made(mount->info.type) : is_whole_elsewhere(mounts, mount)))
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = whole ? "filesystem" : "mount", .ns = mount->ns, .fd = -1,
		.thing = text_format("mount %s in mnt:[%u]", mount->info.where, mount->ns->inum),
		.reason = whole ? text_format("CRIU does not know filesystems of the type %s", mount->info.type) :
			  !strcmp(mount->info.type, "nsfs") ? text_format("it is the file of a namespace, %s", mount->info.root) :
			  text_format("only a part of a filesystem, %s, and the whole is mounted nowhere in the tree", mount->info.root),
		.says = whole ? text_format("FS mnt .%s dev %#x root / unsupported id %d", mount->info.where, mount->device, mount->info.id) :
			text_format("%d:.%s doesn't have a proper root mount", mount->info.id, mount->info.where),
	});
}

static int by_id(const void *left, const void *right)
{
	const int *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

bool criu_knows_mount(const struct criu *criu, int id)
{
	return criu->nmounts && bsearch(&id, criu->mounts, criu->nmounts, sizeof(id), by_id);
}

static int keep_ids(struct criu *criu, const struct mounts *mounts)
{
	criu->mounts = calloc(mounts->n + 1, sizeof(*criu->mounts));
	if (!criu->mounts)
		return -ENOMEM;
	for (size_t i = 0; i < mounts->n; i++)
		criu->mounts[criu->nmounts++] = mounts->list[i].info.id;
	qsort(criu->mounts, criu->nmounts, sizeof(*criu->mounts), by_id);
	return 0;
}

int criu_refuse_mounts(struct criu *criu)
{
	struct mounts mounts = { 0 };
	int err = read_all(criu, &mounts);

	if (!err)
		err = index_whole(&mounts);
	for (size_t i = 0; !err && i < mounts.n; i++)
		if (mounts.list[i].ns != criu->own[PROCNS_MNT])
			err = refuse_mount(criu, &mounts, &mounts.list[i]);
	if (!err)
		err = keep_ids(criu, &mounts);
	for (size_t i = 0; i < mounts.n; i++)
		free(mounts.list[i].line);
	free(mounts.list);
	free(mounts.whole);
	return err;
}
