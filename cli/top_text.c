// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of procns top, as they stand on the screen or in --batch. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "cleanup.h"
#include "live.h"
#include "say.h"
#include "text.h"
#include "top.h"
#include "why.h"

static size_t count_orphans(const struct procns_snapshot *snapshot)
{
	size_t orphans = 0;

	for (size_t i = 0; i < procns_count(snapshot); i++)
		orphans += why_is_orphan(procns_at(snapshot, i));
	return orphans;
}

char *top_title(const struct top *top)
{
	size_t counts[PROCNS_NTYPES] = { 0 }, n = procns_count(top->snapshot), orphans = count_orphans(top->snapshot);
	struct text text = { 0 };
	time_t now = time(NULL);
	char clock[16];
	struct tm local;

	localtime_r(&now, &local);
	strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	for (size_t i = 0; i < n; i++)
		counts[procns_at(top->snapshot, i)->type]++;
	text_add(&text, "procns top  %s  %zu:", clock, n);
	for (unsigned int type = 0; type < PROCNS_NTYPES; type++)
		text_add(&text, " %zu %s", counts[type], procns_type_name(type));
	if (orphans)
		text_add(&text, "  %zu orphan%s", orphans, orphans == 1 ? "" : "s");
	return text_take(&text);
}

char *top_state(const struct top *top)
{
	struct text text = { 0 };

	text_add(&text, "sorted by %s%s, every %g s, types:", top_sort_name(top->sort), top->reverse ? " (reversed)" : "",
		 (double)top->interval / 1000);
	for (unsigned int type = 0; top->types && type < PROCNS_NTYPES; type++)
		if (top->types & 1u << type)
			text_add(&text, " %s", procns_type_name(type));
	text_add(&text, "%s    h help, q quit", top->types ? "" : " all");
	return text_take(&text);
}

const char *top_heading(void)
{
	return "NAMESPACE           PROCS THREADS HOLDERS    AGE      OWNER WHAT";
}

/* The name it has, if any; then who is in it, or what keeps it. */
static void print_what(const struct row *row, FILE *out)
{
	cleanup_free char *name = cell_name(row);
	cleanup_free char *what = row->task ? cell_command(row) : cell_holders(row);

	if (name) {
		fputc('[', out);
		write_safely(name, out);
		fputs("] ", out);
	}
	if (row->task)
		fprintf(out, "%d ", row->task->pid);
	write_safely(what ?: "", out);
}

char *top_line(struct top *top, const struct top_row *row)
{
	const struct procns_ns *ns = row->ns;
	const struct row cells = { .cells = &top->cells, .ns = ns, .task = ns->first };
	char name[32], age[16], owner[16] = "", *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	snprintf(name, sizeof(name), "%s:[%" PRIu32 "]", procns_type_name(ns->type), ns->inum);
	top_format_age(row, live_now(), age, sizeof(age));
	if (ns->owner)
		snprintf(owner, sizeof(owner), "%" PRIu32, ns->owner->inum);
	fprintf(out, "%-19s %5zu %7zu %7zu %6s %10s ", name, ns->nprocs, ns->nthreads, ns->nholders, age, owner);
	print_what(&cells, out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
