// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `procns why` as a tree: a branch for each holder, its causes behind it on the same line as long as there is only one, below
 * it where there are more. What was explained before is not explained again.
 */
#include <errno.h>
#include <langinfo.h>
#include <string.h>

#include "cleanup.h"
#include "holder.h"
#include "say.h"
#include "seen.h"
#include "text.h"
#include "why.h"

/* Processes named for one namespace unless --verbose. */
#define FEW_MEMBERS 5

struct branches {
	const char *branch, *last, *pass, *blank, *from, *dash;
};

static const struct branches utf8 = { "├─ ", "└─ ", "│  ", "   ", " ← ", " — " };
static const struct branches ascii = { "|- ", "`- ", "|  ", "   ", " <- ", " - " };

struct printer {
	const struct why *why;
	const struct branches *branches;
	struct seen seen;
	int err;
};

/* Where a line stands in the tree. */
struct place {
	const struct place *above;
	bool last;
	int depth;
};

static void print_indent(const struct printer *printer, const struct place *place)
{
	if (!place)
		return;
	print_indent(printer, place->above);
	fputs(place->last ? printer->branches->blank : printer->branches->pass, printer->why->out);
}

static void begin_line(const struct printer *printer, const struct place *place)
{
	print_indent(printer, place->above);
	fputs(place->last ? printer->branches->last : printer->branches->branch, printer->why->out);
}

static bool deeper(const struct printer *printer, const struct place *place)
{
	return printer->why->depth < 0 || place->depth < printer->why->depth;
}

static bool met_before(struct printer *printer, const void *object)
{
	bool again = false;

	if (!seen_number(&printer->seen, object, &again))
		printer->err = -ENOMEM;
	return again;
}

static void print_holders(struct printer *printer, const struct procns_ns *ns, const struct place *above);
static void print_causes(struct printer *printer, const struct procns_holder *holder, const struct place *place);

static void print_text_of(struct printer *printer, const struct procns_holder *holder)
{
	cleanup_free char *text = holder_text(holder);

	if (text)
		write_safely(text, printer->why->out);
}

/* The holder, and behind it what keeps it, as long as that is one thing. Returns the last holder of the line. */
static const struct procns_holder *print_chain(struct printer *printer, const struct procns_holder *holder, int *depth)
{
	print_text_of(printer, holder);
	while (holder->ncauses == 1 && (printer->why->depth < 0 || *depth < printer->why->depth)) {
		const struct procns_holder *cause = holder->causes[0];
		bool own_descriptor = holder->kind == PROCNS_HOLDER_SOCKET && cause->task && cause->fd >= 0;

		fputs(own_descriptor ? ", " : printer->branches->from, printer->why->out);
		if (cause->ncauses && met_before(printer, cause)) {
			print_text_of(printer, cause);
			fputs(" (see above)", printer->why->out);
			return NULL;
		}
		if (cause->kind == PROCNS_HOLDER_IN_FLIGHT)
			fputs("in flight ", printer->why->out);
		print_text_of(printer, cause);
		holder = cause;
		++*depth;
	}
	return holder;
}

static void print_advice(struct printer *printer, const struct procns_ns *ns, const struct procns_holder *holder)
{
	cleanup_free char *advice = holder_advice(ns, holder, printer->why->own_mntns);

	if (!advice)
		return;
	fputs(printer->branches->dash, printer->why->out);
	write_safely(advice, printer->why->out);
}

static void print_holder(struct printer *printer, const struct procns_ns *ns, const struct procns_holder *holder,
			 const struct place *place)
{
	const struct procns_ns *via = why_via(holder);
	const struct procns_holder *end;
	struct place below = *place;

	begin_line(printer, place);
	fprintf(printer->why->out, "%-12s ", holder_label(holder->kind));
	end = print_chain(printer, holder, &below.depth);
	if (ns)
		print_advice(printer, ns, holder);

	if (via) {
		bool again = met_before(printer, via);

		fputs(again ? " (see above)\n" : "\n", printer->why->out);
		if (!again && deeper(printer, place))
			print_holders(printer, via, place);
		return;
	}
	fputc('\n', printer->why->out);
	if (end && end->ncauses > 1 && deeper(printer, &below))
		print_causes(printer, end, &below);
}

static void print_causes(struct printer *printer, const struct procns_holder *holder, const struct place *place)
{
	for (size_t i = 0; i < holder->ncauses; i++) {
		const struct procns_holder *cause = holder->causes[i];
		struct place here = { .above = place, .last = i + 1 == holder->ncauses, .depth = place->depth + 1 };

		if (cause->ncauses && met_before(printer, cause)) {
			begin_line(printer, &here);
			fprintf(printer->why->out, "%-12s ", holder_label(cause->kind));
			print_text_of(printer, cause);
			fputs(" (see above)\n", printer->why->out);
			continue;
		}
		print_holder(printer, NULL, cause, &here);
	}
}

