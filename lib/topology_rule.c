// SPDX-License-Identifier: LGPL-2.1-or-later
/* Policy routing rules: RTM_GETRULE. */
#include <errno.h>
#include <string.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "net_addr.h"
#include "topology.h"

static const char *action_name(uint8_t action)
{
	switch (action) {
	case FR_ACT_TO_TBL: return "lookup";
	case FR_ACT_GOTO: return "goto";
	case FR_ACT_NOP: return "nop";
	case FR_ACT_BLACKHOLE: return "blackhole";
	case FR_ACT_UNREACHABLE: return "unreachable";
	case FR_ACT_PROHIBIT: return "prohibit";
	}
	return "nop";
}

static struct procns_net_addr block_of(const struct nlattr *attr, uint8_t prefix)
{
	struct procns_net_addr block = net_addr(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));

	block.prefix = prefix;
	return block;
}

static const char *name_of(struct netns_reader *reader, const struct nlattr *attr)
{
	const char *name = mnl_attr_get_payload(attr);

	return arena_strndup(reader->arena, name, strnlen(name, mnl_attr_get_payload_len(attr)));
}

static int read_attr(struct netns_reader *reader, struct procns_rule *rule, const struct nlattr *attr,
		     const struct fib_rule_hdr *header)
{
	switch (mnl_attr_get_type(attr)) {
	case FRA_PRIORITY: rule->priority = attr_u32(attr); break;
	case FRA_SRC: rule->from = block_of(attr, header->src_len); break;
	case FRA_DST: rule->to = block_of(attr, header->dst_len); break;
	case FRA_TABLE: rule->table = attr_u32(attr); break;
	case FRA_GOTO: rule->target = attr_u32(attr); break;
	case FRA_L3MDEV: rule->l3mdev = attr_u8(attr); break;
	case FRA_SUPPRESS_PREFIXLEN: rule->suppress_prefix = (int32_t)attr_u32(attr); break;
	case FRA_IIFNAME:
		rule->iif = name_of(reader, attr);
		return rule->iif ? 0 : -ENOMEM;
	case FRA_OIFNAME:
		rule->oif = name_of(reader, attr);
		return rule->oif ? 0 : -ENOMEM;
	case FRA_FWMARK:
		rule->other |= attr_u32(attr) != 0;
		break;
	case FRA_TUN_ID:
	case FRA_UID_RANGE:
	case FRA_IP_PROTO:
	case FRA_SPORT_RANGE:
	case FRA_DPORT_RANGE:
		rule->other = true;
		break;
	}
	return 0;
}

static int take_rule(const struct nlmsghdr *message, void *arg)
{
	struct netns_reader *reader = arg;
	const struct fib_rule_hdr *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr;
	struct procns_rule *rule;

	if (message->nlmsg_type != RTM_NEWRULE || mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return 0;
	if (!net_family_bits(header->family))
		return 0;
	rule = arena_alloc(reader->arena, sizeof(*rule));
	if (!rule)
		return -ENOMEM;
	*rule = (struct procns_rule){
		.family = header->family, .action = action_name(header->action), .table = header->table,
		.suppress_prefix = -1, .invert = header->flags & FIB_RULE_INVERT, .other = header->tos != 0,
	};
	mnl_attr_for_each(attr, message, sizeof(*header))
		if (read_attr(reader, rule, attr, header) < 0)
			return -ENOMEM;
	return chain_add(reader->arena, &reader->netns->rules, rule);
}

static void forget_rules(void *arg)
{
	struct netns_reader *reader = arg;

	reader->netns->rules = (struct chain){ 0 };
}

int read_rules(struct netns_reader *reader)
{
	const struct netlink_reader rules = { .begin = forget_rules, .message = take_rule, .arg = reader };
	struct netlink_request request;

	return netlink_dump(reader->route, netlink_request(&request, RTM_GETRULE, AF_UNSPEC, sizeof(struct fib_rule_hdr)),
			    &rules);
}
