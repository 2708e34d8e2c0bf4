// SPDX-License-Identifier: LGPL-2.1-or-later
/* Where a frame can go from one link: the rules of the kinds of links. */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "path.h"

#define TAG_VLAN 0x10000u
#define TAG_MACSEC 0x20000u

static bool is_kind(const struct procns_link *link, const char *kind)
{
	return !strcmp(link->kind, kind);
}

/* macvlan and macvtap, ipvlan and ipvtap work alike. */
static bool shares_lower(const struct procns_link *link)
{
	return !strncmp(link->kind, "macv", 4) || !strncmp(link->kind, "ipv", 3);
}

static bool attr_is(const struct procns_link *link, const char *name, const char *value)
{
	const struct procns_link_attr *attr = procns_link_attr(link, name);

	return attr && attr->text && !strcmp(attr->text, value);
}

static uint64_t attr_number(const struct procns_link *link, const char *name)
{
	const struct procns_link_attr *attr = procns_link_attr(link, name);

	return attr ? attr->number : 0;
}

static uint32_t tag_of(const struct procns_link *link)
{
	if (is_kind(link, "vlan"))
		return TAG_VLAN | (uint32_t)attr_number(link, "id");
	return is_kind(link, "macsec") ? TAG_MACSEC : 0;
}

static bool has_tag(const struct frame *frame)
{
	return frame->tags[0];
}

static uint32_t last_tag(const struct frame *frame)
{
	uint32_t tag = 0;

	for (size_t i = 0; i < FRAME_TAGS && frame->tags[i]; i++)
		tag = frame->tags[i];
	return tag;
}

/* Returns false where no more fit. */
static bool push_tag(struct frame *frame, uint32_t tag)
{
	for (size_t i = 0; i < FRAME_TAGS; i++)
		if (!frame->tags[i]) {
			frame->tags[i] = tag;
			return true;
		}
	return false;
}

static void pop_tag(struct frame *frame)
{
	for (size_t i = FRAME_TAGS; i-- > 0;)
		if (frame->tags[i]) {
			frame->tags[i] = 0;
			return;
		}
}

/* The same frame at another link. What is down carries nothing; the first such is kept, to say why a packet does not arrive. */
static int move(struct frame_steps *steps, const struct frame *frame, const struct procns_link *link, bool out)
{
	struct frame next = *frame;

	if (!link)
		return 0;
	if (!link->up) {
		steps->down = steps->down ? steps->down : link;
		return 0;
	}
	next.link = link;
	next.out = out;
	next.via = NULL;
	next.inner = NULL;
	return steps->add(steps, &next);
}

static int move_via(struct frame_steps *steps, const struct frame *frame, const struct procns_link *link,
		    const struct procns_link *bridge)
{
	struct frame next = *frame;

	if (!link->up)
		return move(steps, frame, link, true);
	next.link = link;
	next.out = true;
	next.via = bridge;
	next.inner = NULL;
	return steps->add(steps, &next);
}

static bool port_forwards(const struct procns_link *port)
{
	const struct procns_link_attr *state = procns_link_attr(port, "port_state");

	return !state || !state->text || !strcmp(state->text, "forwarding");
}

/* Out by every other port. Isolated ports do not talk to each other. */
static int flood(struct frame_steps *steps, const struct frame *frame, const struct procns_link *bridge)
{
	const bool from_isolated = !frame->out && attr_number(frame->link, "isolated");

	for (size_t i = 0; i < bridge->nports; i++) {
		const struct procns_link *port = bridge->ports[i];
		int err = 0;

		/* One that is down forwards nothing either, but is the better explanation. */
		if (port == frame->link || (port->up && !port_forwards(port)) ||
		    (from_isolated && attr_number(port, "isolated")))
			continue;
		err = frame->out ? move(steps, frame, port, true) : move_via(steps, frame, port, bridge);
		if (err < 0)
			return err;
	}
	return 0;
}

