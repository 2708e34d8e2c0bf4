// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * /proc/PID/uid_map shows what ids map to as ids of the reader's user namespace (only of its own, as those of the parent). A
 * snapshot has ids of the parent, whoever asks: found by the parent's map, read backwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "index.h"
#include "maps.h"
#include "nsfs.h"
#include "proc_read.h"
#include "source_proc.h"
#include "type.h"
#include "util.h"

#define UNMAPPED UINT32_MAX

/* Where this many members can't be read, the next ones can't either. */
#define MEMBERS_TRIED 8

struct id_map {
	struct procns_id_range *ranges;
	size_t count;
};

/* What was read of one user namespace. */
struct maps {
	struct procns_ns *ns;
	struct id_map uid, gid;
};

struct reading {
	struct procns_snapshot *s;
	int proc;
	uint32_t own;			/* the caller's own user namespace */
	struct file_text text;
	struct index by_inum;		/* struct maps */
	size_t unknown;
};

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; (text = strchr(text, '\n')); text++)
		lines++;
	return lines;
}

static int parse_map(struct procns_snapshot *s, char *text, struct id_map *map)
{
	char *line;

	map->count = 0;
	map->ranges = snapshot_alloc(s, count_lines(text) * sizeof(*map->ranges));
	if (!map->ranges)
		return -ENOMEM;
	while ((line = next_line(&text)))
		if (parse_id_range(line, &map->ranges[map->count++]) < 0)
			return -EINVAL;
	return 0;
}

static int read_map(struct reading *reading, int task, const char *file, struct id_map *map)
{
	ssize_t length = read_whole_file(task, file, &reading->text);

	return length < 0 ? length : parse_map(reading->s, reading->text.text, map);
}

/* The pid may belong to somebody else by now, so what was read counts only if its owner is in the namespace afterwards. */
static int read_from(struct reading *reading, const struct procns_task *member, struct maps *maps)
{
	char path[64], link[64] = "";
	cleanup_fd int task = -1;
	enum procns_type type;
	uint32_t inum;
	int err;

	snprintf(path, sizeof(path), "%d/task/%d", member->pid, member->tid);
	task = openat(reading->proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (task < 0)
		return -errno;
	err = read_map(reading, task, "uid_map", &maps->uid);
	if (!err)
		err = read_map(reading, task, "gid_map", &maps->gid);
	if (err)
		return err;
	if (readlinkat(task, "ns/user", link, sizeof(link) - 1) < 0)
		return -errno;
	return type_parse_name(link, &type, &inum) < 0 || inum != maps->ns->inum ? -ESRCH : 0;
}

/* Returns 0, or whatever out_of_resources() says yes to; whether it was found is in reading->unknown and the index. */
static int read_namespace(struct reading *reading, struct procns_ns *ns)
{
	struct maps *maps = snapshot_alloc(reading->s, sizeof(*maps));
	void **place;
	int err = -ENOENT;

	if (!maps)
		return -ENOMEM;
	maps->ns = ns;
	for (size_t i = 0; err && !out_of_resources(err) && i < ns->nthreads && i < MEMBERS_TRIED; i++)
		err = read_from(reading, ns->members[i], maps);
	if (err) {
		reading->unknown++;
		return out_of_resources(err) ? err : 0;
	}
	place = index_place(&reading->by_inum, ns->inum);
	if (!place)
		return -ENOMEM;
	*place = maps;
	return 0;
}

/* An id of the caller's user namespace as the parent of the one mapped has it. */
static uint32_t backwards(const struct id_map *parent, uint32_t id)
{
	for (size_t i = 0; i < parent->count; i++)
		if (id - parent->ranges[i].outside < parent->ranges[i].count)
			return parent->ranges[i].inside + (id - parent->ranges[i].outside);
	return UNMAPPED;
}

/* A copy of the map in ids of the parent. NULL parent: it is in those already. Returns 0, -ENOMEM, or -ESRCH: some can't be told. */
static int translate(struct procns_snapshot *s, const struct id_map *map, const struct id_map *parent,
		     struct id_map *translated)
{
	translated->count = map->count;
	translated->ranges = snapshot_alloc(s, map->count * sizeof(*map->ranges));
	if (!translated->ranges)
		return -ENOMEM;
	for (size_t i = 0; i < map->count; i++) {
		translated->ranges[i] = map->ranges[i];
		if (parent)
			translated->ranges[i].outside = backwards(parent, map->ranges[i].outside);
		if (translated->ranges[i].outside == UNMAPPED)
			return -ESRCH;
	}
	return 0;
}

static int publish(struct reading *reading, const struct maps *maps)
{
	struct procns_ns *ns = maps->ns;
	bool is_shown_so = ns->initial || ns->inum == reading->own || (ns->parent && ns->parent->inum == reading->own);
	const struct maps *parent = is_shown_so || !ns->parent ? NULL : index_find(&reading->by_inum, ns->parent->inum);
	struct id_map uid, gid;
	int err = is_shown_so || parent ? 0 : -ESRCH;

	if (!err)
		err = translate(reading->s, &maps->uid, parent ? &parent->uid : NULL, &uid);
	if (!err)
		err = translate(reading->s, &maps->gid, parent ? &parent->gid : NULL, &gid);
	if (err) {
		reading->unknown++;
		return err == -ENOMEM ? err : 0;
	}
	ns->uid_map = uid.ranges;
	ns->nuid_map = uid.count;
	ns->gid_map = gid.ranges;
	ns->ngid_map = gid.count;
	ns->known |= PROCNS_FACT_MAPS;
	return 0;
}

static int read_all(struct reading *reading)
{
	struct procns_ns *ns;
	int err = 0;

	for (size_t i = 0; !err && (ns = snapshot_ns_at(reading->s, i)); i++)
		if (ns->type == PROCNS_USER)
			err = read_namespace(reading, ns);
	for (size_t i = 0; !err && (ns = snapshot_ns_at(reading->s, i)); i++) {
		const struct maps *maps = ns->type == PROCNS_USER ? index_find(&reading->by_inum, ns->inum) : NULL;

		if (maps)
			err = publish(reading, maps);
	}
	if (!err && reading->unknown)
		err = snapshot_gap(reading->s, "id maps of %zu user namespace%s: /proc shows them for processes the caller may read "
				   "alone; CAP_BPF and CAP_PERFMON would show all", reading->unknown,
				   reading->unknown == 1 ? "" : "s");
	return err;
}

static uint32_t own_user_namespace(int proc)
{
	char link[64] = "";
	enum procns_type type;
	uint32_t inum;

	if (readlinkat(proc, "self/ns/user", link, sizeof(link) - 1) < 0 || type_parse_name(link, &type, &inum) < 0)
		return 0;
	return inum;
}

int maps_add(struct procns *ctx, struct procns_snapshot *s)
{
	cleanup_fd int proc = proc_open(ctx);
	struct reading reading = { .s = s, .proc = proc };
	int err;

	if (proc < 0)
		return snapshot_gap(s, "id maps of user namespaces: %s", ctx->error);
	reading.own = own_user_namespace(proc);
	err = read_all(&reading);
	file_text_free(&reading.text);
	index_free(&reading.by_inum);
	return err;
}
