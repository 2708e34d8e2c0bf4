// SPDX-License-Identifier: GPL-2.0-or-later
/* Dumps as diff, restore and check --since read them. One that is taken keeps what dump_file.h promises, and equals itself. */
#include "fuzz.h"

#include "dump_file.h"
#include "dump_match.h"
#include "dump_shape.h"

/* In the order of their making, and what owns is a user namespace. */
static void try_promises(const struct dump *dump)
{
	for (size_t i = 0; i < dump->count; i++) {
		const struct dump_ns *ns = &dump->list[i];

		must(dump_find(dump, ns->id) == ns);
		must(ns->type < PROCNS_NTYPES && !ns->outside);
		if (ns->owner)
			must(ns->owner->type == PROCNS_USER && (ns->owner->outside || ns->owner < ns));
		if (ns->parent)
			must(ns->parent->type == ns->type && (ns->parent->outside || ns->parent < ns));
		if (ns->hostname)
			must(strlen(ns->hostname) <= 64);
		if (ns->cgroup_root)
			must(!strstr(ns->cgroup_root, "/../"));
	}
}

static void try_matching(const uint8_t *data, size_t size, struct dump *dump)
{
	struct dump_match match;
	struct dump again;
	char why[DUMP_WHY];

	must(!dump_parse((const char *)data, size, &again, why));
	must(again.count == dump->count);
	must(!dump_match(dump, &again, false, &match));
	dump_match_free(&match);
	must(!dump_match(dump, &again, true, &match));
	dump_match_free(&match);
	dump_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dump dump;
	char why[DUMP_WHY] = "";

	if (dump_parse((const char *)data, size, &dump, why)) {
		must(*why && strnlen(why, DUMP_WHY) < DUMP_WHY);
	} else {
		try_promises(&dump);
		try_matching(data, size, &dump);
	}
	dump_free(&dump);
	return 0;
}
