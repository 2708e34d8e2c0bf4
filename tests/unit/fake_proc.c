// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_proc.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "context.h"

#define NOBODY 65534

static const char *below(const struct fake_proc *fake, const char *path)
{
	static char full[256];

	snprintf(full, sizeof(full), "%s/%s", fake->root, path);
	return full;
}

void fake_directory(const struct fake_proc *fake, const char *path)
{
	assert_int_equal(mkdir(below(fake, path), 0755), 0);
}

void fake_file(const struct fake_proc *fake, const char *path, const char *text)
{
	FILE *file = fopen(below(fake, path), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

void fake_link(const struct fake_proc *fake, const char *path, const char *target)
{
	unlink(below(fake, path));
	assert_int_equal(symlink(target, below(fake, path)), 0);
}

/* "net:[5]" becomes PREFIX/ns/net -> net:[5]; "pid_for_children:[5]" leads to pid:[5]. */
static void make_links(const struct fake_proc *fake, const char *prefix, const char *namespaces)
{
	char name[32], number[32], path[128], target[64];
	int used;

	for (; sscanf(namespaces, " %31[a-z_]:%31s%n", name, number, &used) == 2; namespaces += used) {
		snprintf(path, sizeof(path), "%s/ns/%s", prefix, name);
		snprintf(target, sizeof(target), "%.*s:%s", (int)strcspn(name, "_"), name, number);
		fake_link(fake, path, target);
	}
}

static void make_task(const struct fake_proc *fake, const char *prefix, pid_t tid, pid_t ppid, const char *comm,
		      const char *namespaces)
{
	char path[128], text[128];

	fake_directory(fake, prefix);
	snprintf(path, sizeof(path), "%s/ns", prefix);
	fake_directory(fake, path);
	make_links(fake, prefix, FAKE_NS_NUMBERS);
	make_links(fake, prefix, namespaces);
	snprintf(path, sizeof(path), "%s/fd", prefix);
	fake_directory(fake, path);
	snprintf(path, sizeof(path), "%s/stat", prefix);
	snprintf(text, sizeof(text), "%d (%s) S %d 1 1 0 -1\n", tid, comm, ppid);
	fake_file(fake, path, text);
	snprintf(path, sizeof(path), "%s/comm", prefix);
	snprintf(text, sizeof(text), "%s\n", comm);
	fake_file(fake, path, text);
}

void fake_thread(const struct fake_proc *fake, pid_t pid, pid_t tid, const char *comm, const char *namespaces)
{
	char prefix[64];

	snprintf(prefix, sizeof(prefix), "%d/task/%d", pid, tid);
	make_task(fake, prefix, tid, 0, comm, namespaces);
}

void fake_process(const struct fake_proc *fake, pid_t pid, pid_t ppid, const char *comm, const char *namespaces)
{
	char path[64];

	snprintf(path, sizeof(path), "%d", pid);
	make_task(fake, path, pid, ppid, comm, namespaces);
	snprintf(path, sizeof(path), "%d/task", pid);
	fake_directory(fake, path);
	fake_thread(fake, pid, pid, comm, namespaces);
}

void fake_refusal(const struct fake_proc *fake, const char *path)
{
	assert_int_equal(chmod(below(fake, path), 0), 0);
}

void fake_proc_drop_root(void)
{
	if (geteuid())
		return;
	if (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
		abort();
}

int fake_proc_make(void **state)
{
	struct fake_proc *fake = calloc(1, sizeof(*fake));

	snprintf(fake->root, sizeof(fake->root), "/tmp/procns-unit-XXXXXX");
	if (!mkdtemp(fake->root) || procns_new(&fake->ctx))
		return -1;
	fake->ctx->proc_root = fake->root;
	*state = fake;
	fake_process(fake, 2, 0, "kthreadd", "");
	fake_process(fake, 100, 1, "test", "");
	fake_link(fake, "self", "100");
	fake_link(fake, "thread-self", "100/task/100");
	fake_file(fake, "100/task/100/mountinfo", "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n");
	return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

static int let_in(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)walk;
	return type == FTW_DNR || (type == FTW_D && !(st->st_mode & 0700)) ? chmod(path, 0755) : 0;
}

int fake_proc_unmake(void **state)
{
	struct fake_proc *fake = *state;

	procns_free(fake->ctx);
	nftw(fake->root, let_in, 16, FTW_PHYS);
	if (nftw(fake->root, remove_entry, 16, FTW_PHYS | FTW_DEPTH))
		return -1;
	free(fake);
	return 0;
}
