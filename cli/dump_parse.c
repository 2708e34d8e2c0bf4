// SPDX-License-Identifier: GPL-2.0-or-later
/* From JSON to struct dump. Every member is looked at; the first that is not as docs/json-dump.md says ends it. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dump_check.h"
#include "say.h"

#define EXACT 9007199254740992.0	/* integers up to it have a double of their own */
#define SHOWN 40			/* bytes of a text that is refused */

static_assert(DUMP_MOST_NAMESPACES < 10000000, "an id has room for seven digits");

int dump_refuse(struct dump_reader *reader, const char *format, ...)
{
	va_list arguments;
	size_t used = 0;

	if (reader->where[0])
		used = (size_t)snprintf(reader->why, DUMP_WHY, "%s: ", reader->where);
	va_start(arguments, format);
	vsnprintf(reader->why + used, DUMP_WHY - used, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

bool dump_is_path(const char *text)
{
	if (*text != '/')
		return false;
	for (const char *at = text; (at = strstr(at, "/..")); at += 3)
		if (!at[3] || at[3] == '/')
			return false;
	return true;
}

/* A member of this type; NULL and refused where there is none. */
static const cJSON *take(struct dump_reader *reader, const cJSON *object, const char *key, bool (*is)(const cJSON *), const char *what)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	if (item && is(item))
		return item;
	dump_refuse(reader, "%s is not %s", key, item ? what : "there");
	return NULL;
}

static bool is_text(const cJSON *item) { return cJSON_IsString(item); }
static bool is_text_or_null(const cJSON *item) { return cJSON_IsString(item) || cJSON_IsNull(item); }
static bool is_number(const cJSON *item) { return cJSON_IsNumber(item); }
static bool is_number_or_null(const cJSON *item) { return cJSON_IsNumber(item) || cJSON_IsNull(item); }
static bool is_bool(const cJSON *item) { return cJSON_IsBool(item); }
static bool is_array(const cJSON *item) { return cJSON_IsArray(item); }
static bool is_array_or_null(const cJSON *item) { return cJSON_IsArray(item) || cJSON_IsNull(item); }
static bool is_object(const cJSON *item) { return cJSON_IsObject(item); }
static bool is_object_or_null(const cJSON *item) { return cJSON_IsObject(item) || cJSON_IsNull(item); }

static bool is_integer(const cJSON *item, double least, double most)
{
	return cJSON_IsNumber(item) && item->valuedouble >= least && item->valuedouble <= most &&
	       floor(item->valuedouble) == item->valuedouble;
}

/* NULL in *text where the member is null. */
static int take_text(struct dump_reader *reader, const cJSON *object, const char *key, const char **text)
{
	const cJSON *item = take(reader, object, key, is_text_or_null, "a text");

	if (!item)
		return -EINVAL;
	*text = item->valuestring;
	return 0;
}

static int take_number(struct dump_reader *reader, const cJSON *object, const char *key, double most, uint64_t *number)
{
	const cJSON *item = take(reader, object, key, is_number, "a number");

	if (!item)
		return -EINVAL;
	if (!is_integer(item, 0, most))
		return dump_refuse(reader, "%s is not a whole number from 0 to %.0f", key, most);
	*number = (uint64_t)item->valuedouble;
	return 0;
}

/* `without` where the member is null. */
static int take_number_or_null(struct dump_reader *reader, const cJSON *object, const char *key, double most, int64_t without,
			       int64_t *number)
{
	const cJSON *item = take(reader, object, key, is_number_or_null, "a number or null");

	if (!item)
		return -EINVAL;
	*number = without;
	if (cJSON_IsNull(item))
		return 0;
	if (!is_integer(item, 0, most))
		return dump_refuse(reader, "%s is not a whole number from 0 to %.0f", key, most);
	*number = (int64_t)item->valuedouble;
	return 0;
}

static int take_range(struct dump_reader *reader, const cJSON *item, const char *key, struct procns_id_range *range)
{
	uint32_t *const values[] = { &range->inside, &range->outside, &range->count };
	const cJSON *value = cJSON_IsArray(item) ? item->child : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++, value = value->next) {
		if (!value || !is_integer(value, 0, UINT32_MAX))
			return dump_refuse(reader, "%s has a range that is not three ids", key);
		*values[i] = (uint32_t)value->valuedouble;
	}
	return value ? dump_refuse(reader, "%s has a range that is not three ids", key) : 0;
}

