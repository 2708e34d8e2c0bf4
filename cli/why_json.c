// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `procns why -J`. Every holder has a number of its own, `holder`; where one that was told before is met again (causes may be
 * shared and, for sockets in flight in each other, circular) only {"again": number} stands. Namespaces that holders lead to (children,
 * those owned, mount namespaces without a process) follow the ones asked about, with "asked": false.
 */
#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "holder.h"
#include "holder_json.h"
#include "json.h"
#include "seen.h"
#include "why.h"

struct answer {
	const struct why *why;
	struct json_writer json;
	struct seen holders, namespaces;
	const struct procns_ns **queue;	/* to tell; room for every namespace of the snapshot */
	size_t nqueue;
};

/* NULL: null */
static void write_ns(struct answer *answer, const char *key, const struct procns_ns *ns)
{
	cleanup_free char *text = ns ? ns_text(ns) : NULL;

	json_text(&answer->json, key, text);
}

static void enqueue(struct answer *answer, const struct procns_ns *ns)
{
	bool again = true;

	if (ns && seen_number(&answer->namespaces, ns, &again) && !again)
		answer->queue[answer->nqueue++] = ns;
}

static void write_holder(struct answer *answer, const struct procns_ns *ns, const struct procns_holder *holder, int depth);

static void write_causes(struct answer *answer, const struct procns_holder *holder, int depth)
{
	if (answer->why->depth >= 0 && depth >= answer->why->depth)
		return;
	enqueue(answer, why_via(holder));
	if (!holder->ncauses)
		return;
	json_begin(&answer->json, "causes", '[');
	for (size_t i = 0; i < holder->ncauses; i++)
		write_holder(answer, NULL, holder->causes[i], depth + 1);
	json_end(&answer->json, ']');
}

static void write_advice(struct answer *answer, const struct procns_ns *ns, const struct procns_holder *holder)
{
	cleanup_free char *advice = holder_advice(ns, holder, answer->why->own_mntns);

	json_text(&answer->json, "advice", advice);
}

static void write_body(struct answer *answer, const struct procns_ns *ns, const struct procns_holder *holder, int depth)
{
	json_text(&answer->json, "kind", holder_key(holder->kind));
	holder_write_task(&answer->json, holder->task);
	if (holder->task)
		json_number(&answer->json, "uid", holder->task->uid);
	if (holder->ns)
		write_ns(answer, "ns", holder->ns);
	if (holder->mntns)
		write_ns(answer, "mntns", holder->mntns);
	holder_write_details(&answer->json, holder);
	if (ns)
		write_advice(answer, ns, holder);
	write_causes(answer, holder, depth);
}

/* `ns` is what it keeps; NULL: another holder. */
static void write_holder(struct answer *answer, const struct procns_ns *ns, const struct procns_holder *holder, int depth)
{
	bool again = false;
	size_t number = seen_number(&answer->holders, holder, &again);

	json_begin(&answer->json, NULL, '{');
	json_number(&answer->json, again ? "again" : "holder", (int64_t)number);
	if (!again)
		write_body(answer, ns, holder, depth);
	json_end(&answer->json, '}');
}

static void write_references(struct json_writer *json, const struct procns_ns *ns)
{
	bool counted = !ns->initial && ns->known & PROCNS_FACT_REFS;

	if (!counted) {
		json_null(json, "references");
		return;
	}
	json_number(json, "references", (int64_t)ns->refs);
	if (ns->explained >= 0)
		json_number(json, "explained", ns->explained);
	else
		json_null(json, "explained");
	json_bool(json, "at_least", ns->type == PROCNS_USER);
}

static void write_namespace(struct answer *answer, const struct procns_ns *ns, bool asked)
{
	struct json_writer *json = &answer->json;

	json_begin(json, NULL, '{');
	write_ns(answer, "ns", ns);
	json_bool(json, "asked", asked);
	json_text(json, "type", procns_type_name(ns->type));
	json_number(json, "inum", ns->inum);
	if (ns->known & PROCNS_FACT_ID)
		json_number(json, "id", (int64_t)ns->id);
	else
		json_null(json, "id");
	write_ns(answer, "owner", ns->owner);
	write_ns(answer, "parent", ns->parent);
	json_bool(json, "initial", ns->initial);
	json_bool(json, "orphan", why_is_orphan(ns));
	write_references(json, ns);
	json_begin(json, "holders", '[');
	for (size_t i = 0; i < ns->nholders; i++)
		write_holder(answer, ns, ns->holders[i], 0);
	json_end(json, ']');
	json_end(json, '}');
}

static void write_incomplete(struct json_writer *json, const struct procns_snapshot *snapshot)
{
	if (!procns_snapshot_gaps(snapshot))
		return;
	json_begin(json, "incomplete", '[');
	json_gaps(json, snapshot);
	json_end(json, ']');
}

int why_print_json(const struct why *why)
{
	struct answer answer = { .why = why, .json = { .out = why->out } };
	size_t asked;

	answer.queue = calloc(procns_count(why->snapshot) + 1, sizeof(*answer.queue));
	if (!answer.queue)
		return -ENOMEM;
	for (size_t i = 0; i < why->nasked; i++)
		enqueue(&answer, why->asked[i]);
	asked = answer.nqueue;
	json_begin(&answer.json, NULL, '{');
	json_begin(&answer.json, "namespaces", '[');
	for (size_t i = 0; i < answer.nqueue; i++)
		write_namespace(&answer, answer.queue[i], i < asked);
	json_end(&answer.json, ']');
	write_incomplete(&answer.json, why->snapshot);
	json_end(&answer.json, '}');
	seen_free(&answer.holders);
	seen_free(&answer.namespaces);
	free(answer.queue);
	return 0;
}
