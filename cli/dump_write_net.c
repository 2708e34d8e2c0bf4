// SPDX-License-Identifier: GPL-2.0-or-later
/* Network namespaces in a dump: links, and what number each namespace that links lead to has in this one. */
#include "command.h"
#include "dump_live.h"
#include "json_writer.h"

static void write_end(struct dump_live *live, struct json_writer *json, const char *key, const struct procns_link *link)
{
	const char *id;

	if (!link)
		return;
	id = dump_id(live, link->netns->ns);
	json_begin(json, key, '{');
	if (id)
		json_text(json, "ns", id);
	else
		json_number(json, "inum", link->netns->ns->inum);
	json_number(json, "ifindex", link->ifindex);
	json_text(json, "name", link->name);
	json_end(json, '}');
}

static void write_link(struct dump_live *live, struct json_writer *json, const struct procns_link *link)
{
	json_begin(json, NULL, '{');
	json_number(json, "ifindex", link->ifindex);
	json_text(json, "name", link->name);
	json_text(json, "kind", link->kind);
	json_text(json, "mac", link->mac);
	json_number(json, "mtu", link->mtu);
	json_bool(json, "up", link->up);
	json_begin(json, "addresses", '[');
	for (size_t i = 0; i < link->naddrs; i++)
		json_text(json, NULL, link->addrs[i]->text);
	json_end(json, ']');
	write_end(live, json, "master", link->master);
	write_end(live, json, "lower", link->lower);
	write_end(live, json, "peer", link->peer);
	json_end(json, '}');
}

static const struct procns_ns *far_end(const struct procns_link *link)
{
	const struct procns_link *far = link->peer ? link->peer : link->lower;

	return link->far_ifindex >= 0 && link->far_netnsid >= 0 && far ? far->netns->ns : NULL;
}

static void write_netnsids(struct dump_live *live, struct json_writer *json, const struct procns_netns *netns)
{
	struct seen told = { 0 };

	json_begin(json, "netnsids", '[');
	for (size_t i = 0; i < netns->nlinks; i++) {
		const struct procns_ns *far = far_end(netns->links[i]);
		bool again = false;

		if (!far || !seen_number(&told, far, &again) || again)
			continue;
		json_begin(json, NULL, '{');
		json_number(json, "netnsid", netns->links[i]->far_netnsid);
		json_text(json, "ns", dump_id(live, far));
		json_end(json, '}');
	}
	json_end(json, ']');
	seen_free(&told);
}

void dump_write_netns(struct dump_live *live, struct json_writer *json, const struct procns_ns *ns)
{
	const struct procns_netns *netns = procns_netns_find(live->topology, ns->inum);

	if (ns->known & PROCNS_FACT_NETNSID && ns->netnsid >= 0)
		json_number(json, "netnsid", ns->netnsid);
	else
		json_null(json, "netnsid");
	if (!netns) {
		json_null(json, "netnsids");
		json_null(json, "links");
		return;
	}
	write_netnsids(live, json, netns);
	json_begin(json, "links", '[');
	for (size_t i = 0; i < netns->nlinks; i++)
		write_link(live, json, netns->links[i]);
	json_end(json, ']');
}
