// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/if_link.h>

#include "link.h"

static const char *mode_name(uint32_t mode)
{
	switch (mode) {
	case MACVLAN_MODE_PRIVATE: return "private";
	case MACVLAN_MODE_VEPA: return "vepa";
	case MACVLAN_MODE_BRIDGE: return "bridge";
	case MACVLAN_MODE_PASSTHRU: return "passthru";
	case MACVLAN_MODE_SOURCE: return "source";
	}
	return "unknown";
}

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, data)
		if (mnl_attr_get_type(attr) == IFLA_MACVLAN_MODE)
			return link_add_text(reader->arena, link, "mode", mode_name(attr_u32(attr)));
	return 0;
}

const struct link_driver link_macvlan = {
	.kinds = LINK_KINDS("macvlan", "macvtap"),
	.role = PROCNS_LINK_UPPER,
	.parse = parse,
	.join = link_join_lower,
};
