// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dump_shape.h"

/* How often what is known of neighbours is passed on: up the owners and down again; pid namespaces' parents cross those. */
#define ROUNDS 3

enum relation { OWNED = 1, CHILD, OWNER, PARENT };

/* splitmix64's last steps. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t z = a * 0x9e3779b97f4a7c15u ^ b;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint64_t mix_text(uint64_t shape, const char *text)
{
	if (!text)
		return mix(shape, 1);
	for (; *text; text++)
		shape = mix(shape, (unsigned char)*text);
	return mix(shape, 2);
}

static uint64_t mix_map(uint64_t shape, const struct dump_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		shape = mix(shape, map->ranges[i].inside);
		shape = mix(shape, map->ranges[i].outside);
		shape = mix(shape, map->ranges[i].count);
	}
	return mix(shape, map->count);
}

static uint64_t mix_offset(uint64_t shape, const struct dump_offset *offset)
{
	return mix(mix(shape, (uint64_t)offset->seconds), (uint64_t)offset->nanoseconds);
}

/* The namespace alone. */
static uint64_t own_shape(const struct dump_ns *ns)
{
	uint64_t shape = mix(ns->type + 1, ns->initial + 2u * ns->outside + 4u * ns->anonymous);

	if (ns->maps_known)
		shape = mix_map(mix_map(shape, &ns->uid_map), &ns->gid_map);
	if (ns->type == PROCNS_USER)
		shape = mix(shape, (uint64_t)ns->creator);
	if (ns->offsets_known)
		shape = mix_offset(mix_offset(shape, &ns->monotonic), &ns->boottime);
	shape = mix_text(shape, ns->hostname);
	shape = mix_text(shape, ns->domainname);
	return mix_text(shape, ns->cgroup_root);
}

/* From the last to the first: whatever a namespace gets from those below it, those have all of theirs. */
static void pass_up(struct dump *dump, uint64_t *below)
{
	memset(below, 0, dump->count * sizeof(*below));
	for (size_t i = dump->count; i--;) {
		struct dump_ns *ns = &dump->list[i];

		ns->shape = mix(ns->shape, below[i]);
		/* sums: the order of those below does not count */
		if (ns->owner && !ns->owner->outside)
			below[ns->owner->place] += mix(ns->shape, OWNED);
		if (ns->parent && ns->parent != ns->owner && !ns->parent->outside)
			below[ns->parent->place] += mix(ns->shape, CHILD);
	}
}

static void pass_down(struct dump *dump)
{
	for (size_t i = 0; i < dump->count; i++) {
		struct dump_ns *ns = &dump->list[i];

		if (ns->owner)
			ns->shape = mix(ns->shape, mix(ns->owner->shape, OWNER));
		if (ns->parent)
			ns->shape = mix(ns->shape, mix(ns->parent->shape, PARENT));
	}
}

int dump_shape(struct dump *dump)
{
	cleanup_free uint64_t *below = calloc(dump->count + 1, sizeof(*below));

	if (!below)
		return -ENOMEM;
	/* what is outside differs from system to system: of the initial namespaces, only that they are there counts */
	for (size_t i = 0; i < dump->noutside; i++)
		dump->outside[i].shape = mix(dump->outside[i].type + 1, 1);
	for (size_t i = 0; i < dump->count; i++) {
		dump->list[i].shape = own_shape(&dump->list[i]);
		dump->list[i].place = i;
	}
	for (int round = 0; round < ROUNDS; round++) {
		pass_up(dump, below);
		pass_down(dump);
	}
	return 0;
}

static unsigned int rank(enum procns_type type)
{
	return type == PROCNS_USER ? 0 : type == PROCNS_PID ? 1 : 2 + type;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare(const void *left, const void *right)
{
	const struct dump_ns *a = left, *b = right;
	int order = compare_u64(a->level, b->level);

	if (!order)
		order = compare_u64(rank(a->type), rank(b->type));
	if (!order)
		order = compare_u64(b->initial, a->initial);
	if (!order)
		order = compare_u64(a->shape, b->shape);
	if (!order)
		order = compare_u64(a->kernel_id, b->kernel_id);
	return order ? order : compare_u64(a->inum, b->inum);
}

/* Sorting moves the namespaces: what pointed to one follows it. */
static int sort(struct dump *dump)
{
	cleanup_free size_t *now_at = calloc(dump->count + 1, sizeof(*now_at));

	if (!now_at)
		return -ENOMEM;
	for (size_t i = 0; i < dump->count; i++)
		dump->list[i].place = i;
	qsort(dump->list, dump->count, sizeof(*dump->list), compare);
	for (size_t i = 0; i < dump->count; i++)
		now_at[dump->list[i].place] = i;
	for (size_t i = 0; i < dump->count; i++) {
		struct dump_ns *ns = &dump->list[i];

		if (ns->owner && !ns->owner->outside)
			ns->owner = &dump->list[now_at[ns->owner - dump->list]];
		if (ns->parent && !ns->parent->outside)
			ns->parent = &dump->list[now_at[ns->parent - dump->list]];
	}
	return 0;
}

/* By recursion: owners and parents go down 64 levels at most. */
static unsigned int level_of(struct dump_ns *ns)
{
	struct dump_ns *above[] = { ns->owner, ns->parent };

	if (ns->level)
		return ns->level;
	ns->level = 1;
	for (size_t i = 0; i < ARRAY_SIZE(above); i++) {
		unsigned int level = above[i] && !above[i]->outside ? level_of(above[i]) + 1 : 1;

		if (level > ns->level)
			ns->level = level;
	}
	return ns->level;
}

int dump_order(struct dump *dump)
{
	int err;

	for (size_t i = 0; i < dump->count; i++)
		level_of(&dump->list[i]);
	err = sort(dump);
	if (!err)
		err = dump_shape(dump);
	if (!err)
		err = sort(dump);
	for (size_t i = 0; i < dump->count; i++)
		snprintf(dump->list[i].id, sizeof(dump->list[i].id), "ns%u", (unsigned int)i + 1);
	return err;
}
