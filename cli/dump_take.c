// SPDX-License-Identifier: GPL-2.0-or-later
/* Members of a dump's objects: each is looked at, and the first that is not as docs/json-dump.md says ends it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dump_check.h"

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
const cJSON *dump_take(struct dump_reader *reader, const cJSON *object, const char *key, cJSON_bool (*is)(const cJSON *), const char *what)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	if (item && is(item))
		return item;
	dump_refuse(reader, "%s is not %s", key, item ? what : "there");
	return NULL;
}

static cJSON_bool is_text_or_null(const cJSON *item) { return cJSON_IsString(item) || cJSON_IsNull(item); }
static cJSON_bool is_number_or_null(const cJSON *item) { return cJSON_IsNumber(item) || cJSON_IsNull(item); }
static cJSON_bool is_array_or_null(const cJSON *item) { return cJSON_IsArray(item) || cJSON_IsNull(item); }
static cJSON_bool is_object_or_null(const cJSON *item) { return cJSON_IsObject(item) || cJSON_IsNull(item); }

static bool is_integer(const cJSON *item, double least, double most)
{
	return cJSON_IsNumber(item) && item->valuedouble >= least && item->valuedouble <= most &&
	       (double)(int64_t)item->valuedouble == item->valuedouble;
}

/* NULL in *text where the member is null. */
int dump_take_text(struct dump_reader *reader, const cJSON *object, const char *key, const char **text)
{
	const cJSON *item = dump_take(reader, object, key, is_text_or_null, "a text");

	if (!item)
		return -EINVAL;
	*text = item->valuestring;
	return 0;
}

int dump_take_number(struct dump_reader *reader, const cJSON *object, const char *key, double most, uint64_t *number)
{
	const cJSON *item = dump_take(reader, object, key, cJSON_IsNumber, "a number");

	if (!item)
		return -EINVAL;
	if (!is_integer(item, 0, most))
		return dump_refuse(reader, "%s is not a whole number from 0 to %.0f", key, most);
	*number = (uint64_t)item->valuedouble;
	return 0;
}

/* `without` where the member is null. */
int dump_take_number_or_null(struct dump_reader *reader, const cJSON *object, const char *key, double most, int64_t without,
			       int64_t *number)
{
	const cJSON *item = dump_take(reader, object, key, is_number_or_null, "a number or null");

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
	const cJSON *list = dump_take(reader, object, key, is_array_or_null, "a list or null"), *item;
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

/* Dumps of before have none. */
static int take_setgroups(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	const char *text = NULL;
	int err = cJSON_HasObjectItem(object, "setgroups") ? dump_take_text(reader, object, "setgroups", &text) : 0;

	if (err || !text)
		return err;
	if (strcmp(text, "allow") && strcmp(text, "deny"))
		return dump_refuse(reader, "setgroups is neither allow nor deny: %.*s", DUMP_SHOWN, text);
	ns->setgroups = strcmp(text, "deny") ? DUMP_SETGROUPS_ALLOW : DUMP_SETGROUPS_DENY;
	if (ns->setgroups == DUMP_SETGROUPS_ALLOW && ns->parent && ns->parent->setgroups == DUMP_SETGROUPS_DENY)
		return dump_refuse(reader, "setgroups is allowed, and in its parent %s it is not", ns->parent->id);
	return 0;
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
	if (!err)
		err = take_setgroups(reader, object, ns);
	return err ? err : dump_take_number_or_null(reader, object, "creator", UINT32_MAX - 1.0, -1, &ns->creator);
}

static int take_name(struct dump_reader *reader, const cJSON *object, const char *key, const char **name)
{
	int err = dump_take_text(reader, object, key, name);

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
	const cJSON *pair = dump_take(reader, object, key, cJSON_IsArray, "a list");
	const cJSON *seconds = pair ? pair->child : NULL, *nanoseconds = seconds ? seconds->next : NULL;

	if (!pair)
		return -EINVAL;
	if (!nanoseconds || nanoseconds->next || !is_integer(seconds, -DUMP_EXACT, DUMP_EXACT) || !is_integer(nanoseconds, 0, 999999999))
		return dump_refuse(reader, "%s is not seconds and nanoseconds", key);
	*offset = (struct dump_offset){ (int64_t)seconds->valuedouble, (int64_t)nanoseconds->valuedouble };
	return 0;
}

static int take_time(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	const cJSON *offsets = dump_take(reader, object, "offsets", is_object_or_null, "an object or null");
	int err;

	if (!offsets)
		return -EINVAL;
	ns->offsets_known = cJSON_IsObject(offsets);
	if (!ns->offsets_known)
		return 0;
	err = take_offset(reader, offsets, "monotonic", &ns->monotonic);
	return err ? err : take_offset(reader, offsets, "boottime", &ns->boottime);
}

/* Dumps that have them not are older. */
static int check_v1_roots(struct dump_reader *reader, const cJSON *object)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "cgroup_v1_roots"), *item;
	int err = list ? dump_check_objects(reader, object, "cgroup_v1_roots") : 0;
	const char *root = NULL;

	if (!err && cJSON_GetArraySize(list) > DUMP_MOST_HIERARCHIES)
		err = dump_refuse(reader, "cgroup_v1_roots has more than %d entries", DUMP_MOST_HIERARCHIES);
	cJSON_ArrayForEach(item, list) {
		if (!err && !dump_take(reader, item, "hierarchy", cJSON_IsString, "a text"))
			err = -EINVAL;
		if (!err)
			err = dump_take_text(reader, item, "root", &root);
		if (!err && root && !dump_is_path(root))
			err = dump_refuse(reader, "cgroup_v1_roots has a root that is no path from the root without '..'");
	}
	return err;
}

