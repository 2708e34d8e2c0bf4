// SPDX-License-Identifier: LGPL-2.1-or-later
/* What /proc shows this caller: never all there is, so most of this file says what is missing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "proc_gaps.h"
#include "proc_scan.h"
#include "relatives.h"
#include "source_proc.h"
#include "type.h"
#include "util.h"

#define EVERY_TYPE ((1u << PROCNS_NTYPES) - 1)
#define KNOWS (NSFS_FACTS | PROC_FACTS)

int proc_open(struct procns *ctx)
{
	cleanup_fd int fd = open(ctx->proc_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return context_error(ctx, errno, "cannot open %s: %s", ctx->proc_root, strerror(errno));
	if (faccessat(fd, "self/ns", F_OK, 0) < 0)
		return context_error(ctx, ENOENT, "%s/self/ns is not there: mount proc on %s, of this pid namespace",
				     ctx->proc_root, ctx->proc_root);
	return steal_fd(&fd);
}

static int probe(struct procns *ctx, uint32_t *facts, char *reason, size_t size)
{
	cleanup_fd int proc = proc_open(ctx);

	*facts = KNOWS;
	if (proc < 0) {
		snprintf(reason, size, "%s", ctx->error);
		return proc;
	}
	snprintf(reason, size, "%s", PROC_CANNOT_SHOW);
	return 0;
}

/* 0 where there is none, as below a /proc that is made of plain files. */
static dev_t nsfs_device(int proc)
{
	struct stat st;

	return fstatat(proc, "self/ns/user", &st, 0) < 0 ? 0 : st.st_dev;
}

static int out_of(struct procns *ctx, int err)
{
	return context_error(ctx, -err, "cannot read %s: %s", ctx->proc_root, strerror(-err));
}

/* Before 6.18 the kernel's own net and mount namespaces have no fixed number, but its threads are always in them. */
static void mark_initial(struct procns_snapshot *s, int proc)
{
	static const char *const links[] = { "self/ns/pid", "2/ns/net", "2/ns/mnt" };

	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		enum procns_type type;
		struct procns_ns *ns;
		uint32_t inum;
		char text[64] = "";

		if (readlinkat(proc, links[i], text, sizeof(text) - 1) < 0 || type_parse_name(text, &type, &inum) < 0)
			return;
		if (type == PROCNS_PID && !type_initial(type, inum))
			return;
		ns = snapshot_find(s, type, inum);
		if (ns)
			ns->initial = true;
	}
}

/* What the snapshot needs of a scan: the scan itself, bind mounts, what follows from both, and what is missing all the same. */
static int run(struct proc_scan *scan)
{
	struct bind_mount_request mounts = {
		.s = scan->s,
		.proc = scan->proc,
		.nsfs = scan->nsfs,
		.list = scan->list,
		.learn = scan->learn,
		.want = scan->want,
		.names = scan->want & PROCNS_FACT_NAMES,
		.holders = scan->holders,
	};
	int err = proc_scan_tasks(scan);

	if (!err && (mounts.list || mounts.names || mounts.holders))
		err = bind_mounts_add(&mounts, &scan->views);
	if (err)
		return err;
	mark_initial(scan->s, scan->proc);
	if (scan->holders && add_relatives(scan->s) < 0)
		return -ENOMEM;
	snapshot_knows(scan->s, scan->want & PROC_FACTS);
	return proc_gaps_add(scan, bind_mounts_unread(&mounts, &scan->views));
}

static int scan(struct procns *ctx, struct proc_scan *settings, uint32_t want)
{
	cleanup_fd int proc = proc_open(ctx);
	int err;

	if (proc < 0)
		return proc;
	settings->ctx = ctx;
	settings->want = want;
	settings->proc = proc;
	settings->nsfs = nsfs_device(proc);
	settings->holders = want & PROCNS_FACT_HOLDERS;
	settings->tasks = want & TASK_FACTS;
	err = run(settings);
	proc_scan_end(settings);
	return err ? out_of(ctx, err) : 0;
}

static int fill(struct procns *ctx, const struct procns_query *query, struct procns_snapshot *s)
{
	const uint32_t relatives = 1u << PROCNS_USER | 1u << PROCNS_PID;
	struct proc_scan settings = {
		.s = s,
		.types = query->types & EVERY_TYPE ? query->types : EVERY_TYPE,
		.list = true,
		.descriptors = true,
	};

	settings.learn = query->want & NSFS_FACTS || settings.types & relatives;
	return scan(ctx, &settings, query->want);
}

void proc_mark_initial(const struct procns *ctx, struct procns_snapshot *s)
{
	cleanup_fd int proc = open(ctx->proc_root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (proc >= 0)
		mark_initial(s, proc);
}

int proc_add_facts(struct procns *ctx, uint32_t want, bool may_list, struct procns_snapshot *s)
{
	struct proc_scan settings = {
		.s = s,
		.types = EVERY_TYPE,
		.list = may_list,
		.descriptors = want & PROCNS_FACT_HOLDERS,
		.learn = may_list && want & NSFS_FACTS,
	};

	return scan(ctx, &settings, want);
}

/* Which mount namespaces there are, and who is in each, is known from the tasks of the snapshot. */
static int views_of_tasks(const struct procns_snapshot *s, struct bind_mount_views *views)
{
	const struct procns_task *task;

	for (size_t i = 0; (task = procns_task_at(s, i)); i++) {
		const struct procns_ns *mntns = task->ns[PROCNS_MNT];

		if (mntns && bind_mount_views_add(views, mntns->inum, task->pid, task->tid) < 0)
			return -ENOMEM;
	}
	return 0;
}

int proc_add_names(struct procns *ctx, struct procns_snapshot *s)
{
	cleanup_fd int proc = proc_open(ctx);
	__attribute__((cleanup(bind_mount_views_free))) struct bind_mount_views views = { 0 };
	struct bind_mount_request mounts = { .s = s, .proc = proc, .names = true };
	int err;

	if (proc < 0)
		return proc;
	mounts.nsfs = nsfs_device(proc);
	err = views_of_tasks(s, &views);
	if (!err)
		err = bind_mounts_add(&mounts, &views);
	if (!err)
		err = proc_gap_of_mounts(s, bind_mounts_unread(&mounts, &views));
	if (err)
		return out_of(ctx, err);
	snapshot_knows(s, PROCNS_FACT_NAMES);
	return 0;
}

const struct source source_proc = { "proc", probe, fill };
