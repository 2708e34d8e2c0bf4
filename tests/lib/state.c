// SPDX-License-Identifier: GPL-2.0-or-later
/* A state's life: built, said, released in the reverse order. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/membarrier.h>
#include "nsmake.h"

struct undo {
	struct undo *earlier;
	enum { UNDO_CLOSE, UNDO_UMOUNT, UNDO_UNLINK, UNDO_KILL, UNDO_KEEPER } how;
	pid_t pid;
	int fd;
	char path[];
};

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

int state_init(struct nsmake *m)
{
	memset(m, 0, sizeof(*m));
	m->out = open_memstream(&m->text, &m->length);
	return m->out ? 0 : -ENOMEM;
}

void state_free(struct nsmake *m)
{
	if (m->out)
		fclose(m->out);
	free(m->text);
	m->out = NULL;
	m->text = NULL;
}

int fail(struct nsmake *m, const char *fmt, ...)
{
	int err = errno ? errno : EINVAL;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(m->why, sizeof(m->why), fmt, args);
	va_end(args);
	if (n >= 0 && (size_t)n < sizeof(m->why))
		snprintf(m->why + n, sizeof(m->why) - n, ": %s", strerror(err));
	return -err;
}

int skip(struct nsmake *m, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(m->why, sizeof(m->why), fmt, args);
	va_end(args);
	return SKIPPED;
}

/* What the credentials of helpers held is put after a grace period. */
void state_settle(void)
{
	for (int i = 0; i < 2; i++)
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

int state_build(struct nsmake *m, const struct kind *kind, int flag)
{
	struct ns ns = { .flag = flag, .fd = -1 };
	int err = 0;

	if (kind->flags & KIND_MOUNTS)
		err = own_mounts(m);
	if (!err && !(kind->flags & KIND_CREATES))
		err = ns_create(m, &ns);
	if (!err) {
		json_str(m, "kind", "%s", kind->name);
		if (!(kind->flags & KIND_CREATES))
			json_ns(m, "ns", ns.fd);
		err = kind->build(m, &ns);
	}
	if (!err && (kind->flags & KIND_CREATES))
		json_ns(m, "ns", ns.fd);
	ns_close(&ns);
	if (err)
		return err;
	return fputs("}\n", m->out) < 0 || fflush(m->out) ? fail(m, "writing the line") : 0;
}

static int undo_one(struct nsmake *m, const struct undo *undo)
{
	switch (undo->how) {
	case UNDO_CLOSE:
		return close(undo->fd) ? fail(m, "closing descriptor %d", undo->fd) : 0;
	case UNDO_UMOUNT:
		return umount2(undo->path, MNT_DETACH) ? fail(m, "unmounting %s", undo->path) : 0;
	case UNDO_UNLINK:
		return unlink(undo->path) ? fail(m, "removing %s", undo->path) : 0;
	case UNDO_KILL:
		kill(undo->pid, SIGKILL);
		break;
	case UNDO_KEEPER:
		close(undo->fd);
		break;
	}
	return waitpid(undo->pid, NULL, 0) < 0 ? fail(m, "waiting for %d", undo->pid) : 0;
}

int undo_last(struct nsmake *m)
{
	struct undo *undo = m->undo;
	int err = undo_one(m, undo);

	m->undo = undo->earlier;
	free(undo);
	return err;
}

/* Sockets in flight in each other go when any unix socket is closed next. */
static void collect_garbage(void)
{
	close(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

int state_release(struct nsmake *m)
{
	int err = 0;

	while (m->undo) {
		int failed = undo_last(m);

		err = err ?: failed;
	}
	collect_garbage();
	return err;
}

static int undo_push(struct nsmake *m, const struct undo *undo, const char *path)
{
	struct undo *new = malloc(sizeof(*new) + strlen(path) + 1);

	if (!new) {
		undo_one(m, undo);
		errno = ENOMEM;
		return fail(m, "remembering what to release");
	}
	memcpy(new, undo, sizeof(*undo));
	strcpy(new->path, path);
	new->earlier = m->undo;
	m->undo = new;
	return 0;
}

int undo_close(struct nsmake *m, int fd)
{
	return undo_push(m, &(struct undo){ .how = UNDO_CLOSE, .fd = fd }, "");
}

int undo_umount(struct nsmake *m, const char *path)
{
	return undo_push(m, &(struct undo){ .how = UNDO_UMOUNT }, path);
}

int undo_unlink(struct nsmake *m, const char *path)
{
	return undo_push(m, &(struct undo){ .how = UNDO_UNLINK }, path);
}

int undo_kill(struct nsmake *m, pid_t pid)
{
	return undo_push(m, &(struct undo){ .how = UNDO_KILL, .pid = pid }, "");
}

int undo_keeper(struct nsmake *m, pid_t pid, int channel)
{
	return undo_push(m, &(struct undo){ .how = UNDO_KEEPER, .pid = pid, .fd = channel }, "");
}