static int take_cgroup(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	int err = dump_take_text(reader, object, "cgroup_root", &ns->cgroup_root);

	if (!err && ns->cgroup_root && !dump_is_path(ns->cgroup_root))
		err = dump_refuse(reader, "cgroup_root is no path from the root without '..': %.*s", DUMP_SHOWN, ns->cgroup_root);
	return err ? err : check_v1_roots(reader, object);
}

int dump_check_objects(struct dump_reader *reader, const cJSON *object, const char *key)
{
	const cJSON *list = dump_take(reader, object, key, is_array_or_null, "a list or null"), *item;

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
	int err = dump_check_objects(reader, object, "links");

	if (!err)
		err = dump_check_objects(reader, object, "netnsids");
	cJSON_ArrayForEach(link, links)
		if (!err && (!dump_take(reader, link, "name", cJSON_IsString, "a text") || !dump_take(reader, link, "ifindex", cJSON_IsNumber, "a number")))
			err = -EINVAL;
	return err;
}

int dump_take_properties(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
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

int dump_check_names(struct dump_reader *reader, const cJSON *object)
{
	const cJSON *list = dump_take(reader, object, "names", cJSON_IsArray, "a list"), *item;

	if (!list)
		return -EINVAL;
	cJSON_ArrayForEach(item, list)
		if (!cJSON_IsString(item) || !dump_is_path(item->valuestring))
			return dump_refuse(reader, "names has an entry that is no path from the root without '..'");
	return 0;
}

int dump_check_members(struct dump_reader *reader, const cJSON *object, struct dump_ns *ns)
{
	const cJSON *list = dump_take(reader, object, "members", cJSON_IsArray, "a list"), *item;
	uint64_t number;
	int err = list ? 0 : -EINVAL;

	cJSON_ArrayForEach(item, list) {
		if (!err && !cJSON_IsObject(item))
			err = dump_refuse(reader, "members has an entry that is no object");
		if (!err)
			err = dump_take_number(reader, item, "pid", INT32_MAX, &number);
		if (!err)
			err = dump_take_number(reader, item, "threads", DUMP_EXACT, &number);
		if (!err && !dump_take(reader, item, "comm", cJSON_IsString, "a text"))
			err = -EINVAL;
	}
	if (!err)
		err = dump_take_number(reader, object, "nprocs", DUMP_EXACT, &ns->nprocs);
	return err ? err : dump_take_number(reader, object, "nthreads", DUMP_EXACT, &ns->nthreads);
}

static int check_positions(struct dump_reader *reader, const cJSON *holder)
{
	static const char *const numbers[] = { "message", "connection", "index" };
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(holder, "positions"), *position;
	int err = list ? dump_check_objects(reader, holder, "positions") : 0;

	cJSON_ArrayForEach(position, list)
		for (size_t i = 0; !err && i < ARRAY_SIZE(numbers); i++) {
			const cJSON *number = cJSON_GetObjectItemCaseSensitive(position, numbers[i]);
			uint64_t value;

			if (number && !cJSON_IsNull(number))
				err = dump_take_number(reader, position, numbers[i], UINT32_MAX, &value);
		}
	return err;
}

/* Text, numbers and flags as they are; `causes` holders again. The parser has a limit to how deep they go. */
int dump_check_holders(struct dump_reader *reader, const cJSON *object, const char *key)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, key), *item;
	int err = dump_check_objects(reader, object, key);

	cJSON_ArrayForEach(item, list) {
		const cJSON *path = cJSON_GetObjectItemCaseSensitive(item, "path");

		if (!err && !cJSON_HasObjectItem(item, "again") && !dump_take(reader, item, "kind", cJSON_IsString, "a text"))
			err = -EINVAL;
		if (!err && path && !cJSON_IsString(path))
			err = dump_refuse(reader, "the path of a holder is no text");
		if (!err)
			err = check_positions(reader, item);
		if (!err && cJSON_HasObjectItem(item, "causes"))
			err = dump_check_holders(reader, item, "causes");
	}
	return err;
}
