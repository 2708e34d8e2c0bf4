// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "command.h"
#include "dump_live.h"
#include "json.h"

static void write_map(struct json_writer *json, const char *key, const struct dump_ns *ns, const struct dump_map *map)
{
	if (!ns->maps_known) {
		json_null(json, key);
		return;
	}
	json_begin(json, key, '[');
	for (size_t i = 0; i < map->count; i++) {
		json_begin(json, NULL, '[');
		json_number(json, NULL, map->ranges[i].inside);
		json_number(json, NULL, map->ranges[i].outside);
		json_number(json, NULL, map->ranges[i].count);
		json_end(json, ']');
	}
	json_end(json, ']');
}

static void write_offset(struct json_writer *json, const char *key, const struct dump_offset *offset)
{
	json_begin(json, key, '[');
	json_number(json, NULL, offset->seconds);
	json_number(json, NULL, offset->nanoseconds);
	json_end(json, ']');
}

static void write_offsets(struct json_writer *json, const struct dump_ns *ns)
{
	if (!ns->offsets_known) {
		json_null(json, "offsets");
		return;
	}
	json_begin(json, "offsets", '{');
	write_offset(json, "monotonic", &ns->monotonic);
	write_offset(json, "boottime", &ns->boottime);
	json_end(json, '}');
}

static void write_user(struct json_writer *json, const struct dump_ns *ns)
{
	write_map(json, "uid_map", ns, &ns->uid_map);
	write_map(json, "gid_map", ns, &ns->gid_map);
	json_text(json, "setgroups", dump_setgroups_text(ns->setgroups));
	if (ns->creator < 0)
		json_null(json, "creator");
	else
		json_number(json, "creator", ns->creator);
}

static void write_v1_root(struct json_writer *json, const char *line, size_t length)
{
	const char *root = memchr(line, ':', length);
	char text[PATH_MAX + 64];

	if (!root || length >= sizeof(text))
		return;
	memcpy(text, line, length);
	text[length] = text[root - line] = '\0';
	json_begin(json, NULL, '{');
	json_text(json, "hierarchy", text);
	json_text(json, "root", root + 1 < line + length ? text + (root + 1 - line) : NULL);
	json_end(json, '}');
}

static void write_v1_roots(struct json_writer *json, const char *lines)
{
	if (!lines) {
		json_null(json, "cgroup_v1_roots");
		return;
	}
	json_begin(json, "cgroup_v1_roots", '[');
	for (size_t length; *lines; lines += length + !!lines[length]) {
		length = strcspn(lines, "\n");
		write_v1_root(json, lines, length);
	}
	json_end(json, ']');
}

/* What only its type has. */
static void write_properties(struct dump_live *live, struct json_writer *json, const struct dump_ns *ns)
{
	switch (ns->type) {
	case PROCNS_USER:
		write_user(json, ns);
		break;
	case PROCNS_UTS:
		json_text(json, "hostname", ns->hostname);
		json_text(json, "domainname", ns->domainname);
		break;
	case PROCNS_TIME:
		write_offsets(json, ns);
		break;
	case PROCNS_CGROUP:
		json_text(json, "cgroup_root", ns->cgroup_root);
		write_v1_roots(json, ns->cgroup_v1_roots);
		break;
	case PROCNS_NET:
		dump_write_netns(live, json, ns->live);
		break;
	default:
		break;
	}
}

static void write_head(struct json_writer *json, const struct dump_ns *ns)
{
	json_text(json, "id", ns->id);
	json_text(json, "type", procns_type_name(ns->type));
	json_number(json, "inum", ns->inum);
	if (ns->kernel_id)
		json_number(json, "kernel_id", (int64_t)ns->kernel_id);
	else
		json_null(json, "kernel_id");
	json_bool(json, "initial", ns->initial);
	if (ns->anonymous)
		json_bool(json, "anonymous", true);
}

