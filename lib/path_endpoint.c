// SPDX-License-Identifier: LGPL-2.1-or-later
/* What people call the ends of a path. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "net_addr.h"
#include "path.h"
#include "util.h"

static bool has_addr(const struct procns_netns *netns, const struct procns_net_addr *addr)
{
	for (size_t i = 0; i < netns->nlinks; i++)
		for (size_t j = 0; j < netns->links[i]->naddrs; j++)
			if (net_addr_equal(&netns->links[i]->addrs[j]->addr, addr))
				return true;
	return false;
}

/* An address nobody or several have is an end all the same: the path shows where it leads. */
static int parse_addr(const struct procns_topology *topology, struct procns_endpoint *endpoint)
{
	size_t owners = 0;

	for (size_t i = 0; i < topology->nlisted; i++)
		if (has_addr(topology->listed[i], &endpoint->addr)) {
			endpoint->netns = topology->listed[i];
			owners++;
		}
	if (owners != 1)
		endpoint->netns = NULL;
	return 0;
}

static int say_ambiguous(struct procns *ctx, const struct procns_topology *topology, const char *label)
{
	char names[256] = "";
	size_t length = 0;

	for (size_t i = 0; i < topology->nlisted && length < sizeof(names); i++)
		if (!strcmp(topology->listed[i]->label, label))
			length += (size_t)snprintf(names + length, sizeof(names) - length, "%snet:[%u]", length ? ", " : "",
						   topology->listed[i]->ns->inum);
	return context_error(ctx, ENOTUNIQ, "several network namespaces are called '%s' (%s): name one by its number", label, names);
}

static int parse_label(struct procns *ctx, const struct procns_topology *topology, const char *label,
		       struct procns_endpoint *endpoint)
{
	for (size_t i = 0; i < topology->nlisted; i++) {
		if (strcmp(topology->listed[i]->label, label))
			continue;
		if (endpoint->netns)
			return say_ambiguous(ctx, topology, label);
		endpoint->netns = topology->listed[i];
	}
	return endpoint->netns ? 0 : -ENOENT;
}

/* pid:1234 alone means its network namespace. */
static int resolve(struct procns *ctx, const struct procns_topology *topology, const char *text, const struct procns_ns **ns)
{
	cleanup_free char *whole = NULL;

	if (strncmp(text, "pid:", 4) || strchr(text, '/'))
		return procns_resolve(ctx, topology->snapshot, text, ns);
	if (asprintf(&whole, "%s/net", text) < 0) {
		whole = NULL;
		return -ENOMEM;
	}
	return procns_resolve(ctx, topology->snapshot, whole, ns);
}

static int parse_namespace(struct procns *ctx, const struct procns_topology *topology, const char *text,
			   struct procns_endpoint *endpoint)
{
	const struct procns_ns *ns = NULL;
	int err = resolve(ctx, topology, text, &ns);

	if (err < 0)
		return err;
	if (ns->type != PROCNS_NET)
		return context_error(ctx, EINVAL, "%s is a %s namespace: a path leads between network namespaces", text,
				     procns_type_name(ns->type));
	endpoint->netns = procns_netns_find(topology, ns->inum);
	if (!endpoint->netns)
		return context_error(ctx, ENOENT, "net:[%u] could not be read", ns->inum);
	return 0;
}

int procns_endpoint_parse(struct procns *ctx, const struct procns_topology *topology, const char *text,
			  struct procns_endpoint *endpoint)
{
	int err;

	*endpoint = (struct procns_endpoint){ 0 };
	if (net_addr_parse(text, &endpoint->addr) == 0)
		return parse_addr(topology, endpoint);
	err = parse_label(ctx, topology, text, endpoint);
	if (err != -ENOENT)
		return err;
	err = parse_namespace(ctx, topology, text, endpoint);
	if (err == -EINVAL && !strchr("0123456789/", *text) && !strchr(text, ':'))
		return context_error(ctx, ENOENT, "no network namespace is called '%s', and it is no address", text);
	return err;
}
