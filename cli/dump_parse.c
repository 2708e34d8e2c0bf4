// SPDX-License-Identifier: GPL-2.0-or-later
/* From JSON to struct dump: what a dump is made of, and how its namespaces stand to each other. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump_check.h"
#include "say.h"

static_assert(DUMP_MOST_NAMESPACES < 10000000, "an id has room for seven digits");

/* Ids grow, so that none comes twice and one is found by halving. */
static uint64_t id_number(const char *id, const char *prefix)
{
	size_t length = strlen(prefix), digits = strncmp(id, prefix, length) ? 0 : strspn(id + length, "0123456789");

	if (!digits || digits > 7 || id[length + digits] || id[length] == '0')
		return 0;
	return strtoull(id + length, NULL, 10);
}

static struct dump_ns *find_id(struct dump_ns *list, size_t count, const char *prefix, const char *id)
{
	uint64_t wanted = id_number(id, prefix);
	size_t low = 0, high = count;

	while (wanted && low < high) {
		size_t middle = (low + high) / 2;
		uint64_t number = id_number(list[middle].id, prefix);

		if (number == wanted)
			return &list[middle];
		if (number < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* `ns` has not been counted yet: only those before it are found. */
static int take_above(struct dump_reader *reader, const cJSON *object, const char *key, struct dump_ns **above)
{
	struct dump *dump = reader->dump;
	const char *id = NULL;
	int err = dump_take_text(reader, object, key, &id);

	if (err || !id)
		return err;
	*above = find_id(dump->list, dump->count, "ns", id);
	if (!*above)
		*above = find_id(dump->outside, dump->noutside, "out", id);
	return *above ? 0 : dump_refuse(reader, "its %s %.*s is none that stands before it", key, DUMP_SHOWN, id);
}

static int check_parents(struct dump_reader *reader, struct dump_ns *ns)
{
	unsigned int most = ns->type == PROCNS_USER ? DUMP_MOST_PARENTS : DUMP_MOST_PARENTS - 1;

	if (ns->parent && ns->parent->type != ns->type)
		return dump_refuse(reader, "its parent %s is a %s namespace", ns->parent->id, procns_type_name(ns->parent->type));
	if (ns->type == PROCNS_USER && ns->parent != ns->owner)
		return dump_refuse(reader, "the owner of a user namespace is its parent");
	ns->parents = ns->parent && !ns->parent->outside ? ns->parent->parents + 1 : 0;
	if (ns->parents > most)
		return dump_refuse(reader, "more than %u %s namespaces above it", most, procns_type_name(ns->type));
	return 0;
}

/* The kernel makes a pid namespace only for a user namespace that its parent's owner is, or is above of. */
static int check_owner_of_parent(struct dump_reader *reader, const struct dump_ns *ns)
{
	const struct dump_ns *user = ns->owner, *wanted = ns->parent ? ns->parent->owner : NULL;

	if (ns->type != PROCNS_PID || !wanted || !user || user->outside)
		return 0;
	while (user && user != wanted)
		user = user->parent;
	return user ? 0 : dump_refuse(reader, "its owner %s is not below the owner of its parent %s", ns->owner->id, ns->parent->id);
}

static int take_relatives(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	bool has_parent = ns->type == PROCNS_USER || ns->type == PROCNS_PID;
	int err = take_above(reader, object, "owner", &ns->owner);

	if (!err && ns->owner && ns->owner->type != PROCNS_USER)
		err = dump_refuse(reader, "its owner %s is a %s namespace", ns->owner->id, procns_type_name(ns->owner->type));
	if (!err && !has_parent && cJSON_HasObjectItem(object, "parent"))
		err = dump_refuse(reader, "a %s namespace has no parent", procns_type_name(ns->type));
	if (!err && has_parent)
		err = take_above(reader, object, "parent", &ns->parent);
	if (!err && has_parent)
		err = check_parents(reader, ns);
	return err ? err : check_owner_of_parent(reader, ns);
}

/* What namespaces inside and outside of it have. `last` is the one before it. */
static int take_head(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns, const char *prefix, const struct dump_ns *last)
{
	const cJSON *id = dump_take(reader, object, "id", cJSON_IsString, "a text"), *type, *initial;
	int64_t kernel_id = 0;
	uint64_t inum;

	ns->creator = -1;
	ns->json = object;
	if (!id)
		return -EINVAL;
	if (!id_number(id->valuestring, prefix))
		return dump_refuse(reader, "id is not %s and a number: %.*s", prefix, DUMP_SHOWN, id->valuestring);
	if (last && id_number(id->valuestring, prefix) <= id_number(last->id, prefix))
		return dump_refuse(reader, "its id %s does not come behind %s", id->valuestring, last->id);
	snprintf(ns->id, sizeof(ns->id), "%s", id->valuestring);
	snprintf(reader->where, sizeof(reader->where), "%s", ns->id);
	type = dump_take(reader, object, "type", cJSON_IsString, "a text");
	if (!type)
		return -EINVAL;
	if (procns_type_parse(type->valuestring, &ns->type))
		return dump_refuse(reader, "no such type: %.*s", DUMP_SHOWN, type->valuestring);
	if (dump_take_number(reader, object, "inum", UINT32_MAX, &inum) ||
	    dump_take_number_or_null(reader, object, "kernel_id", DUMP_EXACT, 0, &kernel_id))
		return -EINVAL;
	initial = dump_take(reader, object, "initial", cJSON_IsBool, "true or false");
	ns->inum = (uint32_t)inum;
	ns->kernel_id = (uint64_t)kernel_id;
	ns->initial = cJSON_IsTrue(initial);
	ns->anonymous = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "anonymous"));
	return initial ? 0 : -EINVAL;
}

static int take_namespace(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns, const struct dump_ns *last)
{
	int err = take_head(reader, object, ns, "ns", last);

	if (!err)
		err = take_relatives(reader, object, ns);
	if (!err)
		err = dump_take_properties(reader, object, ns);
	if (!err)
		err = dump_check_names(reader, object);
	if (!err)
		err = dump_check_members(reader, object, ns);
	return err ? err : dump_check_holders(reader, object, "holders");
}

static int take_outside(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns, const struct dump_ns *last)
{
	int err = take_head(reader, object, ns, "out", last);

	ns->outside = true;
	return err ? err : dump_check_objects(reader, object, "references");
}

static int take_list(struct dump_reader *reader, const cJSON *root, const char *key, struct dump_ns **list, size_t *count,
		     int (*one)(struct dump_reader *, const cJSON *, struct dump_ns *, const struct dump_ns *))
{
	const cJSON *array = dump_take(reader, root, key, cJSON_IsArray, "a list"), *item;
	int n = array ? cJSON_GetArraySize(array) : 0, err;

	if (!array)
		return -EINVAL;
	if (n > DUMP_MOST_NAMESPACES)
		return dump_refuse(reader, "%s has %d entries; %d are the most", key, n, DUMP_MOST_NAMESPACES);
	*list = calloc((size_t)n + 1, sizeof(**list));
	if (!*list)
		return -ENOMEM;
	cJSON_ArrayForEach(item, array) {
		struct dump_ns *ns = &(*list)[*count];

		snprintf(reader->where, sizeof(reader->where), "%s[%zu]", key, *count);
		err = cJSON_IsObject(item) ? one(reader, item, ns, *count ? ns - 1 : NULL) : dump_refuse(reader, "it is no object");
		++*count;	/* also after a failure: it may have memory by now */
		if (err)
			return err;
	}
	reader->where[0] = '\0';
	return 0;
}

static int take_system(struct dump_reader *reader, const cJSON *root)
{
	const cJSON *system = dump_take(reader, root, "system", cJSON_IsObject, "an object");
	int err = system ? 0 : -EINVAL;

	if (!err)
		err = dump_take_text(reader, system, "release", &reader->dump->release);
	if (!err)
		err = dump_take_text(reader, system, "boot_id", &reader->dump->boot_id);
	return err ? err : dump_take_text(reader, root, "root", &reader->dump->root);
}

static int check_format(struct dump_reader *reader, const cJSON *root)
{
	const cJSON *format = cJSON_GetObjectItemCaseSensitive(root, "format");
	const cJSON *version = cJSON_GetObjectItemCaseSensitive(root, "version");

	if (!cJSON_IsObject(root) || !cJSON_IsString(format) || strcmp(format->valuestring, DUMP_FORMAT) || !cJSON_IsNumber(version))
		return dump_refuse(reader, "not written by 'procns dump'");
	if (version->valuedouble != DUMP_VERSION)
		return dump_refuse(reader, "version %g of the format; this program knows version %d", version->valuedouble, DUMP_VERSION);
	return 0;
}

static int check_text(struct dump_reader *reader, const char *text, size_t length)
{
	for (size_t at = 0, step; at < length; at += step) {
		step = (unsigned char)text[at] >= 0x20 && (unsigned char)text[at] < 0x7f ? 1 : printable_length(text + at, length - at);
		if (!step && strchr("\t\n\r", text[at]) && text[at])
			step = 1;
		if (!step)
			return dump_refuse(reader, "byte %zu of it is no text in UTF-8", at + 1);
	}
	return 0;
}

static int parse_json(struct dump_reader *reader, const char *text, size_t length)
{
	const char *end = NULL;

	reader->dump->json = cJSON_ParseWithLengthOpts(text, length, &end, false);
	if (!reader->dump->json)
		return dump_refuse(reader, length ? "no JSON, or not all of it, at byte %zu" : "it is empty", end ? (size_t)(end - text) + 1 : 1);
	for (; end < text + length; end++)
		if (!strchr(" \t\n\r", *end))
			return dump_refuse(reader, "something stands behind its end, at byte %zu", (size_t)(end - text) + 1);
	return 0;
}

int dump_parse(const char *text, size_t length, struct dump *dump, char why[DUMP_WHY])
{
	struct dump_reader reader = { .dump = dump, .why = why };
	int err;

	*dump = (struct dump){ 0 };
	snprintf(why, DUMP_WHY, "out of memory");
	err = check_text(&reader, text, length);
	if (!err)
		err = parse_json(&reader, text, length);
	if (!err)
		err = check_format(&reader, dump->json);
	if (!err)
		err = take_system(&reader, dump->json);
	if (!err)
		err = take_list(&reader, dump->json, "outside", &dump->outside, &dump->noutside, take_outside);
	if (!err)
		err = take_list(&reader, dump->json, "namespaces", &dump->list, &dump->count, take_namespace);
	if (!err)
		err = dump_check_maps(&reader);
	return err ? err : dump_check_numbers(&reader);
}
