// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dump_compare.h"
#include "text.h"

struct comparison {
	const struct dump_match *match;
	struct dump_changes *changes;
	const struct dump_ns *before, *after;
};

/* Texts are given away. */
static void tell_texts(struct comparison *c, const char *member, char *old, char *now)
{
	const struct dump_change change = { c->before, c->after, member, old ? old : "?", now ? now : "?" };

	c->changes->count++;
	c->changes->each(&change, c->changes->arg);
	free(old);
	free(now);
}

/* NULL: not known, which is no difference. */
static void compare_texts(struct comparison *c, const char *member, char *old, char *now)
{
	if (old && now && strcmp(old, now)) {
		tell_texts(c, member, old, now);
		return;
	}
	free(old);
	free(now);
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static char *number_text(int64_t number)
{
	return number < 0 ? NULL : text_format("%" PRId64, number);
}

static char *map_text(const struct dump_ns *ns, const struct dump_map *map)
{
	struct text text = { 0 };

	if (!ns->maps_known)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		text_add(&text, "%s%u:%u:%u", i ? " " : "", map->ranges[i].inside, map->ranges[i].outside, map->ranges[i].count);
	return map->count ? text_take(&text) : strdup("none");
}

static char *offsets_text(const struct dump_ns *ns)
{
	if (!ns->offsets_known)
		return NULL;
	return text_format("monotonic %" PRId64 ".%09" PRId64 " boottime %" PRId64 ".%09" PRId64, ns->monotonic.seconds,
			   ns->monotonic.nanoseconds, ns->boottime.seconds, ns->boottime.nanoseconds);
}

/* An owner or parent is the same if the match says so, and what is outside always. */
static char *above_text(const struct dump_ns *above)
{
	return above && !above->outside ? text_format("%s %s:[%u]", above->id, procns_type_name(above->type), above->inum) :
					  strdup("outside");
}

static void compare_above(struct comparison *c, const char *member, const struct dump_ns *old, const struct dump_ns *now)
{
	bool old_within = old && !old->outside, now_within = now && !now->outside;

	if (old_within != now_within || (old_within && c->match->partners[old->place] != now))
		tell_texts(c, member, above_text(old), above_text(now));
}

static const cJSON *get(const struct dump_ns *ns, const char *member)
{
	return cJSON_GetObjectItemCaseSensitive(ns->json, member);
}

static const char *string_of(const cJSON *object, const char *member)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, member));
}

/* Which hierarchies there are is the system's, not the namespace's. */
static void compare_v1_roots(struct comparison *c)
{
	const cJSON *item, *other;

	cJSON_ArrayForEach(item, get(c->before, "cgroup_v1_roots"))
		cJSON_ArrayForEach(other, get(c->after, "cgroup_v1_roots"))
			if (!strcmp(string_of(item, "hierarchy"), string_of(other, "hierarchy")))
				compare_texts(c, "cgroup_v1_roots", copy(string_of(item, "root")), copy(string_of(other, "root")));
}

static void compare_structure(struct comparison *c)
{
	const struct dump_ns *a = c->before, *b = c->after;

	compare_above(c, "owner", a->owner, b->owner);
	if (a->type == PROCNS_PID)
		compare_above(c, "parent", a->parent, b->parent);
	compare_texts(c, "uid_map", map_text(a, &a->uid_map), map_text(b, &b->uid_map));
	compare_texts(c, "gid_map", map_text(a, &a->gid_map), map_text(b, &b->gid_map));
	compare_texts(c, "setgroups", copy(dump_setgroups_text(a->setgroups)), copy(dump_setgroups_text(b->setgroups)));
	compare_texts(c, "creator", number_text(a->creator), number_text(b->creator));
	compare_texts(c, "hostname", copy(a->hostname), copy(b->hostname));
	compare_texts(c, "domainname", copy(a->domainname), copy(b->domainname));
	compare_texts(c, "offsets", offsets_text(a), offsets_text(b));
	compare_texts(c, "cgroup_root", copy(a->cgroup_root), copy(b->cgroup_root));
	if (a->type == PROCNS_CGROUP)
		compare_v1_roots(c);
}

static char *names_text(const struct dump_ns *ns)
{
	struct text text = { 0 };
	const cJSON *name;

	cJSON_ArrayForEach(name, get(ns, "names"))
		text_add(&text, "%s%s", text.length ? " " : "", name->valuestring);
	return text.data || text.failed ? text_take(&text) : strdup("none");
}

/* Counted by kind, in the order they first come. */
static char *holders_text(const struct dump_ns *ns)
{
	const cJSON *list = get(ns, "holders"), *holder;
	struct { const char *kind; size_t count; } kinds[PROCNS_HOLDER_NKINDS + 1] = { 0 };
	struct text text = { 0 };
	size_t n = 0;

	if (!cJSON_IsArray(list))
		return NULL;
	cJSON_ArrayForEach(holder, list) {
		const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(holder, "kind"));
		size_t i = 0;

		if (!kind)
			kind = "again";
		while (i < n && strcmp(kinds[i].kind, kind))
			i++;
		if (i == n && n < PROCNS_HOLDER_NKINDS)
			kinds[n++].kind = kind;
		kinds[i].count++;
	}
	for (size_t i = 0; i < n; i++)
		text_add(&text, "%s%zu %s", i ? ", " : "", kinds[i].count, kinds[i].kind);
	return n ? text_take(&text) : strdup("none");
}

static char *links_text(const struct dump_ns *ns)
{
	const cJSON *list = get(ns, "links"), *link, *address;
	struct text text = { 0 };

	if (!cJSON_IsArray(list))
		return NULL;
	cJSON_ArrayForEach(link, list) {
		text_add(&text, "%s%s %s", text.length ? ", " : "", cJSON_GetObjectItemCaseSensitive(link, "name")->valuestring,
			 cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(link, "up")) ? "up" : "down");
		cJSON_ArrayForEach(address, cJSON_GetObjectItemCaseSensitive(link, "addresses"))
			if (cJSON_IsString(address))
				text_add(&text, " %s", address->valuestring);
	}
	return text.data || text.failed ? text_take(&text) : strdup("none");
}

static void compare_rest(struct comparison *c)
{
	const struct dump_ns *a = c->before, *b = c->after;

	compare_texts(c, "nprocs", number_text((int64_t)a->nprocs), number_text((int64_t)b->nprocs));
	compare_texts(c, "nthreads", number_text((int64_t)a->nthreads), number_text((int64_t)b->nthreads));
	compare_texts(c, "names", names_text(a), names_text(b));
	compare_texts(c, "holders", holders_text(a), holders_text(b));
	if (a->type == PROCNS_NET)
		compare_texts(c, "links", links_text(a), links_text(b));
}

static void tell(struct dump_changes *changes, const struct dump_ns *before, const struct dump_ns *after)
{
	const struct dump_change change = { .before = before, .after = after };

	changes->count++;
	changes->each(&change, changes->arg);
}

void dump_compare(const struct dump *before, const struct dump *after, const struct dump_match *match, struct dump_changes *changes)
{
	for (size_t i = 0; i < before->count; i++) {
		struct comparison c = { .match = match, .changes = changes, .before = &before->list[i], .after = match->partners[i] };

		if (!c.after) {
			tell(changes, c.before, NULL);
			continue;
		}
		compare_structure(&c);
		if (!changes->only_structure)
			compare_rest(&c);
	}
	for (size_t i = 0; i < after->count; i++)
		if (!match->back[i])
			tell(changes, NULL, &after->list[i]);
}
