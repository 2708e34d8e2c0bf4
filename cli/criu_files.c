// SPDX-License-Identifier: GPL-2.0-or-later
/* What CRIU refuses of the files that are open, mapped or stood in (its criu/files.c, files-reg.c, pidfd.c). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"
#include "criu.h"
#include "text.h"

/* One file of a process, as /proc/PID has it. */
struct file {
	const struct procns_task *task;
	int dir;			/* of /proc/PID, or of the directory in it */
	const char *name;		/* in it: "5", "exe" */
	const char *use;		/* "fd", "exe", "cwd", "root", "map" */
	int fd;				/* -1: it is no descriptor */
	char link[PATH_MAX];
};

static char *file_text(const struct file *file)
{
	cleanup_free char *who = criu_task_text(file->task);

	if (!who)
		return NULL;
	if (file->fd >= 0)
		return text_format("fd %d of %s: %s", file->fd, who, file->link);
	return text_format("%s of %s: %s", file->use, who, file->link);
}

static int refuse_namespace(struct criu *criu, const struct file *file, enum procns_type type, uint32_t inum)
{
	const struct procns_ns *ns = procns_find(criu->snapshot, type, inum);

	if (ns && criu_knows(criu, ns))
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "fd", .ns = ns, .task = file->task, .fd = file->fd, .thing = file_text(file),
		.reason = strdup("no process of the tree is in that namespace, and CRIU finds namespaces by their members"),
		.says = text_format("No NS ID with kid %u", inum),
	});
}

/* "net:[4026532133]"; what was opened by the path of a bind mount has that path, and is a file like others. */
static bool parse_namespace(const char *link, enum procns_type *type, uint32_t *inum)
{
	char name[8];
	int end = 0;

	return sscanf(link, "%7[a-z]:[%u]%n", name, inum, &end) == 2 && end && !link[end] && !procns_type_parse(name, type);
}

/* Those of the kinds without a filesystem that CRIU makes again. */
static bool can_be_made(const char *kind)
{
	static const char *const kinds[] = {
		"[eventfd]", "[eventpoll]", "inotify", "[fanotify]", "[signalfd]", "[timerfd]", "[pidfd]",
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kind, kinds[i]))
			return true;
	return false;
}

/* A member of /proc/PID/fdinfo/FD, or of our own, of those that stand first: a file's locks follow. -2: it is not there. */
static long info_of(int dir, const char *name, const char *member)
{
	cleanup_fd int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	char text[512];
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *line = length > 0 ? text : NULL;

	text[length > 0 ? length : 0] = '\0';
	for (; line && strncmp(line, member, strlen(member)); line = line ? line + 1 : NULL)
		line = strchr(line, '\n');
	return line ? atol(line + strlen(member)) : -2;
}

static long descriptor_info(const struct file *file, const char *member)
{
	cleanup_free char *path = text_format("../fdinfo/%d", file->fd);

	return path ? info_of(file->dir, path, member) : -2;
}

static int refuse_pidfd(struct criu *criu, const struct file *file)
{
	long pid = descriptor_info(file, "Pid:");

	if (pid < 0 || criu_has_pid(criu, (pid_t)pid))	/* of a dead process, -1 */
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "pidfd", .task = file->task, .fd = file->fd, .thing = file_text(file),
		.reason = text_format("it is of process %ld, which is not in the tree", pid),
		.says = text_format("pidfd pid %ld is not a part of process tree", pid),
	});
}

static int refuse_anonymous(struct criu *criu, const struct file *file)
{
	const char *kind = strchr(file->link, ':') + 1;
	struct stat stat;

	if (!strcmp(kind, "[pidfd]"))
		return refuse_pidfd(criu, file);
	if (can_be_made(kind) || file->fd < 0 || fstatat(file->dir, file->name, &stat, 0))
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "kind", .task = file->task, .fd = file->fd, .thing = file_text(file),
		.reason = strdup("CRIU can't make a descriptor of this kind"),
		/* a ring cannot even be handed to CRIU */
		.says = !strcmp(kind, "[io_uring]") ? strdup("Can't retrieve FDs from socket") :
			text_format("Can't dump file %d of that type [%o] (anon %s)", file->fd, stat.st_mode, file->link),
	});
}

/* Terminals are left to who restores: --shell-job. */
static bool is_terminal(const struct stat *stat)
{
	unsigned int device = major(stat->st_rdev);

	return S_ISCHR(stat->st_mode) && (device == 4 || device == 5 || (device >= 128 && device <= 143));
}

/* Shared memory, memfds: on a tmpfs of the kernel's own, which is mounted nowhere. So are files of huge pages. */
static void find_filesystems_of_kernel(struct criu *criu)
{
	static const unsigned int flags[] = { 0, MFD_HUGETLB };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		cleanup_fd int fd = memfd_create("procns", MFD_CLOEXEC | flags[i]);
		struct stat like;

		if (fd >= 0 && !fstat(fd, &like))
			criu->of_kernel[criu->nof_kernel++] = like.st_dev;
	}
}

