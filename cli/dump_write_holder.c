// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Holders in a dump. Each has a number; where one is met again (causes may be shared and circular), only {"again": number} stands. Members,
 * children and what is owned stand in lists and members of their own, so they are left out here.
 */
#include "command.h"
#include "dump_live.h"
#include "holder.h"
#include "holder_json.h"
#include "json_writer.h"

static void write_position(struct json_writer *json, const struct procns_position *position)
{
	json_begin(json, NULL, '{');
	if (position->message == PROCNS_NO_MESSAGE)
		json_null(json, "message");
	else
		json_number(json, position->connection ? "connection" : "message", position->message);
	if (!position->connection)
		json_number(json, "index", position->index);
	if (position->out_of_band)
		json_bool(json, "out_of_band", true);
	json_end(json, '}');
}

/* Of what `kept` is in the queue of `queue`. They come in the order of its causes, its own queue first: *next is the first not written. */
static void write_positions(struct json_writer *json, const struct procns_holder *kept, const struct procns_holder *queue, size_t *next)
{
	if (*next == kept->npositions || kept->positions[*next].queue != queue)
		return;
	json_begin(json, "positions", '[');
	for (; *next < kept->npositions && kept->positions[*next].queue == queue; ++*next)
		write_position(json, &kept->positions[*next]);
	json_end(json, ']');
}

static void write_holder(struct dump_holders *holders, const struct procns_holder *kept, const struct procns_holder *holder, size_t *next);

static void write_causes(struct dump_holders *holders, const struct procns_holder *holder, size_t next)
{
	if (!holder->ncauses)
		return;
	json_begin(holders->json, "causes", '[');
	for (size_t i = 0; i < holder->ncauses; i++)
		write_holder(holders, holder, holder->causes[i], &next);
	json_end(holders->json, ']');
}

/* A mount namespace outside of a subtree has no id here, but a number all the same. */
static void write_mntns(struct dump_holders *holders, const struct procns_ns *mntns)
{
	const char *id = dump_id(holders->live, mntns);

	if (id)
		json_text(holders->json, "mntns", id);
	else
		json_number(holders->json, "mntns_outside", mntns->inum);
}

static void write_task(struct dump_holders *holders, const struct procns_task *task)
{
	holder_write_task(holders->json, task);
	if (task && !dump_task_is_inside(holders->live, task))
		json_bool(holders->json, "outside", true);
}

/* All of a holder; if it is in a queue of its own socket, where. */
static void write_body(struct dump_holders *holders, const struct procns_holder *holder)
{
	size_t next = 0;

	json_text(holders->json, "kind", holder_key(holder->kind));
	write_task(holders, holder->task);
	if (holder->mntns)
		write_mntns(holders, holder->mntns);
	holder_write_details(holders->json, holder);
	write_positions(holders->json, holder, holder, &next);
	write_causes(holders, holder, next);
}

/* `holder` keeps `kept`, NULL: a namespace. */
static void write_holder(struct dump_holders *holders, const struct procns_holder *kept, const struct procns_holder *holder, size_t *next)
{
	bool again = false;
	size_t number = seen_number(&holders->seen, holder, &again);

	json_begin(holders->json, NULL, '{');
	json_number(holders->json, again ? "again" : "holder", (int64_t)number);
	if (kept)
		write_positions(holders->json, kept, holder, next);
	if (!again)
		write_body(holders, holder);
	json_end(holders->json, '}');
}

static bool stands_elsewhere(enum procns_holder_kind kind)
{
	return kind == PROCNS_HOLDER_MEMBER || kind == PROCNS_HOLDER_CHILD || kind == PROCNS_HOLDER_OWNED;
}

void dump_write_holders(struct dump_holders *holders, const struct procns_ns *ns)
{
	if (!(ns->known & PROCNS_FACT_HOLDERS)) {
		json_null(holders->json, "holders");
		return;
	}
	json_begin(holders->json, "holders", '[');
	for (size_t i = 0; i < ns->nholders; i++)
		if (!stands_elsewhere(ns->holders[i]->kind))
			write_holder(holders, NULL, ns->holders[i], NULL);
	json_end(holders->json, ']');
}

static void write_reference(struct dump_holders *holders, const struct dump_reference *reference)
{
	static const char *const how[] = {
		[DUMP_BY_OWNER] = "owner", [DUMP_BY_PARENT] = "parent", [DUMP_BY_HOLDER] = "holder", [DUMP_BY_LINK] = "link",
	};
	struct json_writer *json = holders->json;

	json_begin(json, NULL, '{');
	json_text(json, "by", how[reference->how]);
	if (reference->of)
		json_text(json, "of", dump_id(holders->live, reference->of));
	if (reference->link)
		json_text(json, "link", reference->link->name);
	if (reference->holder)
		write_body(holders, reference->holder);
	json_end(json, '}');
}

void dump_write_references(struct dump_holders *holders, const struct procns_ns *to)
{
	size_t n;
	const struct dump_reference *first = dump_references_to(holders->live, to, &n);

	json_begin(holders->json, "references", '[');
	for (size_t i = 0; i < n; i++)
		write_reference(holders, &first[i]);
	json_end(holders->json, ']');
}
