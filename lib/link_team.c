// SPDX-License-Identifier: LGPL-2.1-or-later
/* Teams say nothing of themselves in a dump of links: their options are asked for by a netlink family of their own. */
#include <errno.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/if_team.h>

#include "link.h"
#include "topology_genl.h"

/* Types of options are named by numbers of the kernel's own netlink policies. */
#define OPTION_U32 3
#define OPTION_STRING 5

struct option_reader {
	struct netns_reader *reader;
	struct topology_link *link;
};

static int take_option(struct option_reader *into, const struct nlattr *option)
{
	const struct nlattr *attr, *data = NULL;
	const char *name = "";
	uint8_t type = 0;

	mnl_attr_for_each_nested(attr, option) {
		switch (mnl_attr_get_type(attr)) {
		case TEAM_ATTR_OPTION_NAME:
			if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
				name = mnl_attr_get_str(attr);
			break;
		case TEAM_ATTR_OPTION_TYPE: type = attr_u8(attr); break;
		case TEAM_ATTR_OPTION_DATA: data = attr; break;
		}
	}
	if (data && type == OPTION_STRING && !strcmp(name, "mode") && mnl_attr_validate(data, MNL_TYPE_NUL_STRING) == 0)
		return link_add_text(into->reader->arena, into->link, "mode", mnl_attr_get_str(data));
	if (data && type == OPTION_U32 && !strcmp(name, "activeport") && attr_u32(data))
		return link_add_number(into->reader->arena, into->link, "active_port", attr_u32(data));
	return 0;
}

static int take_options(const struct nlmsghdr *message, void *arg)
{
	const struct nlattr *attr, *option;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != TEAM_ATTR_LIST_OPTION)
			continue;
		mnl_attr_for_each_nested(option, attr)
			if (take_option(arg, option) < 0)
				return -ENOMEM;
	}
	return 0;
}

static int ask(struct netns_reader *reader, struct topology_link *link)
{
	struct option_reader into = { .reader = reader, .link = link };
	const struct netlink_reader options = { .message = take_options, .arg = &into };
	struct netlink_request request;
	struct nlmsghdr *header;
	int err, family = genl_open(reader->other, TEAM_GENL_NAME);

	if (family < 0)
		return family;
	header = genl_request(&request, family, TEAM_CMD_OPTIONS_GET, TEAM_GENL_VERSION);
	mnl_attr_put_u32(header, TEAM_ATTR_TEAM_IFINDEX, link->link.ifindex);
	err = netlink_ask(reader->other, header, &options);
	netlink_close(reader->other);
	return err;
}

const struct link_driver link_team = {
	.kinds = LINK_KINDS("team"),
	.role = PROCNS_LINK_SWITCH,
	.ask = ask,
};
