// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading the directory while namespaces come and go. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/nsfs.h>
#include "fscheck.h"

/* One reading of the whole directory. */
struct pass {
	char **names;		/* those that must be there */
	unsigned int *met;	/* how often each was */
	int count;
	int64_t last;		/* position after the last entry */
	unsigned long entries;
	unsigned long backwards;
};

static void meet(struct pass *pass, const struct entry *entry)
{
	pass->entries++;
	if (entry->off <= pass->last)
		pass->backwards++;
	pass->last = entry->off;
	for (int i = 0; i < pass->count; i++)
		if (!strcmp(pass->names[i], entry->name))
			pass->met[i]++;
}

static ssize_t read_pass(int fd, char *buffer, size_t size, struct pass *pass)
{
	ssize_t n;

	pass->last = 0;
	memset(pass->met, 0, pass->count * sizeof(*pass->met));
	lseek(fd, 0, SEEK_SET);
	while ((n = read_entries(fd, buffer, size)) > 0)
		for (ssize_t at = 0; at < n; at += ((struct entry *)(buffer + at))->reclen)
			meet(pass, (struct entry *)(buffer + at));
	return n < 0 ? -errno : 0;
}

int check_getdents(int argc, char **argv)
{
	cleanup_fd fd = open(argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t size = strtoul(argv[1], NULL, 10);
	double deadline = seconds_now() + strtod(argv[2], NULL);
	struct pass pass = { .names = argv + 3, .count = argc - 3 };
	unsigned long passes = 0, lost = 0, repeated = 0;
	struct verdict v = { 0 };
	char *buffer = malloc(size);
	ssize_t err = 0;

	pass.met = calloc(pass.count + 1, sizeof(*pass.met));
	if (fd < 0 || !buffer || !pass.met) {
		perror(argv[0]);
		return 2;
	}
	do {
		err = read_pass(fd, buffer, size, &pass);
		passes++;
		for (int i = 0; i < pass.count; i++) {
			lost += pass.met[i] == 0;
			repeated += pass.met[i] > 1;
		}
	} while (!err && seconds_now() < deadline);

	say(&v, !err, "a directory can be read %zu bytes at a time", size);
	if (err)
		remark("%s", errno_text(err));
	say(&v, !lost, "no living entry is lost, %zu bytes at a time", size);
	say(&v, !repeated, "no living entry is repeated, %zu bytes at a time", size);
	say(&v, !pass.backwards, "positions only rise, %zu bytes at a time", size);
	remark("%lu readings, %lu entries, %d watched: %lu lost, %lu repeated, %lu positions not rising",
	       passes, pass.entries, pass.count, lost, repeated, pass.backwards);
	free(buffer);
	free(pass.met);
	return v.failures > 0;
}

#define SEEK_MAX 4096

/* Names and the position after each. */
struct listing {
	size_t count;
	int64_t off[SEEK_MAX];
	char name[SEEK_MAX][32];
};

static void list_all(int fd, struct listing *l)
{
	char buffer[8192];
	ssize_t n;

	l->count = 0;
	while ((n = read_entries(fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < n && l->count < SEEK_MAX;) {
			struct entry *e = (struct entry *)(buffer + at);

			l->off[l->count] = e->off;
			snprintf(l->name[l->count++], sizeof(l->name[0]), "%s", e->name);
			at += e->reclen;
		}
	}
}

static bool next_is(int fd, const char *name)
{
	char buffer[64];

	return read_entries(fd, buffer, sizeof(buffer)) > 0 && !strcmp(((struct entry *)buffer)->name, name);
}

int check_seek(int argc, char **argv)
{
	cleanup_fd fd = open(argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	static struct listing l;
	struct verdict v = { 0 };
	unsigned int wrong = 0;
	char buffer[64];

	(void)argc;
	if (fd < 0) {
		perror(argv[0]);
		return 2;
	}
	list_all(fd, &l);
	say(&v, l.count > 10, "the directory has entries");
	for (size_t i = l.count - 1; i-- > 0;) {
		lseek(fd, l.off[i], SEEK_SET);
		wrong += !next_is(fd, l.name[i + 1]);
	}
	say(&v, !wrong, "each position leads back to the entry after it");
	lseek(fd, l.off[l.count - 1], SEEK_SET);
	say(&v, read_entries(fd, buffer, sizeof(buffer)) == 0, "the last position is the end");
	lseek(fd, INT64_MAX, SEEK_SET);
	say(&v, read_entries(fd, buffer, sizeof(buffer)) == 0, "so is one far beyond");
	say(&v, lseek(fd, -1, SEEK_SET) < 0, "a negative position is refused");
	lseek(fd, 0, SEEK_SET);
	say(&v, read_entries(fd, buffer, 8) < 0 && errno == EINVAL, "a buffer too small for one entry is refused");
	say(&v, next_is(fd, l.name[0]), "and nothing is skipped by that");
	return v.failures > 0;
}

struct tally {
	unsigned long entries, opened, entered, gone, wrong;
};

static bool is_named(int fd, const char *name)
{
	static const struct { int flag; const char *name; } types[] = {
		{ CLONE_NEWCGROUP, "cgroup" }, { CLONE_NEWIPC, "ipc" }, { CLONE_NEWNS, "mnt" }, { CLONE_NEWNET, "net" },
		{ CLONE_NEWPID, "pid" }, { 0x80, "time" }, { CLONE_NEWUSER, "user" }, { CLONE_NEWUTS, "uts" },
	};
	int flag = ioctl(fd, NS_GET_NSTYPE);
	char expected[64];
	struct stat st;

	if (fstat(fd, &st))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].flag != flag)
			continue;
		snprintf(expected, sizeof(expected), "%s:[%" PRIu64 "]", types[i].name, (uint64_t)st.st_ino);
		return !strcmp(expected, name);
	}
	return false;
}

