// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "command.h"
#include "dump_collect.h"
#include "dump_shape.h"
#include "say.h"
#include "text.h"

/* Mount namespaces of detached mounts have this number since 6.18, none before. */
#define ANONYMOUS_MNT 0xeffffff7u
#define UNMAPPED UINT32_MAX

static int number_all(struct dump_live *live)
{
	size_t n = procns_count(live->snapshot);

	for (size_t i = 0; i < n; i++)
		if (dump_number(live, procns_at(live->snapshot, i)) != i)
			return fail(live->cli, "out of memory");
	live->by_number = calloc(n + 1, sizeof(*live->by_number));
	live->inside = calloc(n + 1, sizeof(*live->inside));
	live->dump.list = calloc(n + 1, sizeof(*live->dump.list));
	live->dump.outside = calloc(n + 1, sizeof(*live->dump.outside));
	if (!live->by_number || !live->inside || !live->dump.list || !live->dump.outside)
		return fail(live->cli, "out of memory");
	return EXIT_OK;
}

static uint32_t map_inwards(const struct procns_ns *user, uint32_t id)
{
	for (size_t i = 0; i < user->nuid_map; i++)
		if (id - user->uid_map[i].outside < user->uid_map[i].count)
			return user->uid_map[i].inside + (id - user->uid_map[i].outside);
	return UNMAPPED;
}

/* An id of the topmost user namespace in view, as one of this user namespace. */
static uint32_t id_in(const struct procns_ns *user, uint32_t id)
{
	uint32_t above;

	if (!user->parent)
		return id;
	above = id_in(user->parent, id);
	return above == UNMAPPED ? UNMAPPED : map_inwards(user, above);
}

static int64_t creator_in_parent(const struct procns_ns *ns)
{
	uint32_t id;

	if (ns->type != PROCNS_USER || !(ns->known & PROCNS_FACT_CREATOR) || !ns->parent)
		return -1;
	id = id_in(ns->parent, ns->creator_uid);
	return id == UNMAPPED ? -1 : (int64_t)id;
}

static struct dump_offset offset_of(const struct procns_clock *clock)
{
	return (struct dump_offset){ clock->seconds, clock->nanoseconds };
}

static enum dump_setgroups setgroups_of(const struct procns_ns *ns)
{
	if (ns->type != PROCNS_USER || !(ns->known & PROCNS_FACT_INSIDE))
		return DUMP_SETGROUPS_UNKNOWN;
	return ns->may_setgroups ? DUMP_SETGROUPS_ALLOW : DUMP_SETGROUPS_DENY;
}

static struct dump_ns of_live(const struct procns_ns *ns)
{
	return (struct dump_ns){
		.type = ns->type, .inum = ns->inum, .kernel_id = ns->id, .initial = ns->initial, .live = ns,
		.anonymous = ns->type == PROCNS_MNT && (!ns->inum || ns->inum == ANONYMOUS_MNT),
		.maps_known = ns->known & PROCNS_FACT_MAPS,
		/* the snapshot's, which outlives the dump */
		.uid_map = { (struct procns_id_range *)ns->uid_map, ns->nuid_map },
		.gid_map = { (struct procns_id_range *)ns->gid_map, ns->ngid_map },
		.hostname = ns->hostname, .domainname = ns->domainname,
		.offsets_known = ns->type == PROCNS_TIME && ns->known & PROCNS_FACT_INSIDE,
		.monotonic = offset_of(&ns->monotonic), .boottime = offset_of(&ns->boottime),
		.setgroups = setgroups_of(ns), .creator = creator_in_parent(ns), .nprocs = ns->nprocs, .nthreads = ns->nthreads,
	};
}

static void add_outside(struct dump_live *live, const struct procns_ns *ns)
{
	size_t number = dump_number(live, ns);
	struct dump_ns *out = &live->dump.outside[live->dump.noutside];

	if (number >= procns_count(live->snapshot) || live->by_number[number])
		return;
	*out = of_live(ns);
	out->outside = true;
	live->dump.noutside++;
	snprintf(out->id, sizeof(out->id), "out%zu", live->dump.noutside);
	live->by_number[number] = out;
}

static struct dump_ns *in_dump(struct dump_live *live, const struct procns_ns *ns)
{
	size_t number = ns ? dump_number(live, ns) : SIZE_MAX;

	return number < procns_count(live->snapshot) ? live->by_number[number] : NULL;
}

static void list_inside(struct dump_live *live)
{
	struct dump *dump = &live->dump;

	for (size_t i = 0; i < procns_count(live->snapshot); i++) {
		if (!live->inside[i])
			continue;
		live->by_number[i] = &dump->list[dump->count];
		dump->list[dump->count++] = of_live(procns_at(live->snapshot, i));
	}
	for (size_t i = 0; i < live->nreferences; i++)
		add_outside(live, live->references[i].to);
	for (size_t i = 0; i < dump->count; i++) {
		struct dump_ns *ns = &dump->list[i];

		ns->owner = in_dump(live, ns->live->owner);
		ns->parent = in_dump(live, ns->live->parent);
	}
}

static int order(struct dump_live *live)
{
	if (dump_order(&live->dump))
		return fail(live->cli, "out of memory");
	for (size_t i = 0; i < live->dump.count; i++)
		live->by_number[dump_number(live, live->dump.list[i].live)] = &live->dump.list[i];
	return EXIT_OK;
}

static int describe_system(struct dump_live *live, const char *root)
{
	char *boot_id = dump_read_boot_id();
	struct utsname name;

	uname(&name);
	live->dump.root = root;
	live->dump.text[0] = text_format("%s%c%s", name.release, '\0', boot_id ? boot_id : "");
	if (!live->dump.text[0]) {
		free(boot_id);
		return fail(live->cli, "out of memory");
	}
	live->dump.release = live->dump.text[0];
	live->dump.boot_id = boot_id ? live->dump.text[0] + strlen(live->dump.text[0]) + 1 : NULL;
	free(boot_id);
	return EXIT_OK;
}

static int look(struct dump_live *live, const struct dump_request *request)
{
	struct procns_query query = {
		.want = PROCNS_FACT_ID | PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_CREATOR | PROCNS_FACT_MAPS |
			PROCNS_FACT_MEMBERS | PROCNS_FACT_NAMES | PROCNS_FACT_NETNSID | PROCNS_FACT_HOLDERS |
			PROCNS_FACT_INSIDE,
	};

	if (procns_new(&live->ctx))
		return fail(live->cli, "out of memory");
	if (procns_set_source(live->ctx, request->source) || procns_snapshot(live->ctx, &query, &live->snapshot) ||
	    procns_topology_read(live->ctx, live->snapshot, 0, &live->topology))
		return fail(live->cli, "%s", procns_error(live->ctx));
	return EXIT_OK;
}

int dump_collect(struct dump_live *live, const struct cli *cli, const struct dump_request *request)
{
	int status, err;

	*live = (struct dump_live){ .cli = cli };
	status = look(live, request);
	if (status == EXIT_OK)
		status = number_all(live);
	if (status == EXIT_OK)
		status = dump_choose(live, request->root);
	if (status == EXIT_OK)
		status = dump_find_references(live);
	if (status == EXIT_OK)
		status = describe_system(live, request->root);
	if (status != EXIT_OK)
		return status;
	list_inside(live);
	err = dump_explore(live->ctx, live->snapshot, &live->dump, &live->gaps);
	if (!err)
		err = dump_read_setgroups(live->ctx, live->snapshot, &live->dump, &live->gaps);
	if (err)
		return fail(cli, "cannot look into the namespaces: %s", strerror(-err));
	return order(live);
}