static int take_map(struct dump_reader *reader, const cJSON *object, const char *key, struct dump_map *map, bool *known)
{
	const cJSON *list = take(reader, object, key, is_array_or_null, "a list or null"), *item;
	int count, err = 0;

	if (!list)
		return -EINVAL;
	*known = cJSON_IsArray(list);
	if (!*known)
		return 0;
	count = cJSON_GetArraySize(list);
	if (count > DUMP_MOST_RANGES)
		return dump_refuse(reader, "%s has %d ranges; the kernel takes %d", key, count, DUMP_MOST_RANGES);
	map->ranges = calloc((size_t)count + 1, sizeof(*map->ranges));
	if (!map->ranges)
		return -ENOMEM;
	cJSON_ArrayForEach(item, list)
		err = err ? err : take_range(reader, item, key, &map->ranges[map->count++]);
	return err;
}

static int take_user(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	bool uids = false, gids = false;
	int err = take_map(reader, object, "uid_map", &ns->uid_map, &uids);

	if (!err)
		err = take_map(reader, object, "gid_map", &ns->gid_map, &gids);
	if (!err && uids != gids)
		err = dump_refuse(reader, "only one of uid_map and gid_map is known");
	ns->maps_known = uids;
	return err ? err : take_number_or_null(reader, object, "creator", UINT32_MAX - 1.0, -1, &ns->creator);
}

static int take_name(struct dump_reader *reader, const cJSON *object, const char *key, const char **name)
{
	int err = take_text(reader, object, key, name);

	if (!err && *name && strlen(*name) > DUMP_LONGEST_NAME)
		err = dump_refuse(reader, "%s is longer than %d bytes", key, DUMP_LONGEST_NAME);
	return err;
}

static int take_uts(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	int err = take_name(reader, object, "hostname", &ns->hostname);

	return err ? err : take_name(reader, object, "domainname", &ns->domainname);
}

static int take_offset(struct dump_reader *reader, const cJSON *object, const char *key, struct dump_offset *offset)
{
	const cJSON *pair = take(reader, object, key, is_array, "a list");
	const cJSON *seconds = pair ? pair->child : NULL, *nanoseconds = seconds ? seconds->next : NULL;

	if (!pair)
		return -EINVAL;
	if (!nanoseconds || nanoseconds->next || !is_integer(seconds, -EXACT, EXACT) || !is_integer(nanoseconds, 0, 999999999))
		return dump_refuse(reader, "%s is not seconds and nanoseconds", key);
	*offset = (struct dump_offset){ (int64_t)seconds->valuedouble, (int64_t)nanoseconds->valuedouble };
	return 0;
}

static int take_time(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	const cJSON *offsets = take(reader, object, "offsets", is_object_or_null, "an object or null");
	int err;

	if (!offsets)
		return -EINVAL;
	ns->offsets_known = cJSON_IsObject(offsets);
	if (!ns->offsets_known)
		return 0;
	err = take_offset(reader, offsets, "monotonic", &ns->monotonic);
	return err ? err : take_offset(reader, offsets, "boottime", &ns->boottime);
}

static int take_cgroup(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	int err = take_text(reader, object, "cgroup_root", &ns->cgroup_root);

	if (!err && ns->cgroup_root && !dump_is_path(ns->cgroup_root))
		err = dump_refuse(reader, "cgroup_root is no path from the root without '..': %.*s", SHOWN, ns->cgroup_root);
	return err;
}

static int check_objects(struct dump_reader *reader, const cJSON *object, const char *key)
{
	const cJSON *list = take(reader, object, key, is_array_or_null, "a list or null"), *item;

	if (!list)
		return -EINVAL;
	cJSON_ArrayForEach(item, list)
		if (!cJSON_IsObject(item))
			return dump_refuse(reader, "%s has an entry that is no object", key);
	return 0;
}

static int take_net(struct dump_reader *reader, const cJSON *object)
{
	const cJSON *links = cJSON_GetObjectItemCaseSensitive(object, "links"), *link;
	int err = check_objects(reader, object, "links");

	if (!err)
		err = check_objects(reader, object, "netnsids");
	cJSON_ArrayForEach(link, links)
		if (!err && (!take(reader, link, "name", is_text, "a text") || !take(reader, link, "ifindex", is_number, "a number")))
			err = -EINVAL;
	return err;
}

static int take_properties(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	switch (ns->type) {
	case PROCNS_USER:
		return take_user(reader, object, ns);
	case PROCNS_UTS:
		return take_uts(reader, object, ns);
	case PROCNS_TIME:
		return take_time(reader, object, ns);
	case PROCNS_CGROUP:
		return take_cgroup(reader, object, ns);
	case PROCNS_NET:
		return take_net(reader, object);
	default:
		return 0;
	}
}

