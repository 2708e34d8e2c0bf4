// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two topologies, list by list. The tables say by what members an entry of a list is known, which of the others count, and which
 * lists are inside. The files may come from anywhere: whatever is missing or of another type is taken for nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "net_diff.h"
#include "text.h"

struct list_kind {
	const char *member;		/* of the entry it is in */
	const char *what;
	const char *const *keys;	/* known by */
	const char *const *values;	/* compared */
	const char *const *objects;	/* compared member by member */
	const struct list_kind *const *lists;
	bool is_netns, is_link;
};

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NONE ((const char *const[]){ NULL })
#define LISTS(...) ((const struct list_kind *const[]){ __VA_ARGS__, NULL })

static const struct list_kind addresses = {
	"addresses", "address", NAMES("address", "peer"), NAMES("scope"), NONE, LISTS(NULL),
};

static const struct list_kind processes = {
	"processes", "process", NAMES("pid", "fd"), NAMES("command"), NONE, LISTS(NULL),
};

static const struct list_kind links = {
	"links", "link", NAMES("ifindex"),
	NAMES("name", "kind", "up", "state", "mtu", "mac", "alias", "forwards4", "forwards6", "master", "lower", "peer", "underlay"),
	NAMES("attributes"), LISTS(&addresses, &processes), .is_link = true,
};

static const struct list_kind routes = {
	"routes", "route", NAMES("family", "destination", "from", "table", "metric", "type", "nexthops"),
	NAMES("protocol", "source"), NONE, LISTS(NULL),
};

static const struct list_kind sockets = {
	"sockets", "socket", NAMES("protocol", "address", "port", "link"), NAMES("uid"), NONE, LISTS(NULL),
};

static const struct list_kind namespaces = {
	"namespaces", "namespace", NAMES("inum", "id"), NAMES("name", "owner", "paths"), NONE, LISTS(&links, &routes, &sockets),
	.is_netns = true,
};

/* Where the comparison is. */
struct position {
	struct net_changes *changes;
	const cJSON *netns, *link;
};

struct entry {
	char *key;
	const cJSON *item;
};

struct entries {
	struct entry *list;
	size_t count;
};

static const cJSON *get(const cJSON *object, const char *member)
{
	return cJSON_GetObjectItemCaseSensitive(object, member);
}

static void free_entries(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		free(entries->list[i].key);
	free(entries->list);
}

static char *key_of(const cJSON *item, const char *const *keys)
{
	struct text key = { 0 };

	for (; *keys; keys++) {
		char *value = cJSON_PrintUnformatted(get(item, *keys));

		text_add(&key, "%s ", value ? value : "");
		cJSON_free(value);
	}
	return text_take(&key);
}

static int by_key(const void *a, const void *b)
{
	return strverscmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static int collect(struct entries *entries, const cJSON *list, const struct list_kind *kind)
{
	const cJSON *item;

	*entries = (struct entries){ .list = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*entries->list)) };
	if (!entries->list)
		return -ENOMEM;
	cJSON_ArrayForEach(item, list) {
		struct entry *entry = &entries->list[entries->count];

		if (!cJSON_IsObject(item))
			continue;
		entry->item = item;
		entry->key = key_of(item, kind->keys);
		if (!entry->key)
			return -ENOMEM;
		entries->count++;
	}
	qsort(entries->list, entries->count, sizeof(*entries->list), by_key);
	return 0;
}

static void tell(const struct position *position, const struct net_change *change)
{
	struct net_change whole = *change;

	whole.netns = whole.netns ? whole.netns : position->netns;
	whole.link = whole.link ? whole.link : position->link;
	position->changes->count++;
	position->changes->each(&whole, position->changes->arg);
}

static void tell_one_sided(const struct position *position, char sign, const struct list_kind *kind, const cJSON *item)
{
	tell(position, &(struct net_change){
		.sign = sign, .what = kind->what,
		.netns = kind->is_netns ? item : NULL, .link = kind->is_link ? item : NULL,
		.thing = kind->is_netns || kind->is_link ? NULL : item,
	});
}

static bool same(const cJSON *before, const cJSON *after)
{
	if (!before || !after)
		return cJSON_IsNull(before ? before : after) || before == after;
	return cJSON_Compare(before, after, true);
}

static void compare_value(const struct position *position, const struct list_kind *kind, const cJSON *item, const char *member,
			  const cJSON *before, const cJSON *after)
{
	if (same(before, after))
		return;
	tell(position, &(struct net_change){
		.sign = '~', .what = kind->what, .member = member, .before = before, .after = after,
		.thing = kind->is_netns || kind->is_link ? NULL : item,
	});
}

/* Members of either side. */
static void compare_objects(const struct position *position, const struct list_kind *kind, const cJSON *item,
			    const cJSON *before, const cJSON *after)
{
	const cJSON *member;

	cJSON_ArrayForEach(member, before)
		if (member->string)
			compare_value(position, kind, item, member->string, member, get(after, member->string));
	cJSON_ArrayForEach(member, after)
		if (member->string && !get(before, member->string))
			compare_value(position, kind, item, member->string, NULL, member);
}

static int compare_lists(const struct position *above, const struct list_kind *kind, const cJSON *before, const cJSON *after);

static int compare_entry(const struct position *above, const struct list_kind *kind, const cJSON *before, const cJSON *after)
{
	struct position here = *above;
	int err = 0;

	here.netns = kind->is_netns ? after : above->netns;
	here.link = kind->is_link ? after : above->link;
	for (const char *const *value = kind->values; *value; value++)
		compare_value(&here, kind, after, *value, get(before, *value), get(after, *value));
	for (const char *const *object = kind->objects; *object; object++)
		compare_objects(&here, kind, after, get(before, *object), get(after, *object));
	for (const struct list_kind *const *list = kind->lists; *list && !err; list++) {
		const cJSON *old = get(before, (*list)->member), *now = get(after, (*list)->member);

		/* Sockets, for one, are only there where they were asked for. */
		if (cJSON_IsArray(old) && cJSON_IsArray(now))
			err = compare_lists(&here, *list, old, now);
	}
	return err;
}

static int merge(const struct position *above, const struct list_kind *kind, const struct entries *old, const struct entries *now)
{
	size_t i = 0, j = 0;
	int err = 0;

	while (!err && (i < old->count || j < now->count)) {
		int order = i == old->count ? 1 : j == now->count ? -1 : strverscmp(old->list[i].key, now->list[j].key);

		if (order < 0)
			tell_one_sided(above, '-', kind, old->list[i++].item);
		else if (order > 0)
			tell_one_sided(above, '+', kind, now->list[j++].item);
		else
			err = compare_entry(above, kind, old->list[i++].item, now->list[j++].item);
	}
	return err;
}

static int compare_lists(const struct position *above, const struct list_kind *kind, const cJSON *before, const cJSON *after)
{
	struct entries old = { 0 }, now = { 0 };
	int err = collect(&old, before, kind);

	if (!err)
		err = collect(&now, after, kind);
	if (!err)
		err = merge(above, kind, &old, &now);
	free_entries(&old);
	free_entries(&now);
	return err;
}

int net_compare(const cJSON *old, const cJSON *now, struct net_changes *changes)
{
	const struct position top = { .changes = changes };

	return compare_lists(&top, &namespaces, get(old, namespaces.member), get(now, namespaces.member));
}
