// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <endian.h>
#include <linux/if_link.h>

#include "link.h"

static const struct link_attr_row rows[] = {
	{ IFLA_MACSEC_ENCRYPT, LINK_ATTR_FLAG, "encrypt" },
	{ IFLA_MACSEC_PROTECT, LINK_ATTR_FLAG, "protect" },
	{ 0 },
};

/* The secure channel's name: the MAC that made it and a port. */
static int add_sci(struct arena *arena, struct topology_link *link, uint64_t sci)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, be64toh(sci));
	return link_add_text(arena, link, "sci", text);
}

static int parse(struct netns_reader *reader, struct topology_link *link, const struct nlattr *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, data)
		if (mnl_attr_get_type(attr) == IFLA_MACSEC_SCI && add_sci(reader->arena, link, attr_u64(attr)) < 0)
			return -ENOMEM;
	return link_read_attrs(reader->arena, link, data, rows);
}

const struct link_driver link_macsec = {
	.kinds = LINK_KINDS("macsec"),
	.role = PROCNS_LINK_UPPER,
	.parse = parse,
	.join = link_join_lower,
};
