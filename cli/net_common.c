// SPDX-License-Identifier: GPL-2.0-or-later
/* What the front ends of `procns net` agree on. */
#include <inttypes.h>
#include <net/if.h>
#include <string.h>

#include "net.h"
#include "say.h"

/* What every loopback has; a namespace that was never used has it down and without. */
static bool is_plain_loopback(const struct procns_link *link)
{
	if (link->role != PROCNS_LINK_LOOPBACK)
		return false;
	for (size_t i = 0; i < link->naddrs; i++)
		if (strcmp(link->addrs[i]->scope, "host"))
			return false;
	return true;
}

bool net_is_idle(const struct procns_link *link)
{
	if (link->master || link->nports || link->nuppers)
		return false;
	if (link->role == PROCNS_LINK_LOOPBACK)
		return is_plain_loopback(link);
	return !(link->flags & IFF_UP) && !link->naddrs && !link->lower && !link->peer && !link->far_reason &&
	       link->role != PROCNS_LINK_DEVICE;
}

const char *net_state(const struct procns_link *link)
{
	if (link->up)
		return "up";
	if (!(link->flags & IFF_UP))
		return "down";
	return strcmp(link->state, "unknown") ? link->state : "down";
}

void net_write_name(const char *name, FILE *out)
{
	write_safely(name, out);
}

const char *net_attr_text(const struct procns_link_attr *attr, char *buffer, size_t size)
{
	/* Without STP every port forwards: that is no news. */
	if (attr->type == PROCNS_ATTR_TEXT && (!strcmp(attr->text, "forwarding") || !strcmp(attr->text, "off")))
		return NULL;
	if (attr->type == PROCNS_ATTR_FLAG)
		snprintf(buffer, size, "%s", attr->name);
	else if (attr->type == PROCNS_ATTR_TEXT)
		snprintf(buffer, size, "%s %s", attr->name, attr->text);
	else
		snprintf(buffer, size, "%s %" PRIu64, attr->name, attr->number);
	for (char *at = buffer; *at && *at != ' '; at++)
		if (*at == '_')
			*at = '-';
	return buffer;
}

bool net_route_is_notable(const struct procns_route *route)
{
	if (strcmp(route->type, "unicast"))
		return true;
	for (size_t i = 0; i < route->nnexthops; i++)
		if (route->nexthops[i].via.family)
			return true;
	return !route->dst.prefix || strcmp(route->protocol, "kernel");
}

void net_write_route(const struct procns_route *route, FILE *out)
{
	if (strcmp(route->type, "unicast"))
		fprintf(out, "%s ", route->type);
	fputs(route->text, out);
	for (size_t i = 0; i < route->nnexthops; i++) {
		const struct procns_nexthop *nexthop = &route->nexthops[i];

		if (i)
			fputs(" or", out);
		if (nexthop->via_text)
			fprintf(out, " via %s", nexthop->via_text);
		if (nexthop->link) {
			fputs(" dev ", out);
			net_write_name(nexthop->link->name, out);
		}
	}
	if (route->src_text)
		fprintf(out, " from %s", route->src_text);
	if (route->table != NET_MAIN_TABLE)
		fprintf(out, " table %u", route->table);
	if (route->metric)
		fprintf(out, " metric %u", route->metric);
}
