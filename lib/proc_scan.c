// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "proc_scan.h"
#include "type.h"
#include "util.h"

/* A task that goes while it is read is nothing to report. */
static bool vanished(int err)
{
	return err == -ENOENT || err == -ESRCH;
}

static int open_task(int dir, const char *name)
{
	int fd = openat(dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int proc_scan_found(struct proc_scan *scan, enum procns_type type, uint32_t inum, struct procns_ns **ns)
{
	*ns = scan->list ? snapshot_ns(scan->s, type, inum) : snapshot_find(scan->s, type, inum);
	return *ns || !scan->list ? 0 : -ENOMEM;
}

int proc_scan_ask(struct proc_scan *scan, struct procns_ns *ns, int fd)
{
	if (fd < 0)
		return out_of_resources(fd) ? fd : 0;
	return nsfs_is(fd, scan->nsfs, ns) ? nsfs_learn(scan->s, ns, fd, scan->want) : 0;
}

static int ask_by_link(struct proc_scan *scan, struct procns_ns *ns, int dir, const char *path)
{
	cleanup_fd int fd = -1;

	if (!proc_scan_asks(scan, ns))
		return 0;
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	return proc_scan_ask(scan, ns, fd < 0 ? -errno : fd);
}

static int add_holder(struct proc_scan *scan, const struct scanned_task *task, const struct type_link *link,
		      struct procns_ns *ns)
{
	struct procns_holder *holder;

	/* Which children it will have is worth telling only where that differs from the task itself. */
	if (!scan->holders || (link->for_children && task->task->ns[link->type] == ns))
		return 0;
	holder = snapshot_holder(scan->s, ns, link->for_children ? PROCNS_HOLDER_FOR_CHILDREN : PROCNS_HOLDER_MEMBER);
	if (!holder)
		return -ENOMEM;
	holder->task = task->task;
	return 0;
}

static void set_link(struct procns_task *task, const struct type_link *link, const struct procns_ns *ns)
{
	if (!link->for_children)
		task->ns[link->type] = ns;
	else if (link->type == PROCNS_PID)
		task->pid_for_children = ns;
	else
		task->time_for_children = ns;
}

static int add_link(struct proc_scan *scan, const struct scanned_task *task, const struct type_link *link,
		    const char *text)
{
	enum procns_type type;
	struct procns_ns *ns;
	uint32_t inum;
	int err;

	if (type_parse_name(text, &type, &inum) < 0 || type != link->type)
		return 0;
	if (type == PROCNS_MNT && bind_mount_views_add(&scan->views, inum, task->pid, task->tid) < 0)
		return -ENOMEM;
	if (!(scan->types & 1u << type))
		return 0;
	err = proc_scan_found(scan, type, inum, &ns);
	if (!err && ns)
		err = ask_by_link(scan, ns, task->dir, link->path);
	if (err || !ns || !task->task)
		return err;
	set_link(task->task, link, ns);
	return add_holder(scan, task, link, ns);
}

/* Returns 0, -EACCES if the task may not be read, or whatever out_of_resources() says yes to. */
static int read_links(struct proc_scan *scan, const struct scanned_task *task)
{
	const uint32_t types = scan->types | 1u << PROCNS_MNT;

	for (size_t i = 0; i < type_link_count; i++) {
		const struct type_link *link = &type_links[i];
		char text[64];
		ssize_t length;
		int err;

		if (!(types & 1u << link->type))
			continue;
		length = readlinkat(task->dir, link->path, text, sizeof(text) - 1);
		if (length < 0 && (errno == EACCES || errno == EPERM))
			return -EACCES;
		if (length < 0 && out_of_resources(-errno))
			return -errno;
		if (length < 0)
			continue;	/* gone, or a zombie, or a kernel without that type */
		text[length] = '\0';
		err = add_link(scan, task, link, text);
		if (err)
			return err;
	}
	return 0;
}

static int scan_task(struct proc_scan *scan, struct scanned_task *task)
{
	int err = read_links(scan, task);

	if (!err && scan->descriptors && (task->pid == task->tid || task->private_descriptors))
		err = proc_scan_descriptors(scan, task);
	return err;
}

static int add_process(struct proc_scan *scan, struct scanned_task *task)
{
	ssize_t length = read_whole_file(task->dir, "stat", &scan->text);
	struct proc_stat stat;
	struct stat st;

	if (length < 0)
		return length;
	if (parse_stat(scan->text.text, &stat) < 0 || fstat(task->dir, &st) < 0)
		return -ESRCH;
	task->task = snapshot_task(scan->s, task->pid, task->pid, stat.comm, stat.comm_length);
	if (!task->task)
		return -ENOMEM;
	task->task->ppid = stat.ppid;
	task->task->uid = st.st_uid;
	return 0;
}

static int add_thread(struct proc_scan *scan, struct scanned_task *task, const struct procns_task *leader)
{
	ssize_t length = read_whole_file(task->dir, "comm", &scan->text);
	struct stat st;

	if (length < 0)
		return length;
	if (fstat(task->dir, &st) < 0)
		return -errno;
	task->task = snapshot_task(scan->s, task->pid, task->tid, scan->text.text, length ? length - 1 : 0);
	if (!task->task)
		return -ENOMEM;
	task->task->ppid = leader->ppid;
	task->task->uid = st.st_uid;
	return 0;
}

static int scan_thread(struct proc_scan *scan, int threads, const char *name, pid_t tid, const struct scanned_task *leader)
{
	struct scanned_task task = { .pid = leader->pid, .tid = tid };
	cleanup_fd int dir = open_task(threads, name);
	int err = 0;

	if (dir < 0)
		return vanished(dir) ? 0 : dir;
	task.dir = dir;
	if (leader->task)
		err = add_thread(scan, &task, leader->task);
	if (!err) {
		task.private_descriptors = scan->descriptors && proc_scan_private_descriptors(scan, leader->pid, tid);
		err = scan_task(scan, &task);
	}
	return out_of_resources(err) ? err : 0;
}

static int scan_threads(struct proc_scan *scan, const struct scanned_task *leader)
{
	cleanup_fd int fd = openat(leader->dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct number_dir threads = { .fd = fd };
	struct number_entry entry;

	if (fd < 0)
		return out_of_resources(-errno) ? -errno : 0;
	while (number_dir_next(&threads, &entry) > 0) {
		int err = 0;

		if ((pid_t)entry.number != leader->pid)
			err = scan_thread(scan, fd, entry.name, entry.number, leader);
		if (err)
			return err;
	}
	return 0;
}

/* Every thread is a directory in PID/task, which the link count tells without reading it. */
static bool has_threads(const struct scanned_task *process)
{
	struct stat st;

	return !fstatat(process->dir, "task", &st, 0) && st.st_nlink != 3;
}

static int scan_process(struct proc_scan *scan, const char *name, pid_t pid)
{
	struct scanned_task task = { .pid = pid, .tid = pid };
	cleanup_fd int dir = open_task(scan->proc, name);
	int err = 0;

	if (dir < 0)
		return dir;
	task.dir = dir;
	if (scan->tasks)
		err = add_process(scan, &task);
	if (!err)
		err = scan_task(scan, &task);
	if (!err && has_threads(&task))
		err = scan_threads(scan, &task);
	return err;
}

int proc_scan_tasks(struct proc_scan *scan)
{
	cleanup_fd int fd = openat(scan->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct number_dir processes = { .fd = fd };
	struct number_entry entry;
	int more;

	if (fd < 0)
		return -errno;
	while ((more = number_dir_next(&processes, &entry)) > 0) {
		int err = scan_process(scan, entry.name, entry.number);

		if (out_of_resources(err))
			return err;
		scan->processes += !vanished(err);
		scan->refused += err == -EACCES || err == -EPERM;
	}
	return more;
}

void proc_scan_end(struct proc_scan *scan)
{
	bind_mount_views_free(&scan->views);
	file_text_free(&scan->text);
}
