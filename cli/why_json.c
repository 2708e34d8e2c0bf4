// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `procns why -J`. Every holder has a number of its own, `holder`; where one that was told before is met again (causes may be
 * shared and, for sockets in flight in each other, circular) only {"again": number} stands. Namespaces that holders lead to (children,
 * those owned, mount namespaces without a process) follow the ones asked about, with "asked": false.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "holder.h"
#include "json.h"
#include "seen.h"
#include "why.h"

DEFINE_CLEANUP(cjson, cJSON *, cJSON_Delete)
#define cleanup_cjson __attribute__((cleanup(cleanup_cjson_at)))

struct answer {
	const struct why *why;
	struct seen holders, namespaces;
	const struct procns_ns **queue;	/* to tell; room for every namespace of the snapshot */
	size_t nqueue;
};

static void add_text(cJSON *object, const char *key, const char *text)
{
	if (text)
		cJSON_AddStringToObject(object, key, text);
}

static void add_ns(cJSON *object, const char *key, const struct procns_ns *ns)
{
	cleanup_free char *text = ns ? ns_text(ns) : NULL;

	add_text(object, key, text);
}

static void add_task(cJSON *object, const struct procns_task *task)
{
	cJSON_AddNumberToObject(object, "pid", task->pid);
	if (task->tid != task->pid)
		cJSON_AddNumberToObject(object, "tid", task->tid);
	cJSON_AddNumberToObject(object, "uid", task->uid);
	add_text(object, "comm", task->comm);
}

static void add_socket(cJSON *object, const struct procns_socket *socket)
{
	cJSON *inner = cJSON_AddObjectToObject(object, "socket");

	if (socket->ino)
		cJSON_AddNumberToObject(inner, "inode", (double)socket->ino);
	add_text(inner, "name", socket_text(socket));
	cJSON_AddNumberToObject(inner, "family", socket->family);
	cJSON_AddNumberToObject(inner, "type", socket->type);
	cJSON_AddNumberToObject(inner, "protocol", socket->protocol);
	add_text(inner, "local", socket->local);
	add_text(inner, "peer", socket->peer);
}

static void enqueue(struct answer *answer, const struct procns_ns *ns)
{
	bool again = true;

	if (ns && seen_number(&answer->namespaces, ns, &again) && !again)
		answer->queue[answer->nqueue++] = ns;
}

static cJSON *holder_object(struct answer *answer, const struct procns_ns *ns, const struct procns_holder *holder, int depth);

static void add_causes(cJSON *object, struct answer *answer, const struct procns_holder *holder, int depth)
{
	cJSON *causes;

	if (answer->why->depth >= 0 && depth >= answer->why->depth)
		return;
	enqueue(answer, why_via(holder));
	if (!holder->ncauses)
		return;
	causes = cJSON_AddArrayToObject(object, "causes");
	for (size_t i = 0; i < holder->ncauses; i++)
		cJSON_AddItemToArray(causes, holder_object(answer, NULL, holder->causes[i], depth + 1));
}

static void add_flags(cJSON *object, const struct procns_holder *holder)
{
	for (unsigned int bit = 0; bit < 32; bit++)
		if (holder->flags & 1u << bit && holder_flag_key(1u << bit))
			cJSON_AddTrueToObject(object, holder_flag_key(1u << bit));
}

static cJSON *holder_object(struct answer *answer, const struct procns_ns *ns, const struct procns_holder *holder, int depth)
{
	cJSON *object = cJSON_CreateObject();
	bool again = false;
	size_t number = seen_number(&answer->holders, holder, &again);

	if (again) {
		cJSON_AddNumberToObject(object, "again", (double)number);
		return object;
	}
	cJSON_AddNumberToObject(object, "holder", (double)number);
	add_text(object, "kind", holder_key(holder->kind));
	if (holder->task)
		add_task(object, holder->task);
	if (holder->fd >= 0)
		cJSON_AddNumberToObject(object, "fd", holder->fd);
	add_flags(object, holder);
	add_ns(object, "ns", holder->ns);
	add_text(object, "path", holder->path);
	add_ns(object, "mntns", holder->mntns);
	add_text(object, "fstype", holder->fstype);
	if (holder->kind == PROCNS_HOLDER_SUPERBLOCK)
		cJSON_AddNumberToObject(object, "dev", (double)holder->dev);
	if (holder->socket)
		add_socket(object, holder->socket);
	if (ns) {
		cleanup_free char *advice = holder_advice(ns, holder, answer->why->own_mntns);

		add_text(object, "advice", advice);
	}
	add_causes(object, answer, holder, depth);
	return object;
}

static cJSON *namespace_object(struct answer *answer, const struct procns_ns *ns, bool asked)
{
	cJSON *object = cJSON_CreateObject();
	cJSON *holders;

	add_ns(object, "ns", ns);
	cJSON_AddBoolToObject(object, "asked", asked);
	add_text(object, "type", procns_type_name(ns->type));
	cJSON_AddNumberToObject(object, "inum", ns->inum);
	if (ns->known & PROCNS_FACT_ID)
		cJSON_AddNumberToObject(object, "id", (double)ns->id);
	add_ns(object, "owner", ns->owner);
	add_ns(object, "parent", ns->parent);
	cJSON_AddBoolToObject(object, "initial", ns->initial);
	cJSON_AddBoolToObject(object, "orphan", why_is_orphan(ns));
	if (!ns->initial && ns->known & PROCNS_FACT_REFS) {
		cJSON_AddNumberToObject(object, "references", (double)ns->refs);
		if (ns->explained >= 0)
			cJSON_AddNumberToObject(object, "explained", (double)ns->explained);
		cJSON_AddBoolToObject(object, "at_least", ns->type == PROCNS_USER);
	}
	holders = cJSON_AddArrayToObject(object, "holders");
	for (size_t i = 0; i < ns->nholders; i++)
		cJSON_AddItemToArray(holders, holder_object(answer, ns, ns->holders[i], 0));
	return object;
}

/* cJSON indents by tabs, which strings never hold as they are; the other commands' JSON is indented by spaces. */
static void write_spaced(const char *text, FILE *out)
{
	bool indent = true;

	for (; *text; text++) {
		if (*text == '\t')
			fputs(indent ? "   " : " ", out);
		else
			fputc(*text, out);
		indent = *text == '\n' || (indent && *text == '\t');
	}
	fputc('\n', out);
}

int why_print_json(const struct why *why)
{
	cleanup_cjson cJSON *root = cJSON_CreateObject();
	cJSON *list = cJSON_AddArrayToObject(root, "namespaces");
	cleanup_free char *text = NULL, *spaced = NULL;
	struct answer answer = { .why = why };
	size_t size = 0, asked;
	FILE *memory;

	answer.queue = calloc(procns_count(why->snapshot) + 1, sizeof(*answer.queue));
	if (!answer.queue)
		return -ENOMEM;
	for (size_t i = 0; i < why->nasked; i++)
		enqueue(&answer, why->asked[i]);
	asked = answer.nqueue;
	for (size_t i = 0; i < answer.nqueue; i++)
		cJSON_AddItemToArray(list, namespace_object(&answer, answer.queue[i], i < asked));
	seen_free(&answer.holders);
	seen_free(&answer.namespaces);
	free(answer.queue);
	text = cJSON_Print(root);
	memory = text ? open_memstream(&spaced, &size) : NULL;
	if (!memory)
		return -ENOMEM;
	write_spaced(text, memory);
	if (fclose(memory))
		return -ENOMEM;
	json_print(spaced, size, why->snapshot, why->out);
	return 0;
}
