// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <linux/genetlink.h>

#include "topology_genl.h"

struct nlmsghdr *genl_request(struct netlink_request *request, int family, uint8_t command, uint8_t version)
{
	struct nlmsghdr *header = netlink_request(request, (uint16_t)family, command, sizeof(struct genlmsghdr));

	((struct genlmsghdr *)mnl_nlmsg_get_payload(header))->version = version;
	return header;
}

static int take_family(const struct nlmsghdr *message, void *arg)
{
	const struct nlattr *attr;
	int *family = arg;

	mnl_attr_for_each(attr, message, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*family = attr_u16(attr);
	return 0;
}

static int find_family(struct netlink *nl, const char *name)
{
	int family = -ENOENT;
	const struct netlink_reader reader = { .message = take_family, .arg = &family };
	struct netlink_request request;
	struct nlmsghdr *header = genl_request(&request, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	int err;

	mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, name);
	err = netlink_ask(nl, header, &reader);
	return err < 0 ? err : family;
}

int genl_open(struct netlink *nl, const char *name)
{
	int family = netlink_open(nl, NETLINK_GENERIC);

	if (family < 0)
		return family;
	family = find_family(nl, name);
	if (family < 0)
		netlink_close(nl);
	return family;
}
