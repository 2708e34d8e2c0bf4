// SPDX-License-Identifier: LGPL-2.1-or-later
/* From one namespace's link to whoever is meant: breadth first, so that the way found is a shortest one. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "net_addr.h"
#include "path.h"
#include "util.h"

struct search {
	struct frame_steps steps;	/* first, so that steps lead back to it */
	struct frame *frames;		/* all that were ever reached, in order */
	size_t count, capacity;
	struct index seen;
};

/* Two frames alike: not where they came from, but where they are. */
static uint64_t frame_key(const struct frame *frame)
{
	uint64_t key = (uintptr_t)frame->link | frame->out;

	for (size_t i = 0; i < FRAME_TAGS; i++)
		key = key * 0x9e3779b97f4a7c15u + frame->tags[i];
	return key;
}

static int add_frame(struct frame_steps *steps, const struct frame *frame)
{
	struct search *search = (struct search *)steps;
	void **seen = index_place(&search->seen, frame_key(frame));

	if (!seen)
		return -ENOMEM;
	if (*seen)
		return 0;
	*seen = search;
	if (search->count == search->capacity) {
		size_t capacity = search->capacity ? search->capacity * 2 : 64;
		struct frame *frames = reallocarray(search->frames, capacity, sizeof(*frames));

		if (!frames)
			return -ENOMEM;
		search->frames = frames;
		search->capacity = capacity;
	}
	search->frames[search->count++] = *frame;
	return 0;
}

/* Links without neighbour discovery deliver to whoever is at the other end. */
static bool asks_for_neighbours(const struct procns_link *link)
{
	return !(link->flags & (IFF_NOARP | IFF_POINTOPOINT));
}

static bool is_target(const struct target *target, const struct frame *frame, const struct procns_link *out)
{
	const struct procns_netns *netns = frame->link->netns;

	if (target->netns)
		return !frame->out && netns == target->netns;
	if (!path_is_received(frame))
		return false;
	if (!asks_for_neighbours(out))
		return true;
	return netns_has_addr(netns, &target->next, path_vrf(frame->link));
}

/* What to call the step that made this frame. */
static enum procns_hop_kind kind_of_step(const struct frame *before, const struct frame *frame)
{
	if (!before)
		return PROCNS_HOP_LEAVE;
	if (frame->out)
		return before->out && before->link->lower == frame->link ? PROCNS_HOP_STACK : PROCNS_HOP_LEAVE;
	if (before->out)
		return PROCNS_HOP_ENTER;
	return frame->link == before->link->master ? PROCNS_HOP_SWITCH : PROCNS_HOP_STACK;
}

static int add_hop(struct path_hops *hops, enum procns_hop_kind kind, const struct procns_link *link, unsigned int depth)
{
	const struct procns_hop hop = { .kind = kind, .netns = link->netns, .link = link, .depth = depth };

	return path_add_hop(hops, &hop);
}

/* What a tunnel does: wraps the packet, sends it a way of its own, and somewhere unwraps it. */
static int add_tunnel_hops(struct path_hops *hops, const struct frame *before, const struct frame *frame, unsigned int depth)
{
	if (add_hop(hops, PROCNS_HOP_WRAP, before->link, depth) < 0)
		return -ENOMEM;
	for (const struct chain_node *node = frame->inner->chain.first; node; node = node->next)
		if (chain_add(hops->arena, &hops->chain, node->value) < 0)
			return -ENOMEM;
	return add_hop(hops, PROCNS_HOP_UNWRAP, frame->link, depth);
}

static int add_step_hops(struct path_hops *hops, const struct frame *before, const struct frame *frame, unsigned int depth)
{
	if (frame->inner)
		return add_tunnel_hops(hops, before, frame, depth);
	/* What leaves by a tunnel is about to be wrapped. */
	if (frame->out && frame->link->role == PROCNS_LINK_TUNNEL)
		return 0;
	if (frame->via && add_hop(hops, PROCNS_HOP_SWITCH, frame->via, depth) < 0)
		return -ENOMEM;
	return add_hop(hops, kind_of_step(before, frame), frame->link, depth);
}

