// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "bind_mounts.h"
#include "mount_tree.h"
#include "nsfs.h"
#include "type.h"
#include "util.h"

/* A task may be gone, or see little from its chroot: a few are kept in reserve. */
#define READERS_KEPT 4

struct bind_mount_view {
	uint32_t inum;
	bool read;
	unsigned int nreaders;
	struct {
		pid_t pid, tid;
	} readers[READERS_KEPT];
};

int bind_mount_views_add(struct bind_mount_views *views, uint32_t inum, pid_t pid, pid_t tid)
{
	void **place = index_place(&views->by_inum, inum);
	struct bind_mount_view *view;

	if (!place)
		return -ENOMEM;
	view = *place;
	if (!view) {
		view = calloc(1, sizeof(*view));
		if (!view || vector_add(&views->views, inum, view) < 0) {
			free(view);
			return -ENOMEM;
		}
		view->inum = inum;
		*place = view;
	}
	if (view->nreaders == READERS_KEPT)
		return 0;
	view->readers[view->nreaders].pid = pid;
	view->readers[view->nreaders].tid = tid;
	view->nreaders++;
	return 0;
}

void bind_mount_views_free(struct bind_mount_views *views)
{
	for (size_t i = 0; i < views->views.count; i++)
		free(views->views.items[i].value);
	vector_free(&views->views);
	index_free(&views->by_inum);
}

/* A place that is hidden below another mount is a holder, but no name: whoever opens it gets something else. */
static bool hidden(const struct bind_mount_request *request, const struct procns_ns *ns, const struct mount_tree *tree,
		   const struct mountinfo_line *mount, const char *path)
{
	struct statx st;

	if (!request->nsfs || mount_tree_leads_to(tree, mount))
		return false;
	if (statx(request->proc, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_INO, &st) < 0)
		return errno == ENOENT;
	return st.stx_ino != ns->inum || makedev(st.stx_dev_major, st.stx_dev_minor) != request->nsfs;
}

static bool asks(const struct bind_mount_request *request, const struct procns_ns *ns)
{
	return request->learn && request->nsfs && !nsfs_learned(ns);
}

static int learn_from_mount(const struct bind_mount_request *request, struct procns_ns *ns, const char *path)
{
	cleanup_fd int fd = nsfs_open_path(request->proc, path);

	if (fd < 0)
		return out_of_resources(fd) ? fd : 0;
	return nsfs_is(fd, request->nsfs, ns) ? nsfs_learn(request->s, ns, fd, request->want) : 0;
}

/* root: below /proc, the root directory of who sees the mount; NULL: the caller itself. */
static int add_mount(const struct bind_mount_request *request, const struct mount_tree *tree, const struct mountinfo_line *mount,
		     const char *root, const struct procns_ns *mntns)
{
	struct procns_holder *holder;
	enum procns_type type;
	struct procns_ns *ns;
	uint32_t inum;
	char path[PATH_MAX + 64];

	if (type_parse_name(mount->root, &type, &inum) < 0)
		return 0;
	ns = request->list ? snapshot_ns(request->s, type, inum) : snapshot_find(request->s, type, inum);
	if (!ns)
		return request->list ? -ENOMEM : 0;

	if (request->holders) {
		holder = snapshot_holder(request->s, ns, PROCNS_HOLDER_MOUNT);
		if (!holder)
			return -ENOMEM;
		holder->mntns = mntns;
		holder->path = snapshot_strdup(request->s, mount->mount_point);
		if (!holder->path)
			return -ENOMEM;
	}
	if (!request->names && !asks(request, ns))
		return 0;

	if (root)
		snprintf(path, sizeof(path), "/proc/%s%s", root, mount->mount_point);
	else
		snprintf(path, sizeof(path), "%s", mount->mount_point);
	if (hidden(request, ns, tree, mount, path))
		return 0;
	if (request->names && snapshot_name(request->s, ns, path) < 0)
		return -ENOMEM;
	return asks(request, ns) ? learn_from_mount(request, ns, path) : 0;
}