/* Bonds and teams send by the port that is active; where none is named, by any that is not a backup. */
static int send_by_port(struct frame_steps *steps, const struct frame *frame)
{
	const uint64_t active = attr_number(frame->link, "active_port");

	for (size_t i = 0; i < frame->link->nports; i++) {
		const struct procns_link *port = frame->link->ports[i];

		if (active ? port->ifindex != active : attr_is(port, "port_state", "backup"))
			continue;
		if (move(steps, frame, port, true) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Links on one lower link reach each other directly, as their mode allows. */
static int reach_siblings(struct frame_steps *steps, const struct frame *frame)
{
	const struct procns_link *lower = frame->link->lower;

	if (!lower || (strncmp(frame->link->kind, "macv", 4) == 0 && !attr_is(frame->link, "mode", "bridge")))
		return 0;
	for (size_t i = 0; i < lower->nuppers; i++) {
		const struct procns_link *sibling = lower->uppers[i];

		if (sibling == frame->link || !shares_lower(sibling) || strncmp(sibling->kind, frame->link->kind, 3))
			continue;
		if (move(steps, frame, sibling, false) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int leave_upper(struct frame_steps *steps, const struct frame *frame)
{
	struct frame tagged = *frame;
	const uint32_t tag = tag_of(frame->link);

	if (shares_lower(frame->link) && reach_siblings(steps, frame) < 0)
		return -ENOMEM;
	if (tag && !push_tag(&tagged, tag))
		return 0;
	return move(steps, &tagged, frame->link->lower, true);
}

static int leave_switch(struct frame_steps *steps, const struct frame *frame)
{
	if (is_kind(frame->link, "bridge"))
		return flood(steps, frame, frame->link);
	return is_kind(frame->link, "vrf") ? 0 : send_by_port(steps, frame);
}

static int leave(struct frame_steps *steps, const struct frame *frame)
{
	switch (frame->link->role) {
	case PROCNS_LINK_PAIR:
		return move(steps, frame, frame->link->peer, false);
	case PROCNS_LINK_UPPER:
		return leave_upper(steps, frame);
	case PROCNS_LINK_SWITCH:
		return leave_switch(steps, frame);
	case PROCNS_LINK_TUNNEL:
		return path_step_tunnel(steps, frame);
	case PROCNS_LINK_TAP:
		steps->process = steps->process ? steps->process : frame->link;
		return 0;
	case PROCNS_LINK_DEVICE:
		steps->outside = steps->outside ? steps->outside : frame->link;
		return 0;
	case PROCNS_LINK_LOOPBACK:
	case PROCNS_LINK_VIRTUAL:
	case PROCNS_LINK_NROLES:
		break;
	}
	return 0;
}

/* Up to the links that work on this one: by its tag to one, or to all that share it. */
static int rise(struct frame_steps *steps, const struct frame *frame, bool *taken)
{
	const uint32_t tag = last_tag(frame);

	for (size_t i = 0; i < frame->link->nuppers; i++) {
		const struct procns_link *upper = frame->link->uppers[i];
		struct frame next = *frame;

		if (upper->role != PROCNS_LINK_UPPER)
			continue;
		if (tag_of(upper) && tag_of(upper) == tag) {
			pop_tag(&next);
			*taken = true;
		} else if (!shares_lower(upper)) {
			continue;
		}
		if (move(steps, &next, upper, false) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int receive(struct frame_steps *steps, const struct frame *frame)
{
	const struct procns_link *master = frame->link->master;
	bool taken = false;

	if (rise(steps, frame, &taken) < 0)
		return -ENOMEM;
	if (taken || !master || is_kind(master, "vrf"))
		return 0;
	if (!is_kind(master, "bridge"))
		return move(steps, frame, master, false);
	if (!port_forwards(frame->link))
		return 0;
	if (move(steps, frame, master, false) < 0)
		return -ENOMEM;
	return flood(steps, frame, master);
}

bool path_is_received(const struct frame *frame)
{
	const struct procns_link *master = frame->link->master;

	return !frame->out && !has_tag(frame) && (!master || is_kind(master, "vrf"));
}

int path_step(struct frame_steps *steps, const struct frame *frame)
{
	return frame->out ? leave(steps, frame) : receive(steps, frame);
}
