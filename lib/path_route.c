// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a namespace does with a packet: its rules in order, in each table the longest match. */
#include <errno.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "net_addr.h"
#include "path.h"

static uint32_t vrf_table(const struct procns_link *vrf)
{
	const struct procns_link_attr *table = procns_link_attr(vrf, "table");

	return table ? (uint32_t)table->number : 0;
}

static bool block_fits(const struct procns_net_addr *block, const struct procns_net_addr *addr)
{
	return !block->family || !block->prefix || (addr->family && net_block_contains(block, addr));
}

/* A packet made here comes from the loopback, says the kernel. */
static bool rule_fits(const struct procns_rule *rule, const struct packet *packet)
{
	const char *in = packet->in ? packet->in->name : "lo";
	bool fits = block_fits(&rule->from, &packet->src) && block_fits(&rule->to, &packet->dst) &&
		    (!rule->iif || !strcmp(rule->iif, in)) && !rule->oif && !rule->other;

	if (rule->l3mdev && !packet->vrf)
		return false;
	return fits != rule->invert;
}

static const struct procns_route *longest_match(const struct procns_netns *netns, uint32_t table, const struct packet *packet)
{
	const struct procns_route *best = NULL;

	for (size_t i = 0; i < netns->nroutes; i++) {
		const struct procns_route *route = netns->routes[i];

		if (route->table != table || !net_block_contains(&route->dst, &packet->dst) ||
		    (route->src.family && !block_fits(&route->src, &packet->src)))
			continue;
		if (!best || route->dst.prefix > best->dst.prefix ||
		    (route->dst.prefix == best->dst.prefix && route->metric < best->metric))
			best = route;
	}
	return best;
}

/* NULL: the rule has nothing to say, the next one is asked. */
static const struct procns_route *look_up(const struct procns_netns *netns, const struct procns_rule *rule,
					  const struct packet *packet)
{
	uint32_t table = rule->l3mdev ? vrf_table(packet->vrf) : rule->table;
	const struct procns_route *route = longest_match(netns, table, packet);

	if (!route || !strcmp(route->type, "throw"))
		return NULL;
	if (rule->suppress_prefix >= 0 && route->dst.prefix <= rule->suppress_prefix)
		return NULL;
	return route;
}

static size_t goto_target(const struct procns_netns *netns, size_t from, uint32_t priority)
{
	size_t i = from + 1;

	while (i < netns->nrules && (netns->rules[i]->family != netns->rules[from]->family ||
				     netns->rules[i]->priority < priority))
		i++;
	return i;
}

static int apply_rules(struct arena *arena, const struct procns_netns *netns, const struct packet *packet,
		       struct decision *decision)
{
	for (size_t i = 0; i < netns->nrules;) {
		const struct procns_rule *rule = netns->rules[i];

		if (rule->family != packet->dst.family || !rule_fits(rule, packet)) {
			i++;
		} else if (!strcmp(rule->action, "lookup")) {
			decision->route = look_up(netns, rule, packet);
			if (decision->route)
				return 0;
			i++;
		} else if (!strcmp(rule->action, "goto")) {
			i = goto_target(netns, i, rule->target);
		} else if (!strcmp(rule->action, "nop")) {
			i++;
		} else {
			decision->why = arena_printf(arena, "rule %u says %s", rule->priority, rule->action);
			return decision->why ? 0 : -ENOMEM;
		}
	}
	return 0;
}

/* Of several ways the first whose link is up: the kernel spreads packets over all of those. */
static const struct procns_nexthop *choose_nexthop(const struct procns_route *route)
{
	for (size_t i = 0; i < route->nnexthops; i++)
		if (route->nexthops[i].link && route->nexthops[i].link->up)
			return &route->nexthops[i];
	return NULL;
}

static const char *why_not(struct arena *arena, const struct procns_route *route)
{
	if (strcmp(route->type, "unicast"))
		return arena_printf(arena, "the route to %s says %s", route->text, route->type);
	for (size_t i = 0; i < route->nnexthops; i++)
		if (route->nexthops[i].link)
			return arena_printf(arena, "%s, where the route to %s leads, is down", route->nexthops[i].link->name,
					    route->text);
	return arena_printf(arena, "the route to %s names no link", route->text);
}

int path_decide(struct arena *arena, const struct procns_netns *netns, const struct packet *packet, struct decision *decision)
{
	char text[NET_ADDR_TEXT];
	int err = 0;

	*decision = (struct decision){ 0 };
	/* A kernel built without rules has the main table only. */
	if (netns->nrules)
		err = apply_rules(arena, netns, packet, decision);
	else
		decision->route = longest_match(netns, RT_TABLE_MAIN, packet);
	if (err < 0 || decision->why)
		return err;

	if (!decision->route) {
		decision->why = arena_printf(arena, "no route to %s", net_addr_text(&packet->dst, text));
		return decision->why ? 0 : -ENOMEM;
	}
	if (!strcmp(decision->route->type, "unicast"))
		decision->nexthop = choose_nexthop(decision->route);
	if (!decision->nexthop)
		decision->why = why_not(arena, decision->route);
	return decision->nexthop || decision->why ? 0 : -ENOMEM;
}
