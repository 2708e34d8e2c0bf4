// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * snapshots SOURCE COUNT: takes COUNT snapshots, while around it namespaces come and go, and looks at each: nothing in it twice, the
 * caller's own namespaces there, none that nothing refers to. Every tenth has members and holders. The memory of the process must
 * not grow after the first tenth by more than GROWTH_KB. Says in one line what was seen; ends with 1 if anything was wrong.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "procns.h"

enum { TYPES = 8, GROWTH_KB = 4096, KINDS_OF_WRONG = 5 };

struct seen {
	unsigned long taken, partial, namespaces;
	unsigned long wrong[KINDS_OF_WRONG];
	struct { enum procns_type type; uint32_t inum; } own[TYPES];
	size_t nown;
};

static const char *const wrongs[KINDS_OF_WRONG] = { "failed", "out of order or double", "not found", "of no reference", "not our own" };

static void learn_own(struct seen *seen)
{
	static const char *const names[TYPES] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };
	char path[32];
	struct stat st;

	for (size_t i = 0; i < TYPES; i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		if (stat(path, &st))
			continue;
		seen->own[seen->nown].inum = (uint32_t)st.st_ino;
		for (int type = 0; procns_type_name(type); type++)
			if (!strcmp(procns_type_name(type), names[i]))
				seen->own[seen->nown].type = type;
		seen->nown++;
	}
}

static void look_at(struct seen *seen, const struct procns_snapshot *s)
{
	size_t count = procns_count(s);

	for (size_t i = 0; i < count; i++) {
		const struct procns_ns *ns = procns_at(s, i), *last = i ? procns_at(s, i - 1) : NULL;

		seen->wrong[1] += last && last->type == ns->type && last->inum >= ns->inum;
		seen->wrong[2] += procns_find(s, ns->type, ns->inum) != ns;
		seen->wrong[3] += ns->known & PROCNS_FACT_REFS && !ns->initial && !ns->refs;
	}
	for (size_t i = 0; i < seen->nown; i++)
		seen->wrong[4] += !procns_find(s, seen->own[i].type, seen->own[i].inum);
	seen->namespaces += count;
	seen->partial += !!procns_snapshot_gaps(s);
}

static long resident_kb(void)
{
	long pages = 0;
	FILE *statm = fopen("/proc/self/statm", "r");

	if (!statm || fscanf(statm, "%*d %ld", &pages) != 1)
		err(1, "/proc/self/statm");
	fclose(statm);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void take(struct procns *ctx, struct seen *seen, bool all)
{
	const struct procns_query query = {
		.want = PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_REFS | (all ? PROCNS_FACT_MEMBERS | PROCNS_FACT_HOLDERS : 0),
	};
	struct procns_snapshot *snapshot;

	seen->taken++;
	if (procns_snapshot(ctx, &query, &snapshot)) {
		if (!seen->wrong[0]++)
			warnx("%s", procns_error(ctx));
		return;
	}
	look_at(seen, snapshot);
	procns_snapshot_free(snapshot);
}

int main(int argc, char **argv)
{
	unsigned long count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0, wrong = 0;
	struct seen seen = { 0 };
	struct procns *ctx;
	long early = 0, late;

	if (!count)
		errx(2, "usage: snapshots SOURCE COUNT");
	if (procns_new(&ctx) || procns_set_source(ctx, argv[1]))
		errx(1, "no context of source %s", argv[1]);
	learn_own(&seen);
	for (unsigned long i = 0; i < count; i++) {
		if (i == count / 10)
			early = resident_kb();
		take(ctx, &seen, i % 10 == 9);
	}
	late = resident_kb();
	procns_free(ctx);
	printf("%lu snapshots of %lu namespaces, %lu partial, memory %ld KB after a tenth and %ld KB at the end", seen.taken,
	       seen.namespaces, seen.partial, early, late);
	for (size_t i = 0; i < KINDS_OF_WRONG; i++) {
		printf(", %lu %s", seen.wrong[i], wrongs[i]);
		wrong += seen.wrong[i];
	}
	puts("");
	return wrong || late > early + GROWTH_KB;
}