/* Which types one process can go back and forth between. */
static bool is_simple(const char *name)
{
	return !strncmp(name, "net:", 4) || !strncmp(name, "uts:", 4) || !strncmp(name, "ipc:", 4) || !strncmp(name, "cgroup:", 7);
}

static void visit(int dir, const char *name, struct tally *t)
{
	cleanup_fd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	char text[64];

	t->entries++;
	if (fd < 0) {
		/* gone since it was listed; only that is an excuse */
		t->gone += errno == ENOENT;
		if (errno != ENOENT) {
			remark("open of %s: %s", name, errno_text(-errno));
			t->wrong++;
		}
		return;
	}
	t->opened++;
	if (!is_named(fd, name)) {
		remark("%s opens as another namespace", name);
		t->wrong++;
	}
	if (readlinkat(dir, name, text, sizeof(text)) != (ssize_t)strlen(name)) {
		remark("an open %s is not listed", name);
		t->wrong++;
	}
	if (!is_simple(name))
		return;
	if (setns(fd, 0)) {
		remark("setns to %s: %s", name, errno_text(-errno));
		t->wrong++;
		return;
	}
	t->entered++;
}

static bool visit_all(int fd, struct tally *t)
{
	char buffer[1024];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = read_entries(fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < n; at += ((struct entry *)(buffer + at))->reclen) {
			const struct entry *e = (struct entry *)(buffer + at);

			if (e->name[0] != '.')
				visit(fd, e->name, t);
		}
	}
	return n == 0;
}

int check_enter(int argc, char **argv)
{
	cleanup_fd fd = open(argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	double deadline = seconds_now() + strtod(argv[1], NULL);
	struct verdict v = { 0 };
	struct tally t = { 0 };
	bool readable = true;

	(void)argc;
	if (fd < 0) {
		perror(argv[0]);
		return 2;
	}
	while (readable && seconds_now() < deadline)
		readable = visit_all(fd, &t);
	say(&v, readable, "the directory can be read all the time");
	say(&v, t.entries > 0 && t.opened > 0 && t.entered > 0, "entries are opened and entered");
	say(&v, !t.wrong, "each opens as what it is named, or is gone");
	remark("%lu entries met, %lu opened, %lu entered, %lu gone, %lu wrong", t.entries, t.opened, t.entered, t.gone, t.wrong);
	return v.failures > 0;
}

int check_opens(int argc, char **argv)
{
	cleanup_fd dir = open(argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char buffer[8192];
	ssize_t n;

	(void)argc;
	if (dir < 0) {
		perror(argv[0]);
		return 2;
	}
	while ((n = read_entries(dir, buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < n; at += ((struct entry *)(buffer + at))->reclen) {
			const char *name = ((struct entry *)(buffer + at))->name;
			cleanup_fd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

			if (name[0] != '.')
				printf("%s %s\n", name, errno_text(fd < 0 ? -errno : 0));
		}
	}
	return n < 0;
}

/* Holds all that looking gives: the directory open and half read, the entry's dentry by an O_PATH descriptor of the link. */
int check_nopin(int argc, char **argv)
{
	cleanup_fd dir = open(argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd entry = openat(dir, argv[1], O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char buffer[64];

	(void)argc;
	if (dir < 0 || entry < 0 || read_entries(dir, buffer, sizeof(buffer)) <= 0) {
		perror(argv[1]);
		return 2;
	}
	puts("ready");
	fflush(stdout);
	while (read(0, buffer, sizeof(buffer)) > 0)
		;
	return 0;
}
