// SPDX-License-Identifier: GPL-2.0-or-later
/* Differences as lines, or as JSON. */
#include <math.h>
#include <string.h>

#include "json_writer.h"
#include "net.h"
#include "net_diff.h"

static const cJSON *get(const cJSON *object, const char *member)
{
	return cJSON_GetObjectItemCaseSensitive(object, member);
}

static const char *text_of(const cJSON *object, const char *member)
{
	const char *text = cJSON_GetStringValue(get(object, member));

	return text ? text : "?";
}

static void print_value(const cJSON *value, FILE *out);

static void print_list(const cJSON *list, FILE *out)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list) {
		if (item->prev && item != list->child)
			fputs(", ", out);
		print_value(item, out);
	}
	if (!list->child)
		fputs("none", out);
}

static void print_value(const cJSON *value, FILE *out)
{
	if (!value || cJSON_IsNull(value))
		fputs("none", out);
	else if (cJSON_IsString(value))
		net_write_name(value->valuestring, out);
	else if (cJSON_IsNumber(value))
		fprintf(out, "%.0f", value->valuedouble);
	else if (cJSON_IsBool(value))
		fputs(cJSON_IsTrue(value) ? "yes" : "no", out);
	else if (cJSON_IsArray(value))
		print_list(value, out);
	else	/* a reference to a link */
		net_write_name(text_of(value, "name"), out);
}

static void print_route(const cJSON *route, FILE *out)
{
	const cJSON *nexthop;

	net_write_name(text_of(route, "destination"), out);
	cJSON_ArrayForEach(nexthop, get(route, "nexthops")) {
		if (cJSON_IsString(get(nexthop, "via"))) {
			fputs(" via ", out);
			net_write_name(text_of(nexthop, "via"), out);
		}
		fputs(" dev ", out);
		net_write_name(text_of(nexthop, "link"), out);
	}
}

static void print_thing(const struct net_change *change, FILE *out)
{
	const cJSON *thing = change->thing;

	fprintf(out, " %s ", change->what);
	if (!strcmp(change->what, "route")) {
		print_route(thing, out);
	} else if (!strcmp(change->what, "socket")) {
		net_write_name(text_of(thing, "protocol"), out);
		fputc(' ', out);
		net_write_name(text_of(thing, "address"), out);
		fputs(" port ", out);
		print_value(get(thing, "port"), out);
	} else if (!strcmp(change->what, "process")) {
		net_write_name(text_of(thing, "command"), out);
		fputs(" (", out);
		print_value(get(thing, "pid"), out);
		fputc(')', out);
	} else {
		net_write_name(text_of(thing, change->what), out);
	}
}

static void print_change(const struct net_change *change, void *arg)
{
	FILE *out = arg;

	fprintf(out, "%c ", change->sign);
	net_write_name(text_of(change->netns, "name"), out);
	fputs(" net:[", out);
	print_value(get(change->netns, "inum"), out);
	fputc(']', out);
	if (change->link) {
		fputs(" link ", out);
		net_write_name(text_of(change->link, "name"), out);
	}
	if (change->thing)
		print_thing(change, out);
	if (change->member) {
		fputs(": ", out);
		net_write_name(change->member, out);
		fputc(' ', out);
		print_value(change->before, out);
		fputs(" -> ", out);
		print_value(change->after, out);
	}
	fputc('\n', out);
}

int net_diff_text(const cJSON *old, const cJSON *now, FILE *out)
{
	struct net_changes changes = { .each = print_change, .arg = out };
	int err = net_compare(old, now, &changes);

	return err < 0 ? err : (int)changes.count;
}

/* Ours are; what else a file may hold is of no meaning here. */
static bool is_exact(double number)
{
	return fabs(number) <= 9007199254740992.0;
}

static void write_value(struct json_writer *json, const char *key, const cJSON *value)
{
	const cJSON *item;

	if (!value || cJSON_IsNull(value)) {
		json_null(json, key);
	} else if (cJSON_IsString(value)) {
		json_text(json, key, value->valuestring);
	} else if (cJSON_IsNumber(value)) {
		json_number(json, key, is_exact(value->valuedouble) ? (int64_t)value->valuedouble : 0);
	} else if (cJSON_IsBool(value)) {
		json_bool(json, key, cJSON_IsTrue(value));
	} else {
		json_begin(json, key, cJSON_IsArray(value) ? '[' : '{');
		cJSON_ArrayForEach(item, value)
			write_value(json, cJSON_IsArray(value) ? NULL : item->string, item);
		json_end(json, cJSON_IsArray(value) ? ']' : '}');
	}
}

static void write_change(const struct net_change *change, void *arg)
{
	struct json_writer *json = arg;

	json_begin(json, NULL, '{');
	json_text(json, "change", change->sign == '+' ? "added" : change->sign == '-' ? "removed" : "changed");
	json_text(json, "what", change->what);
	write_value(json, "netns", get(change->netns, "inum"));
	json_text(json, "name", text_of(change->netns, "name"));
	write_value(json, "ifindex", get(change->link, "ifindex"));
	json_text(json, "link", change->link ? text_of(change->link, "name") : NULL);
	write_value(json, "entry", change->thing);
	json_text(json, "member", change->member);
	write_value(json, "old", change->before);
	write_value(json, "new", change->after);
	json_end(json, '}');
}

int net_diff_json(const cJSON *old, const cJSON *now, FILE *out)
{
	struct json_writer json = { .out = out };
	struct net_changes changes = { .each = write_change, .arg = &json };
	int err;

	json_begin(&json, NULL, '{');
	json_number(&json, "version", NET_JSON_VERSION);
	json_begin(&json, "changes", '[');
	err = net_compare(old, now, &changes);
	json_end(&json, ']');
	json_end(&json, '}');
	return err < 0 ? err : (int)changes.count;
}
