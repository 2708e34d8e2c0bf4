// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "top.h"

static const char *const sort_names[] = {
	[TOP_BY_MEMBERS] = "members",
	[TOP_BY_AGE] = "age",
	[TOP_BY_HOLDERS] = "holders",
	[TOP_BY_NAME] = "name",
};

const char *top_sort_name(enum top_sort sort)
{
	return sort_names[sort];
}

int top_sort_parse(const char *name, enum top_sort *sort)
{
	for (size_t i = 0; i < ARRAY_SIZE(sort_names); i++) {
		if (!strcmp(name, sort_names[i])) {
			*sort = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int by_number(const void *left, const void *right)
{
	const struct top_seen *a = left, *b = right;

	return (a->inum > b->inum) - (a->inum < b->inum);
}

static const struct top_seen *find(const struct top_rows *rows, const struct top_seen *wanted)
{
	const struct top_seen *seen = rows->nseen ? bsearch(wanted, rows->seen, rows->nseen, sizeof(*seen), by_number) : NULL;

	/* the number may have been given again */
	if (!seen || seen->type != wanted->type || (seen->id && wanted->id && seen->id != wanted->id))
		return NULL;
	return seen;
}

int top_rows_update(struct top_rows *rows, const struct procns_snapshot *snapshot, uint32_t types, int64_t now)
{
	size_t count = procns_count(snapshot), shown = 0;
	struct top_seen *seen = calloc(count + 1, sizeof(*seen));
	struct top_row *list = calloc(count + 1, sizeof(*list));

	if (!seen || !list) {
		free(seen);
		free(list);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		const struct procns_ns *ns = procns_at(snapshot, i);
		const struct top_seen *before;

		seen[i] = (struct top_seen){ ns->type, ns->inum, ns->id, now, !rows->started };
		before = find(rows, &seen[i]);
		if (before)
			seen[i] = *before;
		if (!types || types & 1u << ns->type)
			list[shown++] = (struct top_row){ ns, seen[i] };
	}
	qsort(seen, count, sizeof(*seen), by_number);
	top_rows_free(rows);
	*rows = (struct top_rows){ list, shown, seen, count, true };
	return 0;
}

static int ascending(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_name(const struct top_row *a, const struct top_row *b)
{
	return ascending(a->ns->type, b->ns->type) ?: ascending(a->ns->inum, b->ns->inum);
}

static int by_members(const struct top_row *a, const struct top_row *b)
{
	return ascending(b->ns->nprocs, a->ns->nprocs) ?: ascending(b->ns->nthreads, a->ns->nthreads);
}

static int by_age(const struct top_row *a, const struct top_row *b)
{
	return ascending((uint64_t)b->seen.since, (uint64_t)a->seen.since) ?: ascending(b->ns->id, a->ns->id);
}

static int by_holders(const struct top_row *a, const struct top_row *b)
{
	return ascending(b->ns->nholders, a->ns->nholders);
}

struct order {
	int (*compare)(const struct top_row *a, const struct top_row *b);
	bool reverse;
};

/* Equal ones by name, whatever the direction: rows do not jump about. */
static int compare(const void *left, const void *right, void *data)
{
	const struct order *order = data;
	int result = order->compare(left, right);

	if (!result)
		return by_name(left, right);
	return order->reverse ? -result : result;
}

void top_rows_sort(struct top_rows *rows, enum top_sort sort, bool reverse)
{
	static int (*const orders[])(const struct top_row *a, const struct top_row *b) = {
		[TOP_BY_MEMBERS] = by_members,
		[TOP_BY_AGE] = by_age,
		[TOP_BY_HOLDERS] = by_holders,
		[TOP_BY_NAME] = by_name,
	};
	struct order order = { orders[sort], reverse };

	qsort_r(rows->rows, rows->count, sizeof(*rows->rows), compare, &order);
}

void top_rows_free(struct top_rows *rows)
{
	free(rows->rows);
	free(rows->seen);
	rows->rows = NULL;
	rows->seen = NULL;
	rows->count = rows->nseen = 0;
}

void top_format_age(const struct top_row *row, int64_t now, char *text, size_t size)
{
	int64_t seconds = (now - row->seen.since) / 1000;
	const char *older = row->seen.from_start ? ">" : "";

	if (seconds < 100)
		snprintf(text, size, "%s%" PRId64 "s", older, seconds);
	else if (seconds < 100 * 60)
		snprintf(text, size, "%s%" PRId64 "min", older, seconds / 60);
	else if (seconds < 48 * 3600)
		snprintf(text, size, "%s%" PRId64 "h", older, seconds / 3600);
	else
		snprintf(text, size, "%s%" PRId64 "d", older, seconds / 86400);
}
