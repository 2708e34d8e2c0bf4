// SPDX-License-Identifier: LGPL-2.1-or-later
/* What drivers share: attributes, and the common ways to join. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "link.h"
#include "net_addr.h"

static struct procns_link_attr *add_attr(struct arena *arena, struct topology_link *link, const char *name)
{
	struct procns_link_attr *attr = arena_alloc(arena, sizeof(*attr));

	if (!attr || chain_add(arena, &link->attrs, attr) < 0)
		return NULL;
	attr->name = name;
	return attr;
}

int link_add_text(struct arena *arena, struct topology_link *link, const char *name, const char *text)
{
	struct procns_link_attr *attr = add_attr(arena, link, name);

	if (!attr)
		return -ENOMEM;
	attr->type = PROCNS_ATTR_TEXT;
	attr->text = arena_strndup(arena, text, strlen(text));
	return attr->text ? 0 : -ENOMEM;
}

/* One of several: those of one name make a list. */
int link_add_to_list(struct arena *arena, struct topology_link *link, const char *name, const char *text)
{
	if (link_add_text(arena, link, name, text) < 0)
		return -ENOMEM;
	((struct procns_link_attr *)link->attrs.last->value)->list = true;
	return 0;
}

int link_add_number(struct arena *arena, struct topology_link *link, const char *name, uint64_t number)
{
	struct procns_link_attr *attr = add_attr(arena, link, name);

	if (!attr)
		return -ENOMEM;
	attr->type = PROCNS_ATTR_NUMBER;
	attr->number = number;
	return 0;
}

int link_add_flag(struct arena *arena, struct topology_link *link, const char *name, bool flag)
{
	struct procns_link_attr *attr = add_attr(arena, link, name);

	if (!attr)
		return -ENOMEM;
	attr->type = PROCNS_ATTR_FLAG;
	attr->number = flag;
	return 0;
}

static const struct procns_link_attr *find_attr(const struct topology_link *link, const char *name)
{
	for (const struct chain_node *node = link->attrs.first; node; node = node->next) {
		const struct procns_link_attr *attr = node->value;

		if (!strcmp(attr->name, name))
			return attr;
	}
	return NULL;
}

const char *link_text(const struct topology_link *link, const char *name)
{
	const struct procns_link_attr *attr = find_attr(link, name);

	return attr ? attr->text : NULL;
}

uint64_t link_number(const struct topology_link *link, const char *name, uint64_t otherwise)
{
	const struct procns_link_attr *attr = find_attr(link, name);

	return attr && attr->type != PROCNS_ATTR_TEXT ? attr->number : otherwise;
}

static int add_addr(struct arena *arena, struct topology_link *link, const char *name, const struct nlattr *attr)
{
	struct procns_net_addr addr = net_addr(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
	char text[NET_ADDR_TEXT];

	if (!addr.family || net_addr_unspecified(&addr))
		return 0;
	return link_add_text(arena, link, name, net_addr_text(&addr, text));
}

/* A number the table has no name for is shown as the number it is. */
static int add_enum(struct arena *arena, struct topology_link *link, const struct link_attr_row *row, uint32_t value)
{
	for (uint32_t i = 0; row->values[i]; i++)
		if (i == value && *row->values[i])
			return link_add_text(arena, link, row->name, row->values[i]);
	return link_add_number(arena, link, row->name, value);
}

static int add_unless_zero(struct arena *arena, struct topology_link *link, const char *name, uint32_t number)
{
	return number ? link_add_number(arena, link, name, number) : 0;
}

static int read_row(struct arena *arena, struct topology_link *link, const struct link_attr_row *row,
		    const struct nlattr *attr)
{
	switch (row->how) {
	case LINK_ATTR_U8: return link_add_number(arena, link, row->name, attr_u8(attr));
	case LINK_ATTR_U16: return link_add_number(arena, link, row->name, attr_u16(attr));
	case LINK_ATTR_U32: return link_add_number(arena, link, row->name, attr_u32(attr));
	case LINK_ATTR_BE16: return link_add_number(arena, link, row->name, ntohs(attr_u16(attr)));
	case LINK_ATTR_BE32: return link_add_number(arena, link, row->name, ntohl(attr_u32(attr)));
	case LINK_ATTR_FLAG: return attr_u8(attr) ? link_add_flag(arena, link, row->name, true) : 0;
	case LINK_ATTR_PRESENT: return link_add_flag(arena, link, row->name, true);
	case LINK_ATTR_ADDR: return add_addr(arena, link, row->name, attr);
	case LINK_ATTR_LINK: return add_unless_zero(arena, link, row->name, attr_u32(attr));
	case LINK_ATTR_KEY: return add_unless_zero(arena, link, row->name, ntohl(attr_u32(attr)));
	case LINK_ATTR_ENUM8: return add_enum(arena, link, row, attr_u8(attr));
	case LINK_ATTR_ENUM16: return add_enum(arena, link, row, attr_u16(attr));
	case LINK_ATTR_ENUM32: return add_enum(arena, link, row, attr_u32(attr));
	}
	return 0;
}

int link_read_attrs(struct arena *arena, struct topology_link *link, const struct nlattr *nest,
		    const struct link_attr_row *rows)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		for (const struct link_attr_row *row = rows; row->name; row++)
			if (row->attr == mnl_attr_get_type(attr) && read_row(arena, link, row, attr) < 0)
				return -ENOMEM;
	return 0;
}
