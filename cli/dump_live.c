// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <stdlib.h>

#include "command.h"
#include "dump_live.h"
#include "say.h"

size_t dump_number(struct dump_live *live, const struct procns_ns *ns)
{
	bool again;

	return seen_number(&live->numbers, ns, &again) - 1;
}

const char *dump_id(struct dump_live *live, const struct procns_ns *ns)
{
	size_t number = ns ? dump_number(live, ns) : SIZE_MAX;

	if (number >= procns_count(live->snapshot) || !live->by_number[number])
		return NULL;
	return live->by_number[number]->id;
}

void dump_live_end(struct dump_live *live)
{
	dump_free(&live->dump);
	dump_gaps_free(&live->gaps);
	seen_free(&live->numbers);
	free(live->by_number);
	free(live->inside);
	free(live->references);
	procns_topology_free(live->topology);
	procns_snapshot_free(live->snapshot);
	procns_free(live->ctx);
}

int dump_say_gaps(const struct dump_live *live, bool strict)
{
	size_t beside = procns_topology_gaps(live->topology);
	int status = say_gaps(live->snapshot, strict);

	for (size_t i = 0; i < beside; i++)
		say_gap("%s", procns_topology_gap(live->topology, i));
	for (size_t i = 0; i < live->gaps.count; i++)
		say_gap("%s", live->gaps.lines[i]);
	return strict && beside + live->gaps.count ? EXIT_PARTIAL : status;
}
