// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Namespaces that are joined make a group. Its hub, the one with most joins to others, is in the middle; what is joined to it goes
 * left and right by turns, and what is joined to that further out on the same side.
 */
#include <stdlib.h>

#include "net_layout.h"

/* A place that another one is joined to, and by which of that one's links. */
struct joined {
	size_t place;
	const struct procns_link *by;
};

struct place {
	const struct procns_netns *netns;
	struct joined *joined;
	size_t njoined;
	size_t capacity;
	int column;
	bool placed;
};

struct layout {
	struct place *places;		/* by number */
	size_t count;
	size_t *order;			/* in which they were placed */
};

static int by_number(const void *a, const void *b)
{
	const struct place *one = a, *other = b;

	return (one->netns->ns->inum > other->netns->ns->inum) - (one->netns->ns->inum < other->netns->ns->inum);
}

static struct place *find(const struct layout *layout, const struct procns_netns *netns)
{
	const struct place key = { .netns = netns };

	return bsearch(&key, layout->places, layout->count, sizeof(key), by_number);
}

static bool add_joined(struct place *place, size_t other, const struct procns_link *by)
{
	if (place->njoined == place->capacity) {
		size_t capacity = place->capacity ? place->capacity * 2 : 4;
		struct joined *joined = reallocarray(place->joined, capacity, sizeof(*joined));

		if (!joined)
			return false;
		place->joined = joined;
		place->capacity = capacity;
	}
	place->joined[place->njoined++] = (struct joined){ other, by };
	return true;
}

static bool add_join(struct layout *layout, const struct procns_join *join)
{
	struct place *from = find(layout, join->from->netns), *to = find(layout, join->to->netns);

	if (from == to || join->kind == PROCNS_JOIN_TUNNEL)
		return true;
	return add_joined(from, (size_t)(to - layout->places), join->from) &&
	       add_joined(to, (size_t)(from - layout->places), join->to);
}

static struct place *next_hub(const struct layout *layout)
{
	struct place *hub = NULL;

	for (size_t i = 0; i < layout->count; i++)
		if (!layout->places[i].placed && (!hub || layout->places[i].njoined > hub->njoined))
			hub = &layout->places[i];
	return hub;
}

static const struct procns_link *box_of(const struct procns_link *link)
{
	while (link->master)
		link = link->master;
	return link;
}

/* As the links stand below each other: by box, and there by row. */
static int by_row(const void *a, const void *b)
{
	const struct procns_link *one = ((const struct joined *)a)->by, *other = ((const struct joined *)b)->by;
	const uint32_t box = box_of(one)->ifindex, other_box = box_of(other)->ifindex;

	if (box != other_box)
		return box < other_box ? -1 : 1;
	return (one->ifindex > other->ifindex) - (one->ifindex < other->ifindex);
}

/* The neighbours of a hub by turns left and right; of any other, outwards. */
static void place_joined(struct layout *layout, const struct place *from, size_t *end)
{
	int side = -1;

	if (from->njoined)
		qsort(from->joined, from->njoined, sizeof(*from->joined), by_row);
	for (size_t i = 0; i < from->njoined; i++) {
		struct place *place = &layout->places[from->joined[i].place];

		if (place->placed)
			continue;
		side = -side;
		place->column = from->column ? from->column + (from->column > 0 ? 1 : -1) : side;
		place->placed = true;
		layout->order[(*end)++] = from->joined[i].place;
	}
}

static bool place_all(struct layout *layout)
{
	size_t next = 0, end = 0;
	struct place *hub;

	layout->order = calloc(layout->count + 1, sizeof(*layout->order));
	if (!layout->order)
		return false;
	while ((hub = next_hub(layout))) {
		hub->placed = true;
		layout->order[end++] = (size_t)(hub - layout->places);
		while (next < end)
			place_joined(layout, &layout->places[layout->order[next++]], &end);
	}
	return true;
}

static bool fill(struct layout *layout, const struct procns_topology *topology)
{
	layout->places = calloc(layout->count + 1, sizeof(*layout->places));
	if (!layout->places)
		return false;
	for (size_t i = 0; i < layout->count; i++)
		layout->places[i].netns = procns_netns_at(topology, i);
	qsort(layout->places, layout->count, sizeof(*layout->places), by_number);
	for (size_t i = 0; i < procns_join_count(topology); i++)
		if (!add_join(layout, procns_join_at(topology, i)))
			return false;
	return place_all(layout);
}

struct layout *layout_new(const struct procns_topology *topology)
{
	struct layout *layout = calloc(1, sizeof(*layout));

	if (!layout)
		return NULL;
	layout->count = procns_netns_count(topology);
	if (fill(layout, topology))
		return layout;
	layout_free(layout);
	return NULL;
}

void layout_free(struct layout *layout)
{
	if (!layout)
		return;
	for (size_t i = 0; layout->places && i < layout->count; i++)
		free(layout->places[i].joined);
	free(layout->places);
	free(layout->order);
	free(layout);
}

const struct procns_netns *layout_at(const struct layout *layout, size_t i)
{
	return layout->places[layout->order[i]].netns;
}

int layout_column(const struct layout *layout, const struct procns_netns *netns)
{
	const struct place *place = find(layout, netns);

	return place ? place->column : 0;
}

/* Within a namespace what others work on is nearer to the hub, and of a pair the older end. */
static bool is_nearer(const struct procns_link *a, const struct procns_link *b)
{
	return b->lower == a || (b->peer == a && a->ifindex < b->ifindex);
}

bool layout_is_left(const struct layout *layout, const struct procns_link *a, const struct procns_link *b)
{
	const int column_a = layout_column(layout, a->netns), column_b = layout_column(layout, b->netns);

	if (a->netns != b->netns)
		return column_a < column_b;
	return column_a < 0 ? is_nearer(b, a) : is_nearer(a, b);
}

bool layout_leads_left(const struct layout *layout, const struct procns_link *link)
{
	const struct procns_link *other = link->peer ? link->peer : link->lower;

	return other && other->netns != link->netns && layout_is_left(layout, other, link);
}
