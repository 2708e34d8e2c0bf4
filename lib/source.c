// SPDX-License-Identifier: LGPL-2.1-or-later
/* The engine: which source makes the list, and what is added to it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "maps.h"
#include "netnsid.h"
#include "nsfs.h"
#include "source_proc.h"
#include "util.h"

/* For more than numbers: those that know most, at the least cost, come first. */
static const struct source *const sources[] = {
#ifdef HAVE_SOURCE_BPF
	&source_bpf,
#endif
	&source_dir,
	&source_listns,
	&source_proc,
};

/* The order they are shown in. */
static const struct source *const shown[] = {
	&source_dir,
#ifdef HAVE_SOURCE_BPF
	&source_bpf,
#endif
	&source_listns,
	&source_proc,
};

/* Each of these is found out by going through the members of namespaces. */
#define NEEDS_MEMBERS (PROCNS_FACT_NAMES | PROCNS_FACT_NETNSID | PROCNS_FACT_MAPS)

int procns_set_source(struct procns *ctx, const char *name)
{
	if (!name || !strcmp(name, "auto")) {
		ctx->forced = NULL;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		if (!strcmp(name, sources[i]->name)) {
			ctx->forced = sources[i];
			return 0;
		}
	return context_error(ctx, EINVAL, "no source is called '%s': it is one of auto, dir, bpf, listns, proc", name);
}

int procns_source_status(struct procns *ctx, size_t i, struct procns_source_status *status)
{
	if (i >= ARRAY_SIZE(shown))
		return -ERANGE;
	*status = (struct procns_source_status){ .name = shown[i]->name };
	ctx->reason[0] = '\0';
	status->available = !shown[i]->probe(ctx, &status->facts, ctx->reason, sizeof(ctx->reason));
	status->reason = ctx->reason[0] ? ctx->reason : NULL;
	return 0;
}

static int cannot(struct procns *ctx, int err)
{
	return context_error(ctx, -err, "cannot take a snapshot: %s", strerror(-err));
}

/* A list by one source. `facts` is what it can know. */
static int make_list(struct procns *ctx, const struct source *source, const struct procns_query *query,
		     struct procns_snapshot **snapshot, uint32_t *facts)
{
	char reason[sizeof(ctx->reason)] = "";
	struct procns_snapshot *s;
	int err = 0;

	*facts = source->facts;
	if (!source->facts)
		err = source->probe(ctx, facts, reason, sizeof(reason));
	if (err)
		return context_error(ctx, -err, "%s: %s", source->name, reason);
	s = snapshot_new(source->name);
	if (!s)
		return cannot(ctx, -ENOMEM);
	snapshot_list_types(s, query->types);
	err = source->fill(ctx, query, s);
	if (err) {
		procns_snapshot_free(s);
		return err;
	}
	*snapshot = s;
	return 0;
}

/* The directory is the quickest way to mere numbers, and no other order differs by what is asked. */
static const struct source *candidate(const struct procns *ctx, const struct procns_query *query, size_t i)
{
	if (ctx->forced)
		return i ? NULL : ctx->forced;
	if (!query->want)
		return i < ARRAY_SIZE(shown) ? shown[i] : NULL;
	return i < ARRAY_SIZE(sources) ? sources[i] : NULL;
}

/* The first source that works makes the list. If that has gaps, why bpf, which has none, did not work is one more. */
static int list(struct procns *ctx, const struct procns_query *query, struct procns_snapshot **snapshot, uint32_t *facts)
{
	char no_bpf[sizeof(ctx->error)] = "";
	const struct source *source;
	int err = -ENOENT;

	for (size_t i = 0; err && (source = candidate(ctx, query, i)); i++) {
		err = make_list(ctx, source, query, snapshot, facts);
		if (out_of_resources(err))
			return err;
		if (err && !strcmp(source->name, "bpf"))
			snprintf(no_bpf, sizeof(no_bpf), "%s", ctx->error);
	}
	if (err || !no_bpf[0] || !procns_snapshot_gaps(*snapshot))
		return err;
	return snapshot_gap(*snapshot, "%s; using %s", no_bpf, procns_snapshot_source(*snapshot)) < 0 ? cannot(ctx, -ENOMEM) : 0;
}

/* What /proc can add. Without /proc the list stands as it is, and says so. */
static int add_from_proc(struct procns *ctx, uint32_t want, uint32_t missing, struct procns_snapshot *s)
{
	const char *source = procns_snapshot_source(s);
	/* Only a list that may lack some is made longer, and not if the caller wants to see that source's own. */
	bool may_list = !ctx->forced && !strcmp(source, "listns");
	int err = 0;

	if (!strcmp(source, "dir") || !strcmp(source, "listns"))
		proc_mark_initial(ctx, s);

	if (missing & TASK_FACTS)
		err = proc_add_facts(ctx, (missing & PROC_FACTS) | (want & NSFS_FACTS), may_list, s);
	else if (missing & PROCNS_FACT_NAMES)
		err = proc_add_names(ctx, s);
	if (err && !out_of_resources(err))
		err = snapshot_gap(s, "members, names or holders: %s", ctx->error);
	return err;
}

static int add_after_finish(struct procns *ctx, uint32_t missing, struct procns_snapshot *s)
{
	int err = 0;

	if (missing & PROCNS_FACT_MAPS)
		err = maps_add(ctx, s);
	if (!err && missing & PROCNS_FACT_NETNSID)
		err = netnsid_add(ctx, s);
	if (!err && missing & (PROCNS_FACT_REFS | PROCNS_FACT_ACTIVE))
		err = snapshot_gap(s, "reference counts: only BPF can read them, with CAP_BPF and CAP_PERFMON");
	return err;
}

static int complete(struct procns *ctx, uint32_t want, uint32_t facts, struct procns_snapshot *s)
{
	uint32_t missing = want & ~facts;
	int err = add_from_proc(ctx, want, missing, s);

	if (!err)
		err = snapshot_finish(s);
	if (!err)
		err = add_after_finish(ctx, missing, s);
	return err ? cannot(ctx, err) : 0;
}

static struct procns_query with_needs(const struct procns_query *asked)
{
	struct procns_query query = asked ? *asked : (struct procns_query){ 0 };

	if (query.want & NEEDS_MEMBERS)
		query.want |= PROCNS_FACT_MEMBERS;
	if (query.want & PROCNS_FACT_MEMBERS)
		query.want |= PROCNS_FACT_COUNTS;
	if (query.want & PROCNS_FACT_MAPS)
		query.want |= PROCNS_FACT_PARENT;
	if (query.want & PROCNS_FACT_NETNSID)
		query.want |= PROCNS_FACT_ID;
	return query;
}

int procns_snapshot(struct procns *ctx, const struct procns_query *asked, struct procns_snapshot **snapshot)
{
	const struct procns_query query = with_needs(asked);
	struct procns_snapshot *s = NULL;
	uint32_t facts = 0;
	int err;

	*snapshot = NULL;
	ctx->error[0] = '\0';
	err = list(ctx, &query, &s, &facts);
	if (!err)
		err = complete(ctx, query.want, facts, s);
	if (err) {
		procns_snapshot_free(s);
		return err;
	}
	ctx->error[0] = '\0';
	*snapshot = s;
	return 0;
}
