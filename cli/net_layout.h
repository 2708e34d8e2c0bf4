/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where namespaces stand in the picture: columns, counted from the one that most others are joined to. */
#ifndef CLI_NET_LAYOUT_H
#define CLI_NET_LAYOUT_H

#include "procns-net.h"

struct layout;

/* NULL out of memory. */
struct layout *layout_new(const struct procns_topology *topology);
void layout_free(struct layout *layout);

/* Namespace number i in the order in which they should be drawn, of as many as the topology has. */
const struct procns_netns *layout_at(const struct layout *layout, size_t i);

/* Negative: left of its hub, positive: right of it. */
int layout_column(const struct layout *layout, const struct procns_netns *netns);

/* Does a stand left of b? */
bool layout_is_left(const struct layout *layout, const struct procns_link *a, const struct procns_link *b);

/* Is the link joined to something on the left? */
bool layout_leads_left(const struct layout *layout, const struct procns_link *link);

#endif