static int check_names(struct dump_reader *reader, const cJSON *object)
{
	const cJSON *list = take(reader, object, "names", is_array, "a list"), *item;

	if (!list)
		return -EINVAL;
	cJSON_ArrayForEach(item, list)
		if (!cJSON_IsString(item) || !dump_is_path(item->valuestring))
			return dump_refuse(reader, "names has an entry that is no path from the root without '..'");
	return 0;
}

static int check_members(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	const cJSON *list = take(reader, object, "members", is_array, "a list"), *item;
	uint64_t number;
	int err = list ? 0 : -EINVAL;

	cJSON_ArrayForEach(item, list) {
		if (!err && !cJSON_IsObject(item))
			err = dump_refuse(reader, "members has an entry that is no object");
		if (!err)
			err = take_number(reader, item, "pid", INT32_MAX, &number);
		if (!err)
			err = take_number(reader, item, "threads", EXACT, &number);
		if (!err && !take(reader, item, "comm", is_text, "a text"))
			err = -EINVAL;
	}
	if (!err)
		err = take_number(reader, object, "nprocs", EXACT, &ns->nprocs);
	return err ? err : take_number(reader, object, "nthreads", EXACT, &ns->nthreads);
}

/* Text, numbers and flags as they are; `causes` holders again. The parser has a limit to how deep they go. */
static int check_holders(struct dump_reader *reader, const cJSON *object, const char *key)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, key), *item;
	int err = check_objects(reader, object, key);

	cJSON_ArrayForEach(item, list) {
		const cJSON *path = cJSON_GetObjectItemCaseSensitive(item, "path");

		if (!err && !cJSON_HasObjectItem(item, "again") && !take(reader, item, "kind", is_text, "a text"))
			err = -EINVAL;
		if (!err && path && !cJSON_IsString(path))
			err = dump_refuse(reader, "the path of a holder is no text");
		if (!err && cJSON_HasObjectItem(item, "causes"))
			err = check_holders(reader, item, "causes");
	}
	return err;
}

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
	int err = take_text(reader, object, key, &id);

	if (err || !id)
		return err;
	*above = find_id(dump->list, dump->count, "ns", id);
	if (!*above)
		*above = find_id(dump->outside, dump->noutside, "out", id);
	return *above ? 0 : dump_refuse(reader, "its %s %.*s is none that stands before it", key, SHOWN, id);
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
	const cJSON *id = take(reader, object, "id", is_text, "a text"), *type, *initial;
	int64_t kernel_id = 0;
	uint64_t inum;

	ns->creator = -1;
	ns->json = object;
	if (!id)
		return -EINVAL;
	if (!id_number(id->valuestring, prefix))
		return dump_refuse(reader, "id is not %s and a number: %.*s", prefix, SHOWN, id->valuestring);
	if (last && id_number(id->valuestring, prefix) <= id_number(last->id, prefix))
		return dump_refuse(reader, "its id %s does not come behind %s", id->valuestring, last->id);
	snprintf(ns->id, sizeof(ns->id), "%s", id->valuestring);
	snprintf(reader->where, sizeof(reader->where), "%s", ns->id);
	type = take(reader, object, "type", is_text, "a text");
	if (!type)
		return -EINVAL;
	if (procns_type_parse(type->valuestring, &ns->type))
		return dump_refuse(reader, "no such type: %.*s", SHOWN, type->valuestring);
	if (take_number(reader, object, "inum", UINT32_MAX, &inum) ||
	    take_number_or_null(reader, object, "kernel_id", EXACT, 0, &kernel_id))
		return -EINVAL;
	initial = take(reader, object, "initial", is_bool, "true or false");
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
		err = take_properties(reader, object, ns);
	if (!err)
		err = check_names(reader, object);
	if (!err)
		err = check_members(reader, object, ns);
	return err ? err : check_holders(reader, object, "holders");
}

static int take_outside(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns, const struct dump_ns *last)
{
	int err = take_head(reader, object, ns, "out", last);

	ns->outside = true;
	return err ? err : check_objects(reader, object, "references");
}

static int take_list(struct dump_reader *reader, const cJSON *root, const char *key, struct dump_ns **list, size_t *count,
		     int (*one)(struct dump_reader *, const cJSON *, struct dump_ns *, const struct dump_ns *))
{
	const cJSON *array = take(reader, root, key, is_array, "a list"), *item;
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
	const cJSON *system = take(reader, root, "system", is_object, "an object");
	int err = system ? 0 : -EINVAL;

	if (!err)
		err = take_text(reader, system, "release", &reader->dump->release);
	if (!err)
		err = take_text(reader, system, "boot_id", &reader->dump->boot_id);
	return err ? err : take_text(reader, root, "root", &reader->dump->root);
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