/* Members are sorted by process. */
static void write_members(struct json_writer *json, const struct procns_ns *ns)
{
	json_number(json, "nprocs", (int64_t)ns->nprocs);
	json_number(json, "nthreads", (int64_t)ns->nthreads);
	json_begin(json, "members", '[');
	for (size_t i = 0, j; i < ns->nthreads; i = j) {
		for (j = i + 1; j < ns->nthreads && ns->members[i]->pid && ns->members[j]->pid == ns->members[i]->pid; j++)
			;
		json_begin(json, NULL, '{');
		json_number(json, "pid", ns->members[i]->pid);
		json_text(json, "comm", ns->members[i]->comm);
		json_number(json, "threads", (int64_t)(j - i));
		json_end(json, '}');
	}
	json_end(json, ']');
}

static void write_names(struct json_writer *json, const struct procns_ns *ns)
{
	json_begin(json, "names", '[');
	for (size_t i = 0; i < ns->nnames; i++)
		json_text(json, NULL, ns->names[i]);
	json_end(json, ']');
}

static void write_namespace(struct dump_holders *holders, const struct dump_ns *ns)
{
	struct json_writer *json = holders->json;

	json_begin(json, NULL, '{');
	write_head(json, ns);
	json_text(json, "owner", ns->owner ? ns->owner->id : NULL);
	if (ns->type == PROCNS_USER || ns->type == PROCNS_PID)
		json_text(json, "parent", ns->parent ? ns->parent->id : NULL);
	write_properties(holders->live, json, ns);
	write_names(json, ns->live);
	write_members(json, ns->live);
	dump_write_holders(holders, ns->live);
	json_end(json, '}');
}

static void write_outside(struct dump_holders *holders, const struct dump_ns *ns)
{
	json_begin(holders->json, NULL, '{');
	write_head(holders->json, ns);
	dump_write_references(holders, ns->live);
	json_end(holders->json, '}');
}

static void write_incomplete(struct json_writer *json, const struct dump_live *live)
{
	size_t gaps = procns_snapshot_gaps(live->snapshot), net_gaps = procns_topology_gaps(live->topology);

	if (!gaps && !net_gaps && !live->gaps.count)
		return;
	json_begin(json, "incomplete", '[');
	json_gaps(json, live->snapshot);
	for (size_t i = 0; i < net_gaps; i++)
		json_text(json, NULL, procns_topology_gap(live->topology, i));
	for (size_t i = 0; i < live->gaps.count; i++)
		json_text(json, NULL, live->gaps.lines[i]);
	json_end(json, ']');
}

static void write_system(struct json_writer *json, const struct dump_live *live)
{
	json_begin(json, "system", '{');
	json_text(json, "release", live->dump.release);
	json_text(json, "boot_id", live->dump.boot_id);
	json_text(json, "procns", procns_version());
	json_text(json, "source", procns_snapshot_source(live->snapshot));
	json_end(json, '}');
}

int dump_write(struct dump_live *live, FILE *out)
{
	struct json_writer json = { .out = out };
	struct dump_holders holders = { .live = live, .json = &json };
	const struct dump *dump = &live->dump;

	json_begin(&json, NULL, '{');
	json_text(&json, "format", DUMP_FORMAT);
	json_number(&json, "version", DUMP_VERSION);
	write_system(&json, live);
	json_text(&json, "root", dump->root);
	json_begin(&json, "namespaces", '[');
	for (size_t i = 0; i < dump->count; i++)
		write_namespace(&holders, &dump->list[i]);
	json_end(&json, ']');
	json_begin(&json, "outside", '[');
	for (size_t i = 0; i < dump->noutside; i++)
		write_outside(&holders, &dump->outside[i]);
	json_end(&json, ']');
	write_incomplete(&json, live);
	json_end(&json, '}');
	seen_free(&holders.seen);
	return ferror(out) ? -EIO : 0;
}
