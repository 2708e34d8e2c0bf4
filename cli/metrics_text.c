// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * OpenMetrics 1.0, kept to what the older text format of Prometheus has too, for that is what node-exporter reads from files: gauges
 * alone, no timestamps; UNIT and EOF are comments there. Each series there can be is there, with 0 where nothing is: what begins
 * with a missing series has no growth to see.
 */
#include <inttypes.h>
#include <string.h>

#include "cleanup.h"
#include "holder.h"
#include "metrics.h"

struct family {
	const char *name, *help, *unit;
	uint32_t needs;			/* PROCNS_FACT_* bits; the family is left out where they are not known */
	void (*write)(const struct family *family, const struct metrics *metrics, FILE *out);
};

static const enum procns_holder_kind orphan_kinds[] = {
	PROCNS_HOLDER_FD, PROCNS_HOLDER_MOUNT, PROCNS_HOLDER_IN_FLIGHT, PROCNS_HOLDER_SOCKET,
};

static const char *const sources[] = { "dir", "bpf", "listns", "proc" };

static void write_escaped(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '\\' || *text == '"')
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

static void write_label(const char *name, const char *value, FILE *out)
{
	fprintf(out, "%s=\"", name);
	write_escaped(value, out);
	fputc('"', out);
}

static void write_typed(const struct family *family, const uint64_t counts[PROCNS_NTYPES], FILE *out)
{
	for (int type = 0; type < PROCNS_NTYPES; type++) {
		fprintf(out, "%s{", family->name);
		write_label("type", procns_type_name(type), out);
		fprintf(out, "} %" PRIu64 "\n", counts[type]);
	}
}

static void write_alive(const struct family *family, const struct metrics *metrics, FILE *out)
{
	write_typed(family, metrics->alive, out);
}

static void write_persistent(const struct family *family, const struct metrics *metrics, FILE *out)
{
	write_typed(family, metrics->persistent, out);
}

static void write_in_flight(const struct family *family, const struct metrics *metrics, FILE *out)
{
	write_typed(family, metrics->in_flight, out);
}

static void write_orphans(const struct family *family, const struct metrics *metrics, FILE *out)
{
	for (int type = 0; type < PROCNS_NTYPES; type++) {
		for (size_t i = 0; i < ARRAY_SIZE(orphan_kinds); i++) {
			fprintf(out, "%s{", family->name);
			write_label("type", procns_type_name(type), out);
			fputc(',', out);
			write_label("holder", holder_key(orphan_kinds[i]), out);
			fprintf(out, "} %" PRIu64 "\n", metrics->orphans[type][orphan_kinds[i]]);
		}
	}
}

static void write_user(const struct family *family, const char *uid, const uint64_t counts[PROCNS_NTYPES], FILE *out)
{
	for (int type = 0; type < PROCNS_NTYPES; type++) {
		fprintf(out, "%s{", family->name);
		write_label("uid", uid, out);
		fputc(',', out);
		write_label("type", procns_type_name(type), out);
		fprintf(out, "} %" PRIu64 "\n", counts[type]);
	}
}

static void write_users(const struct family *family, const struct metrics *metrics, FILE *out)
{
	char uid[16];

	for (size_t i = 0; i < metrics->nusers; i++) {
		snprintf(uid, sizeof(uid), "%" PRIu32, metrics->users[i].uid);
		write_user(family, uid, metrics->users[i].counts, out);
	}
	write_user(family, "other", metrics->other_users, out);
}

static void write_limits(const struct family *family, const struct metrics *metrics, FILE *out)
{
	for (int type = 0; type < PROCNS_NTYPES; type++) {
		if (metrics->limits[type] < 0)
			continue;
		fprintf(out, "%s{", family->name);
		write_label("type", procns_type_name(type), out);
		fprintf(out, "} %" PRId64 "\n", metrics->limits[type]);
	}
}

static void write_seconds(const struct family *family, const struct metrics *metrics, FILE *out)
{
	fprintf(out, "%s %.6f\n", family->name, metrics->scan_seconds);
}

static void write_complete(const struct family *family, const struct metrics *metrics, FILE *out)
{
	fprintf(out, "%s %d\n", family->name, !metrics->gaps && metrics->users_known);
}

static void write_gaps(const struct family *family, const struct metrics *metrics, FILE *out)
{
	fprintf(out, "%s %zu\n", family->name, metrics->gaps);
}

static void write_source(const struct family *family, const struct metrics *metrics, FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		fprintf(out, "%s{", family->name);
		write_label("source", sources[i], out);
		fprintf(out, "} %d\n", !strcmp(sources[i], metrics->source));
	}
}

static void write_version(const struct family *family, const struct metrics *metrics, FILE *out)
{
	(void)metrics;
	fprintf(out, "%s{", family->name);
	write_label("version", procns_version(), out);
	fputs("} 1\n", out);
}

static const struct family families[] = {
	{ "procns_namespaces", "Namespaces alive.", NULL, 0, write_alive },
	{ "procns_persistent_namespaces", "Namespaces alive that no process and no thread is in.", NULL, PROCNS_FACT_MEMBERS,
	  write_persistent },
	{ "procns_orphan_namespaces", "Namespaces that one descriptor, bind mount, message in flight or socket alone keeps alive.",
	  NULL, PROCNS_FACT_HOLDERS, write_orphans },
	{ "procns_in_flight_namespaces", "Namespaces of which a descriptor was sent over a unix socket and not received.", NULL,
	  PROCNS_FACT_HOLDERS, write_in_flight },
	{ "procns_user_charged_namespaces",
	  "Namespaces that count towards a user's limits: those nearest to a limit by uid, all others together.", NULL,
	  PROCNS_FACT_CREATOR, write_users },
	{ "procns_user_limit_namespaces", "How many namespaces each user may have (user.max_*_namespaces).", NULL, 0, write_limits },
	{ "procns_scan_duration_seconds", "How long it took to look.", "seconds", 0, write_seconds },
	{ "procns_scan_complete", "1 if everything was seen, 0 if something may be missing.", NULL, 0, write_complete },
	{ "procns_scan_gaps", "How many kinds of things could not be seen.", NULL, 0, write_gaps },
	{ "procns_scan_source", "1 for the source the list is from, 0 for the others.", NULL, 0, write_source },
	{ "procns_build_info", "The version of procns.", NULL, 0, write_version },
};

void metrics_write(const struct metrics *metrics, FILE *out)
{
	uint32_t known = metrics->known;

	known = metrics->users_known ? known | PROCNS_FACT_CREATOR : known & ~(uint32_t)PROCNS_FACT_CREATOR;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		const struct family *family = &families[i];

		if ((known & family->needs) != family->needs)
			continue;
		fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", family->name, family->help, family->name);
		if (family->unit)
			fprintf(out, "# UNIT %s %s\n", family->name, family->unit);
		family->write(family, metrics, out);
	}
	fputs("# EOF\n", out);
}