/* Several threads of one process stand for one line; they come one after the other. */
static bool same_line(const struct procns_holder *a, const struct procns_holder *b)
{
	return a->kind == b->kind && why_is_task_kind(a->kind) && a->task && b->task && a->task->pid &&
	       a->task->pid == b->task->pid;
}

static size_t line_length(const struct procns_ns *ns, size_t at)
{
	size_t n = 1;

	while (at + n < ns->nholders && same_line(ns->holders[at], ns->holders[at + n]))
		n++;
	return n;
}

static void print_threads(struct printer *printer, const struct procns_ns *ns, size_t at, size_t threads,
			  const struct place *place)
{
	const struct procns_holder *first = ns->holders[at];

	begin_line(printer, place);
	fprintf(printer->why->out, "%-12s ", holder_label(first->kind));
	print_text_of(printer, first);
	fprintf(printer->why->out, " and %zu more of its threads", threads - 1);
	print_advice(printer, ns, first);
	fputc('\n', printer->why->out);
}

/* How many lines of members are left out, from which holder on to which. */
struct left_out {
	size_t from, to, lines;
};

static struct left_out left_out_of(const struct why *why, const struct procns_ns *ns)
{
	struct left_out out = { 0 };
	size_t lines = 0;

	if (why->verbose)
		return out;
	for (size_t i = 0, n; i < ns->nholders && ns->holders[i]->kind == PROCNS_HOLDER_MEMBER; i += n) {
		n = line_length(ns, i);
		if (lines++ == FEW_MEMBERS)
			out.from = i;
		out.to = i + n;
	}
	out.lines = lines > FEW_MEMBERS + 1 ? lines - FEW_MEMBERS : 0;
	return out;
}

static void print_holders(struct printer *printer, const struct procns_ns *ns, const struct place *above)
{
	struct left_out left_out = left_out_of(printer->why, ns);
	struct place here = { .above = above, .depth = above ? above->depth + 1 : 0 };
	size_t step;

	for (size_t i = 0; i < ns->nholders && !printer->err; i += step) {
		step = line_length(ns, i);
		if (left_out.lines && i == left_out.from)
			step = left_out.to - left_out.from;
		here.last = i + step == ns->nholders;
		if (left_out.lines && i == left_out.from) {
			begin_line(printer, &here);
			fprintf(printer->why->out, "%-12s %zu more processes (--verbose names them)\n", "member",
				left_out.lines);
		} else if (step > 1) {
			print_threads(printer, ns, i, step, &here);
		} else {
			print_holder(printer, ns, ns->holders[i], &here);
		}
	}
}

static void print_references(const struct procns_ns *ns, FILE *out)
{
	bool at_least = ns->type == PROCNS_USER;

	if (ns->initial || !(ns->known & PROCNS_FACT_REFS))
		return;
	fprintf(out, "  %lld reference%s", (long long)ns->refs, ns->refs == 1 ? "" : "s");
	if (ns->explained < 0)
		return;
	fprintf(out, ", %s%lld explained", at_least && ns->explained < ns->refs ? "at least " : "", (long long)ns->explained);
	if (!at_least && ns->explained < ns->refs)
		fprintf(out, ", %lld unexplained", (long long)(ns->refs - ns->explained));
}

static void print_namespace(struct printer *printer, const struct procns_ns *ns)
{
	FILE *out = printer->why->out;
	bool again = met_before(printer, ns);

	fprintf(out, "%s:[%u]", procns_type_name(ns->type), ns->inum);
	if (ns->owner)
		fprintf(out, "  owner user:[%u]", ns->owner->inum);
	if (ns->parent)
		fprintf(out, "  parent %s:[%u]", procns_type_name(ns->parent->type), ns->parent->inum);
	print_references(ns, out);
	if (again) {
		fputs("  (see above)\n", out);
		return;
	}
	fputc('\n', out);
	if (!ns->nholders)
		fprintf(out, "%snothing was found that holds it\n", printer->branches->last);
	print_holders(printer, ns, NULL);
}

int why_print_text(const struct why *why)
{
	struct printer printer = {
		.why = why,
		.branches = strcmp(nl_langinfo(CODESET), "UTF-8") ? &ascii : &utf8,
	};

	for (size_t i = 0; i < why->nasked && !printer.err; i++)
		print_namespace(&printer, why->asked[i]);
	seen_free(&printer.seen);
	return printer.err;
}
