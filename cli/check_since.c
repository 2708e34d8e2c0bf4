// SPDX-License-Identifier: GPL-2.0-or-later
/* procns check --since: what is alive now and is not in a dump. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "check.h"
#include "cleanup.h"
#include "dump_file.h"
#include "say.h"
#include "text.h"

static int by_number(const void *left, const void *right)
{
	const struct dump_ns *a = *(const struct dump_ns *const *)left, *b = *(const struct dump_ns *const *)right;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return a->inum < b->inum ? -1 : a->inum > b->inum;
}

static const struct dump_ns **sorted(const struct dump *dump)
{
	const struct dump_ns **list = calloc(dump->count + 1, sizeof(*list));

	for (size_t i = 0; list && i < dump->count; i++)
		list[i] = &dump->list[i];
	if (list)
		qsort(list, dump->count, sizeof(*list), by_number);
	return list;
}

/* A number is given out again when its namespace has gone; an id never is. */
static bool was_there(const struct procns_ns *ns, const struct dump_ns **list, size_t count)
{
	const struct dump_ns wanted = { .type = ns->type, .inum = ns->inum }, *key = &wanted;
	const struct dump_ns **found = bsearch(&key, list, count, sizeof(*list), by_number);

	if (!found)
		return false;
	return !ns->id || !(*found)->kernel_id || ns->id == (*found)->kernel_id;
}

/* What a snapshot did not see seems new. */
static int note_gaps(struct check *check, const struct dump *dump)
{
	if (!dump->json || !cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(dump->json, "incomplete")))
		return 0;
	check->gaps[check->ngaps] = text_format("%s did not see everything: what it missed is taken for new", check->since);
	return check->gaps[check->ngaps++] ? 0 : -1;
}

static int is_of_use(const struct check *check, const struct dump *dump)
{
	if (!dump_is_of_this_boot(dump))
		return fail(check->cli, "%s was not taken since this system was started: nothing now was there then", check->since);
	if (dump->root)
		return fail(check->cli, "%s is of a part (--root %s): what else was there is not in it; make one without --root",
			    check->since, dump->root);
	return CHECK_FINE;
}

int check_since(struct check *check)
{
	cleanup_dump struct dump dump = { 0 };
	cleanup_free const struct dump_ns **list = NULL;
	size_t n = procns_count(check->snapshot);

	if (!check->since)
		return CHECK_FINE;
	if (dump_load(check->cli, check->since, &dump) || is_of_use(check, &dump))
		return CHECK_TROUBLE;
	list = sorted(&dump);
	check->outlived = calloc(n + 1, sizeof(*check->outlived));
	if (!list || !check->outlived || note_gaps(check, &dump))
		return fail(check->cli, "out of memory"), CHECK_TROUBLE;
	for (size_t i = 0; i < n; i++) {
		const struct procns_ns *ns = procns_at(check->snapshot, i);

		if (!ns->initial && !was_there(ns, list, dump.count))
			check->outlived[check->noutlived++] = ns;
	}
	return CHECK_FINE;
}
