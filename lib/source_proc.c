// SPDX-License-Identifier: LGPL-2.1-or-later
/* What /proc shows this caller. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "context.h"
#include "type.h"
#include "util.h"

static int probe(struct procns *ctx, uint32_t *facts, char *reason, size_t size)
{
	char path[4096];

	*facts = PROCNS_FACT_MEMBERS;
	snprintf(path, sizeof(path), "%s/self/ns", ctx->proc_root);
	if (!access(path, X_OK))
		return 0;
	snprintf(reason, size, "cannot read %s: %s; mount proc there", path, strerror(errno));
	return -errno;
}

static int read_links(struct procns_snapshot *s, int proc, pid_t pid, struct procns_task *task)
{
	char path[64], link[64];

	for (size_t i = 0; i < type_link_count; i++) {
		enum procns_type type;
		struct procns_ns *ns;
		uint32_t inum;
		ssize_t length;

		snprintf(path, sizeof(path), "%d/ns/%s", pid, type_links[i].name);
		length = readlinkat(proc, path, link, sizeof(link) - 1);
		if (length < 0)
			continue;
		link[length] = '\0';
		if (type_parse_name(link, &type, &inum) < 0)
			continue;
		ns = snapshot_ns(s, type, inum);
		if (!ns)
			return -ENOMEM;
		if (!task)
			continue;
		if (!type_links[i].for_children)
			task->ns[type] = ns;
		else if (type == PROCNS_PID)
			task->pid_for_children = ns;
		else
			task->time_for_children = ns;
	}
	return 0;
}

static struct procns_task *add_task(struct procns_snapshot *s, int proc, pid_t pid)
{
	char path[64], comm[32] = "";
	struct procns_task *task;
	struct stat st;
	cleanup_fd int fd = -1;
	ssize_t length = 0;

	snprintf(path, sizeof(path), "%d/comm", pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		length = read(fd, comm, sizeof(comm));
	task = snapshot_task(s, pid, pid, comm, length > 0 ? length - 1 : 0);
	snprintf(path, sizeof(path), "%d", pid);
	if (task && !fstatat(proc, path, &st, 0))
		task->uid = st.st_uid;
	return task;
}

static int fill(struct procns *ctx, const struct procns_query *query, struct procns_snapshot *s)
{
	cleanup_dir DIR *proc = opendir(ctx->proc_root);
	struct dirent *entry;

	if (!proc)
		return context_error(ctx, errno, "cannot open %s: %s", ctx->proc_root, strerror(errno));
	while ((entry = readdir(proc))) {
		struct procns_task *task = NULL;
		uint64_t pid;

		if (parse_number(entry->d_name, INT32_MAX, &pid, NULL) < 0)
			continue;
		if (query->want & PROCNS_FACT_MEMBERS && !(task = add_task(s, dirfd(proc), pid)))
			return context_error(ctx, ENOMEM, "cannot list %s: out of memory", ctx->proc_root);
		if (read_links(s, dirfd(proc), pid, task) < 0)
			return context_error(ctx, ENOMEM, "cannot list %s: out of memory", ctx->proc_root);
	}
	snapshot_knows(s, query->want & PROCNS_FACT_MEMBERS);
	return 0;
}

const struct source source_proc = { "proc", probe, fill };
