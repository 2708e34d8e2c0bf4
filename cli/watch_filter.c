// SPDX-License-Identifier: GPL-2.0-or-later
#include "watch.h"

static bool is_target(const struct watch_target *target, const struct procns_event *event)
{
	if (target->gone || target->type != event->type || target->inum != event->inum)
		return false;
	return !target->id || !event->id || target->id == event->id;
}

/* Numbers are given again: whoever has gone owns nothing. */
static bool is_owner(const struct watch_target *target, const struct procns_event *event)
{
	return !target->gone && target->type == PROCNS_USER && target->inum == event->owner;
}

static bool is_about_target(const struct watch_filter *filter, const struct procns_event *event)
{
	for (size_t i = 0; i < filter->ntargets; i++)
		if (is_target(&filter->targets[i], event) || is_owner(&filter->targets[i], event))
			return true;
	return !filter->ntargets;
}

bool watch_filter_passes(const struct watch_filter *filter, const struct procns_event *event)
{
	if (filter->types && !(filter->types & 1u << event->type))
		return false;
	if (filter->pid && filter->pid != event->pid)
		return false;
	return is_about_target(filter, event);
}

bool watch_filter_is_done(struct watch_filter *filter, const struct procns_event *event)
{
	size_t left = 0;

	for (size_t i = 0; i < filter->ntargets; i++) {
		struct watch_target *target = &filter->targets[i];

		if (event->kind == PROCNS_EVENT_ALIVE && is_target(target, event))
			target->seen = true;
		if (event->kind == PROCNS_EVENT_GONE && is_target(target, event))
			target->gone = true;
		left += !target->gone;
	}
	return filter->ntargets && !left;
}