static bool is_of_kernel(const struct criu *criu, const struct stat *stat)
{
	for (size_t i = 0; i < criu->nof_kernel; i++)
		if (criu->of_kernel[i] == stat->st_dev)
			return true;
	return false;
}

static int refuse_shm(struct criu *criu, const struct file *file)
{
	if (criu_takes(criu, PROCNS_IPC))
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "shm", .ns = file->task->ns[PROCNS_IPC], .task = file->task, .fd = -1, .thing = file_text(file),
		.reason = strdup("CRIU dumps SysV shared memory with the ipc namespace, and the root process has none of its own"),
		.says = text_format("Task %d with SysVIPC shmem map", file->task->pid),
	});
}

static long mount_of(const struct file *file)
{
	cleanup_free char *path = NULL;
	cleanup_fd int fd = -1;

	if (file->fd >= 0)
		return descriptor_info(file, "mnt_id:");
	fd = openat(file->dir, file->name, O_PATH | O_CLOEXEC);
	path = fd < 0 ? NULL : text_format("/proc/self/fdinfo/%d", fd);
	return path ? info_of(AT_FDCWD, path, "mnt_id:") : -2;
}

static int refuse_mounted(struct criu *criu, const struct file *file)
{
	long mount = mount_of(file);
	struct stat stat;

	if (mount < 0 || criu_knows_mount(criu, (int)mount) || fstatat(file->dir, file->name, &stat, 0) || is_terminal(&stat) ||
	    is_of_kernel(criu, &stat))
		return 0;
	return criu_refuse(criu, (struct criu_refusal){
		.rule = "file", .task = file->task, .fd = file->fd, .thing = file_text(file),
		.reason = strdup("it is on a mount that is in none of the tree's mount namespaces"),
		.says = text_format("Can't lookup mount=%ld for fd=", mount),
	});
}

/* Not where it has ended, or was closed. */
static bool read_link(struct file *file)
{
	ssize_t length = readlinkat(file->dir, file->name, file->link, sizeof(file->link) - 1);

	if (length >= 0)
		file->link[length] = 0;
	return length >= 0;
}

static int refuse_file(struct criu *criu, const struct file *file)
{
	enum procns_type type;
	uint32_t inum;

	if (file->fd < 0 && !strncmp(file->link, "/SYSV", 5))
		return refuse_shm(criu, file);
	if (file->link[0] == '/')
		return refuse_mounted(criu, file);
	if (!strncmp(file->link, "anon_inode:", 11))
		return refuse_anonymous(criu, file);
	if (parse_namespace(file->link, &type, &inum))
		return refuse_namespace(criu, file, type, inum);
	return 0;
}

/* Returns 1 where the directory can't be read. */
static int refuse_in(struct criu *criu, const struct procns_task *task, const char *directory)
{
	cleanup_free char *path = text_format("/proc/%d/%s", task->pid, directory);
	bool descriptors = !strcmp(directory, "fd");
	DIR *dir = path ? opendir(path) : NULL;
	char last[PATH_MAX] = "";	/* the parts of a file are mapped side by side */
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return path ? 1 : -ENOMEM;
	while (!err && (entry = readdir(dir))) {
		struct file file = { .task = task, .dir = dirfd(dir), .name = entry->d_name, .use = "mapping", .fd = -1 };

		if (entry->d_name[0] == '.' || !read_link(&file) || (!descriptors && !strcmp(file.link, last)))
			continue;
		snprintf(last, sizeof(last), "%s", file.link);
		if (descriptors)
			file.fd = atoi(entry->d_name);
		err = refuse_file(criu, &file);
	}
	closedir(dir);
	return err;
}

static int refuse_places(struct criu *criu, const struct procns_task *task)
{
	static const char *const places[] = { "exe", "cwd", "root" };
	cleanup_free char *path = text_format("/proc/%d", task->pid);
	cleanup_fd int dir = path ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	int err = path ? 0 : -ENOMEM;

	for (size_t i = 0; !err && dir >= 0 && i < ARRAY_SIZE(places); i++) {
		struct file file = { .task = task, .dir = dir, .name = places[i], .use = places[i], .fd = -1 };

		if (read_link(&file))
			err = refuse_file(criu, &file);
	}
	return err;
}

int criu_refuse_files(struct criu *criu)
{
	static const char *const directories[] = { "map_files", "fd" };
	size_t unread = 0;
	int err = 0;

	find_filesystems_of_kernel(criu);
	for (size_t i = 0; err >= 0 && i < criu->ntasks; i++) {
		if (criu_is_zombie(criu->tasks[i]))
			continue;
		for (size_t j = 0; err >= 0 && j < ARRAY_SIZE(directories); j++) {
			err = refuse_in(criu, criu->tasks[i], directories[j]);
			unread += err > 0;
		}
		if (err >= 0)
			err = refuse_places(criu, criu->tasks[i]);
	}
	if (err >= 0 && unread)
		err = criu_add_gap(criu, text_format("the files of some of the tree's %zu processes could not be read: they have ended, or "
						     "are another user's", criu->ntasks));
	return err < 0 ? err : 0;
}
