// SPDX-License-Identifier: GPL-2.0-or-later
/* procns check --max: how many there may be. */
#include <string.h>

#include "check.h"
#include "cleanup.h"
#include "say.h"
#include "text.h"

static bool parse_type(const char *name, int *type)
{
	enum procns_type parsed;

	if (!strcmp(name, "total")) {
		*type = CHECK_TOTAL;
		return true;
	}
	if (procns_type_parse(name, &parsed))
		return false;
	*type = (int)parsed;
	return true;
}

int check_parse_max(const struct cli *cli, const char *text, int64_t max[PROCNS_NTYPES + 1])
{
	const char *equals = strchr(text, '=');
	cleanup_free char *name = strndup(text, equals ? (size_t)(equals - text) : 0);
	int type;

	if (!name)
		return fail(cli, "out of memory"), CHECK_TROUBLE;
	if (!equals)
		return fail(cli, "--max: %s: not TYPE=NUMBER, as net=500 is", text), CHECK_TROUBLE;
	if (!parse_type(name, &type))
		return fail(cli, "--max: %s: unknown type; they are cgroup, ipc, mnt, net, pid, time, user, uts, and total", name),
		       CHECK_TROUBLE;
	if (!text_to_number(equals + 1, 0, INT64_MAX, &max[type]))
		return fail(cli, "--max: %s: not a number of namespaces", equals + 1), CHECK_TROUBLE;
	return CHECK_FINE;
}

int check_max(struct check *check)
{
	uint64_t counts[PROCNS_NTYPES + 1] = { 0 };

	for (size_t i = 0; i < procns_count(check->snapshot); i++) {
		counts[procns_at(check->snapshot, i)->type]++;
		counts[CHECK_TOTAL]++;
	}
	for (int type = 0; type <= CHECK_TOTAL; type++)
		if (check->max[type] >= 0 && counts[type] > (uint64_t)check->max[type])
			check->counts[check->ncounts++] =
				(struct check_count){ type, counts[type], (uint64_t)check->max[type] };
	return CHECK_FINE;
}
