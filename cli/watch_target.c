// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The namespaces a watch is asked for. They are found before it begins: one that ends in between is neither among those that are alive at its
 * beginning nor ever told to have gone, so it is looked for once more, and its end is told by us.
 */
#include <stdlib.h>
#include <time.h>

#include "cleanup.h"
#include "command.h"
#include "say.h"
#include "watch.h"

static const struct procns_query query = { .want = PROCNS_FACT_ID | PROCNS_FACT_MEMBERS };

int watch_targets_resolve(const struct cli *cli, struct procns *ctx, char **operands, struct watch_filter *filter)
{
	cleanup_snapshot struct procns_snapshot *snapshot = NULL;
	size_t n = 0;

	while (operands[n])
		n++;
	if (!n)
		return EXIT_OK;
	filter->targets = calloc(n, sizeof(*filter->targets));
	if (!filter->targets)
		return fail(cli, "out of memory");
	if (procns_snapshot(ctx, &query, &snapshot))
		return fail(cli, "%s", procns_error(ctx));
	for (size_t i = 0; i < n; i++) {
		const struct procns_ns *ns;

		if (procns_resolve(ctx, snapshot, operands[i], &ns))
			return fail(cli, "%s", procns_error(ctx));
		filter->targets[filter->ntargets++] = (struct watch_target){ .type = ns->type, .inum = ns->inum, .id = ns->id };
	}
	return EXIT_OK;
}

void watch_targets_compare(struct watch_filter *filter, const struct procns_snapshot *snapshot)
{
	for (size_t i = 0; i < filter->ntargets; i++) {
		struct watch_target *target = &filter->targets[i];
		const struct procns_ns *ns = procns_find(snapshot, target->type, target->inum);

		target->missed = !target->seen && !target->gone && (!ns || (target->id && ns->id && target->id != ns->id));
	}
}

int watch_targets_look_again(const struct cli *cli, struct procns *ctx, struct watch_filter *filter)
{
	cleanup_snapshot struct procns_snapshot *snapshot = NULL;
	bool all_seen = true;

	for (size_t i = 0; i < filter->ntargets; i++)
		all_seen &= filter->targets[i].seen || filter->targets[i].gone;
	if (all_seen)
		return EXIT_OK;
	if (procns_snapshot(ctx, &query, &snapshot))
		return fail(cli, "%s", procns_error(ctx));
	watch_targets_compare(filter, snapshot);
	return EXIT_OK;
}

bool watch_targets_missed(const struct watch_filter *filter, struct procns_event *event)
{
	for (size_t i = 0; i < filter->ntargets; i++) {
		const struct watch_target *target = &filter->targets[i];

		if (!target->missed || target->gone)
			continue;
		*event = (struct procns_event){
			.kind = PROCNS_EVENT_GONE, .type = target->type, .inum = target->inum, .id = target->id,
			.age = -1, .noticed = true,
		};
		clock_gettime(CLOCK_REALTIME, &event->time);
		return true;
	}
	return false;
}