/* The frames from the first to this one become hops. */
static int retrace(struct path_hops *hops, const struct search *search, size_t last, unsigned int depth)
{
	cleanup_free size_t *order = calloc(search->count + 1, sizeof(*order));
	size_t length = 0;

	if (!order)
		return -ENOMEM;
	for (size_t at = last; at != SIZE_MAX; at = search->frames[at].before)
		order[length++] = at;
	while (length-- > 0) {
		const struct frame *frame = &search->frames[order[length]];
		const struct frame *before = frame->before == SIZE_MAX ? NULL : &search->frames[frame->before];

		if (add_step_hops(hops, before, frame, depth) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* The frame that was about to leave by that link. */
static size_t frame_leaving(const struct search *search, const struct procns_link *link)
{
	size_t i = 0;

	while (i < search->count && (search->frames[i].link != link || !search->frames[i].out))
		i++;
	return i < search->count ? i : 0;
}

static int end_at(struct path_hops *hops, const struct search *search, struct landing *landing, const struct procns_link *link,
		  enum procns_hop_kind kind)
{
	unsigned int depth = search->steps.packet->depth;

	landing->kind = kind;
	landing->link = link;
	if (retrace(hops, search, frame_leaving(search, link), depth) < 0)
		return -ENOMEM;
	return add_hop(hops, kind, link, depth);
}

static int give_up(struct path_hops *hops, const struct search *search, const struct target *target, struct landing *landing)
{
	const struct procns_link *first = search->frames[0].link, *down = search->steps.down;
	char text[NET_ADDR_TEXT];

	landing->kind = PROCNS_HOP_STOP;
	landing->link = first;
	if (down)
		landing->why = arena_printf(hops->arena, "%s in %s is down", down->name, down->netns->label);
	else if (target->next.family)
		landing->why = arena_printf(hops->arena, "no link known leads from %s to %s", first->name,
					    net_addr_text(&target->next, text));
	else
		landing->why = arena_printf(hops->arena, "no link known leads on from %s", first->name);
	if (!landing->why)
		return -ENOMEM;
	return add_hop(hops, PROCNS_HOP_LEAVE, first, search->steps.packet->depth);
}

/* What nobody here has may be outside; or behind a process. */
static int land_elsewhere(struct path_hops *hops, const struct search *search, const struct target *target,
			  struct landing *landing)
{
	if (search->steps.outside && !target->netns)
		return end_at(hops, search, landing, search->steps.outside, PROCNS_HOP_OUTSIDE);
	if (search->steps.process && !target->netns)
		return end_at(hops, search, landing, search->steps.process, PROCNS_HOP_PROCESS);
	return give_up(hops, search, target, landing);
}

static int run(struct path_hops *hops, struct search *search, const struct target *target, struct landing *landing)
{
	const struct procns_link *out = search->frames[0].link;

	for (size_t i = 0; i < search->count; i++) {
		struct frame frame = search->frames[i];

		if (i && is_target(target, &frame, out)) {
			landing->kind = PROCNS_HOP_ENTER;
			landing->link = frame.link;
			return retrace(hops, search, i, search->steps.packet->depth);
		}
		frame.before = i;
		if (path_step(&search->steps, &frame) < 0)
			return -ENOMEM;
	}
	return land_elsewhere(hops, search, target, landing);
}

int path_send(struct path_hops *hops, const struct procns_topology *topology, const struct procns_link *out,
	      const struct target *target, struct landing *landing)
{
	const struct frame first = { .link = out, .out = true, .before = SIZE_MAX };
	struct search search = {
		.steps = { .topology = topology, .packet = target->packet, .arena = hops->arena, .add = add_frame },
	};
	int err = add_frame(&search.steps, &first);

	if (err == 0)
		err = run(hops, &search, target, landing);
	free(search.frames);
	index_free(&search.seen);
	return err;
}
