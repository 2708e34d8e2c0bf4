// SPDX-License-Identifier: GPL-2.0-or-later
/* How namespaces, types, numbers and addresses are written, and what procns_resolve() makes of a text. What is taken can be written again. */
#include "fuzz.h"

#include <inttypes.h>

#include "net_addr.h"
#include "procns.h"
#include "snapshot.h"
#include "type.h"

static void try_name(const char *text)
{
	enum procns_type type;
	uint32_t inum;
	char again[64];

	if (type_parse_name(text, &type, &inum))
		return;
	snprintf(again, sizeof(again), "%s:[%" PRIu32 "]", procns_type_name(type), inum);
	must(!strcmp(again, text));
}

static void try_number(const char *text)
{
	char again[32];
	uint64_t number;
	const char *end;

	if (!parse_number(text, UINT64_MAX, &number, &end))
		must(end > text && end <= text + strlen(text));
	if (parse_number(text, UINT64_MAX, &number, NULL))
		return;
	snprintf(again, sizeof(again), "%" PRIu64, number);
	must(!strcmp(again, text));
}

static void try_address(const char *text)
{
	struct procns_net_addr addr, again;
	char written[NET_ADDR_TEXT];

	if (net_addr_parse(text, &addr))
		return;
	must(!net_addr_parse(net_addr_text(&addr, written), &again));
	must(net_addr_equal(&addr, &again) && net_addr_hash(&addr) == net_addr_hash(&again));
}

/* Paths, and links of processes that are there, lead out of here. */
static void try_resolving(const char *text)
{
	static struct procns_snapshot *snapshot;
	static struct procns *ctx;
	const struct procns_ns *ns;
	int err;

	if (strchr(text, '/'))
		return;
	if (!ctx) {
		must(!procns_new(&ctx) && (snapshot = snapshot_new("none")));
		snapshot_ns(snapshot, PROCNS_NET, 4026532133u)->id = 17;
		snapshot_knows(snapshot, PROCNS_FACT_ID);
		must(!snapshot_finish(snapshot));
	}
	err = procns_resolve(ctx, snapshot, text, &ns);
	must(err ? !ns && *procns_error(ctx) : ns != NULL);
	if (!err)
		must(!strcmp(text, "net:[4026532133]") || !strcmp(text, "4026532133") || !strcmp(text, "id:17"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of_input(data, size);
	enum procns_type type;

	if (!procns_type_parse(text, &type))
		must(!strcmp(procns_type_name(type), text));
	try_name(text);
	try_number(text);
	try_address(text);
	try_resolving(text);
	free(text);
	return 0;
}
