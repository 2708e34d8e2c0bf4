// SPDX-License-Identifier: GPL-2.0-or-later
/* What CRIU refuses of the links in the net namespaces it dumps (its criu/net.c). */
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "criu.h"
#include "holder.h"
#include "procns-net.h"
#include "text.h"

/* Those CRIU makes again, and those the kernel makes itself in every net namespace. */
static bool can_be_made(const struct procns_link *link)
{
	static const char *const kinds[] = { "loopback", "veth", "tun", "bridge", "macvlan", "sit", "venet" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(link->kind, kinds[i]))
			return true;
	return !strcmp(link->name, "gre0") || !strcmp(link->name, "gretap0");
}

static bool is_open_inside(const struct criu *criu, const struct procns_link *link)
{
	for (size_t i = 0; i < link->nprocesses; i++)
		if (criu_has_pid(criu, link->processes[i]->pid))
			return true;
	return false;
}

static char *link_text(const struct procns_link *link)
{
	return text_format("link %s of net:[%u]", link->name, link->netns->ns->inum);
}

static int refuse_link(struct criu *criu, const struct procns_link *link)
{
	if (!can_be_made(link))
		return criu_refuse(criu, (struct criu_refusal){
			.rule = "link", .ns = link->netns->ns, .fd = -1, .thing = link_text(link),
			.reason = text_format("CRIU can't make a link of this kind: %s", link->kind),
			.says = text_format("Unsupported link %u", link->ifindex),
		});
	if (strcmp(link->kind, "tun") || procns_link_attr(link, "persist") || is_open_inside(criu, link))
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "tun_link", .ns = link->netns->ns, .fd = -1, .thing = link_text(link),
		.reason = strdup("it is there as long as a process outside of the tree has it open"),
		.says = text_format("No fd info for non persistent tun device %s", link->name),
	});
}

static int refuse_links_of(struct criu *criu, const struct procns_ns *ns, const struct procns_netns *netns)
{
	int err = 0;

	if (!netns)
		return criu_add_gap(criu, text_format("the links of net:[%u] could not be read", ns->inum));
	for (size_t i = 0; !err && i < netns->nlinks; i++)
		err = refuse_link(criu, netns->links[i]);
	return err;
}

int criu_refuse_links(struct criu *criu)
{
	struct procns_topology *topology;
	int err;

	if (!criu_takes(criu, PROCNS_NET))
		return 0;
	err = procns_topology_read(criu->ctx, criu->snapshot, 0, &topology);
	if (err)
		return err;
	for (size_t i = 0; !err && i < procns_count(criu->snapshot); i++) {
		const struct procns_ns *ns = procns_at(criu->snapshot, i);

		if (ns->type == PROCNS_NET && ns != criu->own[PROCNS_NET] && criu_has_member(criu, ns))
			err = refuse_links_of(criu, ns, procns_netns_find(topology, ns->inum));
	}
	procns_topology_free(topology);
	return err;
}