/* The lines that are well formed. */
static int parse_lines(char *text, struct mountinfo_line **lines, size_t *count)
{
	size_t most = 1;
	char *line;

	for (const char *end = text; (end = strchr(end, '\n')); end++)
		most++;
	*count = 0;
	*lines = calloc(most, sizeof(**lines));
	if (!*lines)
		return -ENOMEM;
	while ((line = next_line(&text)))
		*count += !parse_mountinfo_line(line, &(*lines)[*count]);
	return 0;
}

static bool is_of_nsfs(const struct mountinfo_line *line)
{
	return !strcmp(line->fstype, "nsfs");
}

static bool any_of_nsfs(const struct mountinfo_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_of_nsfs(&lines[i]))
			return true;
	return false;
}

/* Returns 1 if the root of the mount namespace was among what was seen, 0 if not, or a negative errno. */
static int add_mounts(const struct bind_mount_request *request, char *text, const char *root, uint32_t inum)
{
	__attribute__((cleanup(mount_tree_free))) struct mount_tree tree = { 0 };
	const struct procns_ns *mntns = snapshot_find(request->s, PROCNS_MNT, inum);
	cleanup_free struct mountinfo_line *lines = NULL;
	bool saw_root = false;
	size_t count;
	int err = parse_lines(text, &lines, &count);

	/* most have no namespace mounted */
	if (!err && any_of_nsfs(lines, count))
		err = mount_tree_make(&tree, lines, count);
	for (size_t i = 0; !err && i < count; i++) {
		saw_root |= !strcmp(lines[i].mount_point, "/");
		if (is_of_nsfs(&lines[i]))
			err = add_mount(request, &tree, &lines[i], root, mntns);
	}
	return err ?: saw_root;
}

static int read_view(const struct bind_mount_request *request, struct bind_mount_view *view, struct file_text *text)
{
	char path[64], root[64];

	for (unsigned int i = 0; i < view->nreaders; i++) {
		pid_t pid = view->readers[i].pid, tid = view->readers[i].tid;
		ssize_t length;
		int seen;

		snprintf(path, sizeof(path), "%d/task/%d/mountinfo", pid, tid);
		snprintf(root, sizeof(root), "%d/task/%d/root", pid, tid);
		if (pid == tid)
			snprintf(root, sizeof(root), "%d/root", pid);
		length = read_whole_file(request->proc, path, text);
		if (out_of_resources(length))
			return length;
		if (length < 0)
			continue;
		seen = add_mounts(request, text->text, root, view->inum);
		if (seen < 0)
			return seen;
		view->read = true;
		if (seen)
			break;
	}
	return 0;
}

/* The caller's own mount namespace goes first: its paths need nobody's help. Sets *inum; 0 where /proc/self can't tell. */
static int read_own(const struct bind_mount_request *request, struct file_text *text, uint32_t *inum)
{
	char link[64] = "";
	enum procns_type type;
	ssize_t length;
	int seen;

	*inum = 0;
	if (readlinkat(request->proc, "thread-self/ns/mnt", link, sizeof(link) - 1) < 0 ||
	    type_parse_name(link, &type, inum) < 0)
		return 0;
	length = read_whole_file(request->proc, "thread-self/mountinfo", text);
	if (length < 0) {
		*inum = 0;
		return out_of_resources(length) ? length : 0;
	}
	seen = add_mounts(request, text->text, NULL, *inum);
	return seen < 0 ? seen : 0;
}

int bind_mounts_add(const struct bind_mount_request *request, struct bind_mount_views *views)
{
	__attribute__((cleanup(file_text_free))) struct file_text text = { 0 };
	uint32_t own;
	int err = read_own(request, &text, &own);

	for (size_t i = 0; !err && i < views->views.count; i++) {
		struct bind_mount_view *view = views->views.items[i].value;

		if (view->inum == own)
			view->read = true;
		else
			err = read_view(request, view, &text);
	}
	return err;
}

size_t bind_mounts_unread(const struct bind_mount_request *request, const struct bind_mount_views *views)
{
	const struct procns_ns *ns;
	size_t unread = 0;

	for (size_t i = 0; (ns = snapshot_ns_at(request->s, i)); i++) {
		const struct bind_mount_view *view = ns->type == PROCNS_MNT ? index_find(&views->by_inum, ns->inum) : NULL;

		unread += ns->type == PROCNS_MNT && (!view || !view->read);
	}
	return unread;
}
