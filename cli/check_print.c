// SPDX-License-Identifier: GPL-2.0-or-later
/* What `procns check` found, as text and as JSON. */
#include <errno.h>
#include <inttypes.h>

#include "check.h"
#include "cleanup.h"
#include "holder.h"
#include "json.h"
#include "why.h"

bool check_found(const struct check *check)
{
	return check->noutlived || check->ncounts || check->nusers || check->criu.nrefusals;
}

static const char *type_text(int type)
{
	return type == CHECK_TOTAL ? "total" : procns_type_name((enum procns_type)type);
}

static int explain(const struct check *check, const struct procns_ns **asked, size_t n, FILE *out)
{
	struct why why = { .cli = check->cli, .snapshot = check->snapshot, .asked = asked, .nasked = n, .depth = -1, .out = out };

	if (procns_resolve(check->ctx, check->snapshot, "/proc/self/ns/mnt", &why.own_mntns))
		why.own_mntns = NULL;
	return why_print_text(&why);
}

int check_print_text(const struct check *check, FILE *out)
{
	for (size_t i = 0; i < check->ncounts; i++) {
		const struct check_count *count = &check->counts[i];

		fprintf(out, "too many: %" PRIu64 " %s%snamespaces, at most %" PRIu64 " allowed\n", count->count,
			count->type == CHECK_TOTAL ? "" : type_text(count->type), count->type == CHECK_TOTAL ? "" : " ", count->max);
	}
	for (size_t i = 0; i < check->nusers; i++) {
		const struct check_user *user = &check->users[i];

		fprintf(out, "near a limit: uid %" PRIu32 " has %" PRIu64 " of the %" PRId64 " %s namespaces it may have in user:[%u]\n",
			user->uid, user->count, user->limit, procns_type_name(user->type), user->user_ns->inum);
	}
	check_print_criu_text(check, out);
	if (!check->noutlived)
		return 0;
	fprintf(out, "outlived: %zu namespace%s not there before:\n", check->noutlived, check->noutlived == 1 ? "" : "s");
	return explain(check, check->outlived, check->noutlived, out);
}

static int write_outlived(const struct check *check, const struct procns_ns *ns, struct json_writer *json)
{
	cleanup_free char *name = ns_text(ns), *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int err;

	if (!out)
		return -ENOMEM;
	err = explain(check, &ns, 1, out);
	if (fclose(out) || !name)
		err = -ENOMEM;
	if (err)
		return err;
	json_begin(json, NULL, '{');
	json_text(json, "namespace", name);
	json_text(json, "type", procns_type_name(ns->type));
	json_number(json, "inum", ns->inum);
	if (ns->known & PROCNS_FACT_ID)
		json_number(json, "id", (int64_t)ns->id);
	else
		json_null(json, "id");
	json_number(json, "threads", (int64_t)ns->nthreads);
	json_text(json, "why", text);
	json_end(json, '}');
	return 0;
}

static void write_counts(const struct check *check, struct json_writer *json)
{
	json_begin(json, "counts", '[');
	for (size_t i = 0; i < check->ncounts; i++) {
		json_begin(json, NULL, '{');
		json_text(json, "type", type_text(check->counts[i].type));
		json_number(json, "count", (int64_t)check->counts[i].count);
		json_number(json, "max", (int64_t)check->counts[i].max);
		json_end(json, '}');
	}
	json_end(json, ']');
}

static void write_users(const struct check *check, struct json_writer *json)
{
	json_begin(json, "users", '[');
	for (size_t i = 0; i < check->nusers; i++) {
		const struct check_user *user = &check->users[i];

		json_begin(json, NULL, '{');
		json_number(json, "user_ns", user->user_ns->inum);
		json_number(json, "uid", user->uid);
		json_text(json, "type", procns_type_name(user->type));
		json_number(json, "count", (int64_t)user->count);
		json_number(json, "limit", user->limit);
		json_end(json, '}');
	}
	json_end(json, ']');
}

static void write_gaps(const struct check *check, struct json_writer *json)
{
	size_t n = procns_snapshot_gaps(check->snapshot);

	if (!n && !check->ngaps && !check->criu.ngaps)
		return;
	json_begin(json, "incomplete", '[');
	json_gaps(json, check->snapshot);
	for (size_t i = 0; i < check->ngaps; i++)
		json_text(json, NULL, check->gaps[i]);
	for (size_t i = 0; i < check->criu.ngaps; i++)
		json_text(json, NULL, check->criu.gaps[i]);
	json_end(json, ']');
}

int check_print_json(const struct check *check, FILE *out)
{
	struct json_writer json = { .out = out };
	int err = 0;

	json_begin(&json, NULL, '{');
	json_bool(&json, "fine", !check_found(check));
	json_begin(&json, "outlived", '[');
	for (size_t i = 0; i < check->noutlived && !err; i++)
		err = write_outlived(check, check->outlived[i], &json);
	json_end(&json, ']');
	write_counts(check, &json);
	write_users(check, &json);
	check_print_criu_json(check, &json);
	write_gaps(check, &json);
	json_end(&json, '}');
	return err;
}
