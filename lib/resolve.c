// SPDX-License-Identifier: LGPL-2.1-or-later
/* From a text to the namespace it names. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "nsfs.h"
#include "type.h"
#include "util.h"

struct resolving {
	struct procns *ctx;
	const struct procns_snapshot *s;
	const char *text;
	const struct procns_ns **ns;
};

/* What a text turned out to mean is looked up in the snapshot, and may be missing there. */
static int found(const struct resolving *r, const struct procns_ns *ns, const char *what)
{
	*r->ns = ns;
	if (ns)
		return 0;
	if (!strcmp(what, r->text))
		return context_error(r->ctx, ENOENT, "there is no namespace %s", r->text);
	return context_error(r->ctx, ENOENT, "'%s' is %s, which is not in the list", r->text, what);
}

static int found_number(const struct resolving *r, enum procns_type type, uint32_t inum)
{
	char name[64];

	snprintf(name, sizeof(name), "%s:[%u]", procns_type_name(type), inum);
	return found(r, procns_find(r->s, type, inum), name);
}

/* Numbers are unique among all types. */
static int resolve_number(const struct resolving *r, uint64_t inum)
{
	const struct procns_ns *ns = NULL;

	for (size_t type = 0; !ns && type < PROCNS_NTYPES && inum <= UINT32_MAX; type++)
		ns = procns_find(r->s, type, inum);
	return found(r, ns, r->text);
}

static int resolve_id(const struct resolving *r, const char *digits)
{
	uint64_t id;

	if (parse_number(digits, UINT64_MAX, &id, NULL) < 0)
		return context_error(r->ctx, EINVAL, "'%s': an id is a decimal number", r->text);
	return found(r, procns_find_id(r->s, id), r->text);
}

/* Where the link of a task leads to. */
static int resolve_link(const struct resolving *r, const char *path)
{
	enum procns_type type;
	uint32_t inum;
	char link[64];
	ssize_t length = readlink(path, link, sizeof(link) - 1);

	if (length < 0)
		return context_error(r->ctx, errno, "'%s': cannot read %s: %s", r->text, path,
				     errno == ENOENT ? "no such process, or it has ended" : strerror(errno));
	link[length] = '\0';
	if (type_parse_name(link, &type, &inum) < 0)
		return context_error(r->ctx, EINVAL, "'%s': %s leads to no namespace", r->text, path);
	return found_number(r, type, inum);
}

static bool is_link_name(const char *name)
{
	for (size_t i = 0; i < type_link_count; i++)
		if (!strcmp(type_links[i].path + strlen("ns/"), name))
			return true;
	return false;
}

/* The snapshot knows its tasks where it was asked for members, and, made by bpf, more of them than /proc lets one read. */
static const struct procns_ns *namespace_of_task(const struct procns_snapshot *s, pid_t tid, enum procns_type type)
{
	const struct procns_task *task;

	for (size_t i = 0; (task = procns_task_at(s, i)); i++)
		if (task->tid == tid)
			return task->ns[type];
	return NULL;
}

static int resolve_pid(const struct resolving *r, const char *rest)
{
	const struct procns_ns *ns;
	enum procns_type type;
	char path[PATH_MAX];
	const char *slash;
	uint64_t pid;

	if (parse_number(rest, INT32_MAX, &pid, &slash) < 0 || !pid || *slash != '/' || !is_link_name(slash + 1))
		return context_error(r->ctx, EINVAL, "'%s': a namespace of a process is pid:PID/TYPE, as pid:1234/net", r->text);
	ns = procns_type_parse(slash + 1, &type) ? NULL : namespace_of_task(r->s, pid, type);
	if (ns)
		return found(r, ns, r->text);
	snprintf(path, sizeof(path), "%s/%u/ns/%s", r->ctx->proc_root, (unsigned int)pid, slash + 1);
	return resolve_link(r, path);
}

static int resolve_path(const struct resolving *r)
{
	cleanup_fd int fd = nsfs_open_path(AT_FDCWD, r->text);
	enum procns_type type = PROCNS_NTYPES;
	uint32_t inum = 0;

	if (fd == -ENOTTY || (fd >= 0 && nsfs_identify(fd, &type, &inum) < 0))
		return context_error(r->ctx, EINVAL, "%s is not a namespace", r->text);
	if (fd < 0)
		return context_error(r->ctx, -fd, "cannot open %s: %s", r->text, strerror(-fd));
	return found_number(r, type, inum);
}

int procns_resolve(struct procns *ctx, const struct procns_snapshot *snapshot, const char *text,
		   const struct procns_ns **ns)
{
	const struct resolving r = { ctx, snapshot, text, ns };
	enum procns_type type;
	uint64_t number;
	uint32_t inum;

	*ns = NULL;
	if (!parse_number(text, UINT64_MAX, &number, NULL))
		return resolve_number(&r, number);
	if (!type_parse_name(text, &type, &inum))
		return found_number(&r, type, inum);
	if (!strncmp(text, "id:", strlen("id:")))
		return resolve_id(&r, text + strlen("id:"));
	if (!strncmp(text, "pid:", strlen("pid:")) && strncmp(text, "pid:[", strlen("pid:[")))
		return resolve_pid(&r, text + strlen("pid:"));
	if (strchr(text, '/'))
		return resolve_path(&r);
	return context_error(ctx, EINVAL, "'%s' names no namespace; write net:[4026532133], 4026532133, id:17, pid:1234/net or "
			     "a path with a slash", text);
}
