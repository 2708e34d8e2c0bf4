// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `procns why --dot`: a graph for Graphviz. Arrows go from what keeps to what is kept. Namespaces are boxes, tasks ellipses,
 * whatever stands between them is plain text.
 */
#include <errno.h>

#include "cleanup.h"
#include "holder.h"
#include "say.h"
#include "seen.h"
#include "why.h"

struct graph {
	const struct why *why;
	struct seen seen;
	int err;
};

static size_t number_of(struct graph *graph, const void *object, bool *again)
{
	size_t number = seen_number(&graph->seen, object, again);

	if (!number)
		graph->err = -ENOMEM;
	return number;
}

/* Inside a quoted string of dot, and safe on a terminal. */
static void write_label(const char *text, FILE *out)
{
	char *escaped = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&escaped, &size);

	if (!memory)
		return;
	write_safely(text, memory);
	fclose(memory);
	for (size_t i = 0; i < size; i++) {
		if (escaped[i] == '"' || escaped[i] == '\\')
			fputc('\\', out);
		fputc(escaped[i], out);
	}
	free(escaped);
}

static size_t draw_namespace(struct graph *graph, const struct procns_ns *ns, int depth);
static void draw_holder(struct graph *graph, const struct procns_holder *holder, size_t held, int depth);

static void draw_edge(const struct graph *graph, size_t from, size_t to)
{
	fprintf(graph->why->out, "\tn%zu -> n%zu;\n", from, to);
}

static size_t draw_task(struct graph *graph, const struct procns_task *task)
{
	FILE *out = graph->why->out;
	bool again = false;
	size_t number = number_of(graph, task, &again);

	if (again || !number)
		return number;
	fprintf(out, "\tn%zu [shape=ellipse, style=filled, fillcolor=\"#e8f0fe\", label=\"%d ", number, task->tid);
	write_label(task->comm, out);
	fputs("\"];\n", out);
	return number;
}

static void draw_holder(struct graph *graph, const struct procns_holder *holder, size_t held, int depth)
{
	cleanup_free char *text = holder_text(holder);
	const struct procns_ns *via;
	FILE *out = graph->why->out;
	bool again = false;
	size_t number;

	if (holder->kind == PROCNS_HOLDER_MEMBER && holder->task) {
		draw_edge(graph, draw_task(graph, holder->task), held);
		return;
	}
	if (holder->ns) {
		draw_edge(graph, draw_namespace(graph, holder->ns, depth + 1), held);
		return;
	}
	via = why_via(holder);
	number = number_of(graph, holder, &again);
	if (!again && number) {
		fprintf(out, "\tn%zu [shape=plain, label=\"%s\\n", number, holder_label(holder->kind));
		write_label(text ? text : "", out);
		fputs("\"];\n", out);
	}
	draw_edge(graph, number, held);
	if (again || graph->err)
		return;
	if (holder->task)
		draw_edge(graph, draw_task(graph, holder->task), number);
	if (via)
		draw_edge(graph, draw_namespace(graph, via, depth + 1), number);
	if (graph->why->depth >= 0 && depth >= graph->why->depth)
		return;
	for (size_t i = 0; i < holder->ncauses; i++)
		draw_holder(graph, holder->causes[i], number, depth + 1);
}

static size_t draw_namespace(struct graph *graph, const struct procns_ns *ns, int depth)
{
	bool again = false;
	size_t number = number_of(graph, ns, &again);

	if (again || graph->err)
		return number;
	fprintf(graph->why->out, "\tn%zu [shape=box, style=\"filled,bold\", fillcolor=\"#fff4d6\", label=\"%s:[%u]\"];\n", number,
		procns_type_name(ns->type), ns->inum);
	if (graph->why->depth >= 0 && depth > graph->why->depth)
		return number;
	for (size_t i = 0; i < ns->nholders && !graph->err; i++)
		draw_holder(graph, ns->holders[i], number, depth);
	return number;
}

int why_print_dot(const struct why *why)
{
	struct graph graph = { .why = why };

	fputs("digraph why {\n\trankdir=LR;\n\tnode [fontname=\"sans-serif\", fontsize=10];\n\tedge [color=\"#777777\"];\n", why->out);
	for (size_t i = 0; i < why->nasked && !graph.err; i++)
		draw_namespace(&graph, why->asked[i], 0);
	fputs("}\n", why->out);
	seen_free(&graph.seen);
	return graph.err;
}
