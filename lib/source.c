// SPDX-License-Identifier: LGPL-2.1-or-later
/* The engine: which source makes the list, and what is added to it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "util.h"

static const struct source *const sources[] = {
#ifdef HAVE_SOURCE_BPF
	&source_bpf,
#endif
	&source_proc,
};

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
	if (i >= ARRAY_SIZE(sources))
		return -ERANGE;
	*status = (struct procns_source_status){ .name = sources[i]->name };
	ctx->reason[0] = '\0';
	status->available = !sources[i]->probe(ctx, &status->facts, ctx->reason, sizeof(ctx->reason));
	status->reason = ctx->reason[0] ? ctx->reason : NULL;
	return 0;
}

static int take(struct procns *ctx, const struct source *source, const struct procns_query *query,
		struct procns_snapshot **snapshot)
{
	struct procns_snapshot *s = snapshot_new(source->name);
	int err;

	if (!s)
		return context_error(ctx, ENOMEM, "cannot take a snapshot: out of memory");
	snapshot_list_types(s, query->types);
	err = source->fill(ctx, query, s);
	if (!err && snapshot_finish(s) < 0)
		err = context_error(ctx, ENOMEM, "cannot take a snapshot: out of memory");
	if (err) {
		procns_snapshot_free(s);
		return err;
	}
	*snapshot = s;
	return 0;
}

int procns_snapshot(struct procns *ctx, const struct procns_query *query, struct procns_snapshot **snapshot)
{
	static const struct procns_query numbers_alone;
	char reason[512] = "";
	uint32_t facts;
	int err = -ENOENT;

	*snapshot = NULL;
	if (!query)
		query = &numbers_alone;
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (ctx->forced && sources[i] != ctx->forced)
			continue;
		err = sources[i]->probe(ctx, &facts, reason, sizeof(reason));
		if (!err)
			err = take(ctx, sources[i], query, snapshot);
		else
			context_error(ctx, -err, "%s: %s", sources[i]->name, reason);
		if (!err || ctx->forced || err == -ENOMEM)
			return err;
	}
	return err;
}
