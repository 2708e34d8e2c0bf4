// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dump_check.h"

typedef struct procns_id_range range;

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_inside(const void *a, const void *b)
{
	return compare_u64(((const range *)a)->inside, ((const range *)b)->inside);
}

static int by_outside(const void *a, const void *b)
{
	return compare_u64(((const range *)a)->outside, ((const range *)b)->outside);
}

/* The sum fits: -1 is no id. */
static bool is_range(const range *r)
{
	return r->count && r->inside <= UINT32_MAX - r->count && r->outside <= UINT32_MAX - r->count;
}

static bool is_apart(const struct dump_map *sorted, bool outside)
{
	for (size_t i = 1; i < sorted->count; i++) {
		const range *a = &sorted->ranges[i - 1], *b = &sorted->ranges[i];

		if (outside ? a->outside + a->count > b->outside : a->inside + a->count > b->inside)
			return false;
	}
	return true;
}

/* The kernel takes a range only where one range of the parent has all of it. */
static bool is_within(const struct dump_map *map, const struct dump_map *parent)
{
	for (size_t i = 0; i < map->count; i++) {
		const range *r = &map->ranges[i];
		size_t low = 0, high = parent->count;

		while (low < high) {	/* the last that does not begin behind it */
			size_t middle = (low + high) / 2;

			if (parent->ranges[middle].inside <= r->outside)
				low = middle + 1;
			else
				high = middle;
		}
		if (!low || r->outside - parent->ranges[low - 1].inside > parent->ranges[low - 1].count - r->count ||
		    r->count > parent->ranges[low - 1].count)
			return false;
	}
	return true;
}

/* Leaves *sorted by what is inside, for the maps of children. */
static int check_map(struct dump_reader *reader, const struct dump_map *map, const struct dump_map *parent, struct dump_map *sorted)
{
	*sorted = (struct dump_map){ calloc(map->count + 1, sizeof(range)), map->count };
	if (!sorted->ranges)
		return -ENOMEM;
	if (map->count)
		memcpy(sorted->ranges, map->ranges, map->count * sizeof(range));
	for (size_t i = 0; i < map->count; i++)
		if (!is_range(&map->ranges[i]))
			return dump_refuse(reader, "a range of its id map is empty, or goes past the last id");
	qsort(sorted->ranges, sorted->count, sizeof(range), by_outside);
	if (!is_apart(sorted, true))
		return dump_refuse(reader, "ranges of its id map overlap in its parent");
	qsort(sorted->ranges, sorted->count, sizeof(range), by_inside);
	if (!is_apart(sorted, false))
		return dump_refuse(reader, "ranges of its id map overlap");
	if (parent && !is_within(map, parent))
		return dump_refuse(reader, "its id map leads to ids that its parent has not");
	return 0;
}

/* Two maps of every user namespace, sorted, by its place in the list. */
static int check_all_maps(struct dump_reader *reader, struct dump_map *uids, struct dump_map *gids)
{
	struct dump *dump = reader->dump;
	int err = 0;

	for (size_t i = 0; !err && i < dump->count; i++) {
		const struct dump_ns *ns = &dump->list[i], *parent = ns->parent;
		bool within = parent && !parent->outside && parent->maps_known;

		if (!ns->maps_known)
			continue;
		snprintf(reader->where, sizeof(reader->where), "%s", ns->id);
		err = check_map(reader, &ns->uid_map, within ? &uids[parent - dump->list] : NULL, &uids[i]);
		if (!err)
			err = check_map(reader, &ns->gid_map, within ? &gids[parent - dump->list] : NULL, &gids[i]);
	}
	return err;
}

int dump_check_maps(struct dump_reader *reader)
{
	size_t n = reader->dump->count;
	cleanup_free struct dump_map *uids = calloc(n + 1, sizeof(*uids)), *gids = calloc(n + 1, sizeof(*gids));
	int err = uids && gids ? check_all_maps(reader, uids, gids) : -ENOMEM;

	for (size_t i = 0; uids && gids && i < n; i++) {
		free(uids[i].ranges);
		free(gids[i].ranges);
	}
	return err;
}

static int by_kernel_id(const void *a, const void *b)
{
	return compare_u64((*(struct dump_ns *const *)a)->kernel_id, (*(struct dump_ns *const *)b)->kernel_id);
}

static int by_number(const void *left, const void *right)
{
	const struct dump_ns *a = *(struct dump_ns *const *)left, *b = *(struct dump_ns *const *)right;
	int order = compare_u64(a->type, b->type);

	return order ? order : compare_u64(a->inum, b->inum);
}

static int refuse_both(struct dump_reader *reader, const struct dump_ns *a, const struct dump_ns *b, const char *what)
{
	snprintf(reader->where, sizeof(reader->where), "%s", a->id);
	return dump_refuse(reader, "has the %s of %s", what, b->id);
}

static int check_initial(struct dump_reader *reader)
{
	const struct dump_ns *initial[PROCNS_NTYPES] = { NULL };

	for (size_t i = 0; i < reader->dump->count; i++) {
		const struct dump_ns *ns = &reader->dump->list[i];

		if (!ns->initial)
			continue;
		snprintf(reader->where, sizeof(reader->where), "%s", ns->id);
		if (initial[ns->type])
			return dump_refuse(reader, "a second initial %s namespace, beside %s", procns_type_name(ns->type),
					   initial[ns->type]->id);
		if (ns->parent)
			return dump_refuse(reader, "an initial namespace has no parent");
		initial[ns->type] = ns;
	}
	return 0;
}

int dump_check_numbers(struct dump_reader *reader)
{
	struct dump *dump = reader->dump;
	size_t n = dump->count + dump->noutside;
	cleanup_free struct dump_ns **all = calloc(n + 1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		all[i] = i < dump->count ? &dump->list[i] : &dump->outside[i - dump->count];
	qsort(all, n, sizeof(*all), by_kernel_id);
	for (size_t i = 1; i < n; i++)
		if (all[i]->kernel_id && all[i]->kernel_id == all[i - 1]->kernel_id)
			return refuse_both(reader, all[i], all[i - 1], "kernel_id");
	qsort(all, n, sizeof(*all), by_number);
	for (size_t i = 1; i < n; i++)
		if (!all[i]->anonymous && !by_number(&all[i], &all[i - 1]))
			return refuse_both(reader, all[i], all[i - 1], "number");
	return check_initial(reader);
}
