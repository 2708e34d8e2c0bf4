// SPDX-License-Identifier: GPL-2.0-or-later
/* See fsfuzz.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "fsfuzz.h"

#define LIVES 4				/* at once */
#define LIFE_SECONDS 3
#define LATE_SECONDS 60			/* after that, and a kill, a process does not end any more */
#define MOST_SIBLINGS 2

struct life {
	pid_t pid;
	double since;
	bool killed;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* xorshift64*: small, and the same everywhere */
uint64_t random_next(struct fuzz *fuzz)
{
	fuzz->random ^= fuzz->random >> 12;
	fuzz->random ^= fuzz->random << 25;
	fuzz->random ^= fuzz->random >> 27;
	return fuzz->random * 0x2545F4914F6CDD1Dull;
}

uint64_t random_below(struct fuzz *fuzz, uint64_t n)
{
	return (random_next(fuzz) >> 16) % n;
}

bool one_in(struct fuzz *fuzz, unsigned int n)
{
	return !random_below(fuzz, n);
}

uint64_t random_bits(struct fuzz *fuzz, uint64_t all)
{
	uint64_t some = random_next(fuzz) & all;

	if (one_in(fuzz, 2))
		return some;
	for (some = 0; !some;)
		some = 1ull << random_below(fuzz, 64) & all;
	return one_in(fuzz, 8) ? 0 : some;
}

void *random_room(struct fuzz *fuzz, size_t size)
{
	if (one_in(fuzz, 32))
		return NULL;
	return fuzz->page + 4096 - (one_in(fuzz, 4) ? random_below(fuzz, size + 1) : size);
}

void wrong(struct fuzz *fuzz, const char *fmt, ...)
{
	int length;
	va_list args;

	if (fuzz->blind || __atomic_fetch_add(&fuzz->shared->wrong, 1, __ATOMIC_RELAXED))
		return;
	length = snprintf(fuzz->shared->first_wrong, FUZZ_TEXT, "life %llu: ", (unsigned long long)fuzz->seed);
	va_start(args, fmt);
	vsnprintf(fuzz->shared->first_wrong + length, FUZZ_TEXT - length, fmt, args);
	va_end(args);
}

void keep_fd(struct fuzz *fuzz, int fd)
{
	size_t at = random_below(fuzz, FUZZ_FDS);

	if (fd < 0)
		return;
	if (fuzz->fds[at] >= 0)
		close(fuzz->fds[at]);
	fuzz->fds[at] = fd;
}

int random_fd(struct fuzz *fuzz)
{
	for (int i = 0; i < 4; i++) {
		int fd = pick(fuzz, fuzz->fds);

		if (fd >= 0)
			return fd;
	}
	return -1;
}

const char *work_dir(struct fuzz *fuzz)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%u", fuzz->work, (unsigned int)random_below(fuzz, FUZZ_DIRS));
	return path;
}

int open_entry(struct fuzz *fuzz)
{
	const char *name = good_name(fuzz);
	int fd = name ? openat(fuzz->dir, name, O_RDONLY | O_CLOEXEC) : -1;

	keep_fd(fuzz, fd);
	return fd;
}

static int open_procns(const char *path, int flags)
{
	int fd = open(path, flags | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || (!fstatfs(fd, &fs) && fs.f_type == 0x70636e73))
		return fd;
	close(fd);
	return -1;
}

void reopen_dir(struct fuzz *fuzz)
{
	int old = fuzz->dir;

	fuzz->dir = open_procns(one_in(fuzz, 2) ? fuzz->top : work_dir(fuzz), one_in(fuzz, 4) ? O_PATH : O_RDONLY);
	if (fuzz->dir < 0)
		fuzz->dir = open_procns(fuzz->top, O_RDONLY);
	if (old >= 0)
		close(old);
}

/* What makes and ends namespaces and mounts takes a hundred times as long as a look. */
static const struct {
	const struct operation *list;
	const size_t *count;
	unsigned int weight;
} groups[] = {
	{ look_operations, &look_count, 28 },
	{ change_operations, &change_count, 8 },
	{ mount_operations, &mount_count, 4 },
	{ ns_operations, &ns_count, 3 },
};
#define ALL_WEIGHTS (28 + 8 + 4 + 3)

static void operate(struct fuzz *fuzz)
{
	uint64_t choice = random_below(fuzz, ALL_WEIGHTS);
	size_t group = 0, first = 0, at;
	const struct operation *operation;
	long got;

	while (choice >= groups[group].weight) {
		choice -= groups[group].weight;
		first += *groups[group++].count;
	}
	at = random_below(fuzz, *groups[group].count);
	operation = &groups[group].list[at];
	if (operation->mounts && !fuzz->may_mount)
		return;
	got = operation->run(fuzz);
	__atomic_add_fetch(&fuzz->shared->tried[first + at], 1, __ATOMIC_RELAXED);
	if (got < 0)
		return;
	__atomic_add_fetch(&fuzz->shared->succeeded[first + at], 1, __ATOMIC_RELAXED);
	if (operation->expected == NEVER)
		wrong(fuzz, "%s succeeded", operation->name);
}

/* Raw, so that the children may share descriptors. */
static void make_siblings(struct fuzz *fuzz)
{
	unsigned long flags = fuzz->blind ? 0x400 /* CLONE_FILES */ : 0;

	for (uint64_t i = random_below(fuzz, MOST_SIBLINGS + 1); i > 0; i--) {
		uint64_t random = random_next(fuzz) | 1;

		if (syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL) == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			fuzz->random = random;
			return;
		}
	}
}

static void live(struct fuzz *fuzz, double until)
{
	static const int harmless[] = { SIGIO, SIGPIPE, SIGURG, SIGXFSZ };
	int null = open("/dev/null", O_RDWR);

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		signal(harmless[i], SIG_IGN);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close(null);
	fuzz->page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fuzz->page == MAP_FAILED || mprotect(fuzz->page + 4096, 4096, PROT_NONE))
		_exit(EXIT_SUCCESS);
	fuzz->blind = one_in(fuzz, 4);
	enter_world(fuzz);
	reopen_dir(fuzz);
	for (int i = 0; i < 3; i++)	/* names to begin with */
		look_operations[0].run(fuzz);
	make_siblings(fuzz);
	while (now() < until)
		operate(fuzz);
	_exit(EXIT_SUCCESS);
}

static void begin(struct life *life, const struct fuzz *common, uint64_t seed)
{
	struct fuzz fuzz = *common;

	fuzz.seed = seed;
	fuzz.random = seed * 0x9E3779B97F4A7C15ull | 1;
	/* a life that may mount may have changed it for all */
	mount(NULL, common->top, NULL, MS_REMOUNT, "mode=555");
	life->since = now();
	life->killed = false;
	life->pid = fork();
	if (life->pid)
		return;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	live(&fuzz, life->since + 0.2 + (double)random_below(&fuzz, LIFE_SECONDS * 1000) / 1000);
}

/* Children of a life come here when it has ended: they are waited for too. */
static void end_one(struct life lives[LIVES], int *died)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	if (pid <= 0)
		usleep(5000);
	for (int i = 0; i < LIVES && pid > 0; i++)
		if (lives[i].pid == pid) {
			kill(-pid, SIGKILL);
			lives[i].pid = 0;
			*died = WIFSIGNALED(status) && !lives[i].killed ? WTERMSIG(status) : *died;
		}
	for (int i = 0; i < LIVES; i++)
		if (lives[i].pid > 0 && now() - lives[i].since > 2 * LIFE_SECONDS) {
			kill(-lives[i].pid, SIGKILL);
			lives[i].killed = true;
		}
}

static bool none_left(const struct life lives[LIVES])
{
	for (int i = 0; i < LIVES; i++)
		if (lives[i].pid > 0)
			return false;
	return true;
}

static bool say(bool ok, const char *text)
{
	printf("%sok - %s\n", ok ? "" : "not ", text);
	return ok;
}

static size_t first_of_that_name(const struct operation *list, size_t at)
{
	size_t first = 0;

	while (strcmp(list[first].name, list[at].name))
		first++;
	return first;
}

/* A line for each name; the operations that have two places in a table are one. */
static bool report(struct shared *shared)
{
	bool fine = true;
	size_t base = 0;

	for (size_t g = 0; g < ARRAY_SIZE(groups); base += *groups[g++].count) {
		const struct operation *list = groups[g].list;

		for (size_t i = 0; i < *groups[g].count; i++) {
			size_t first = first_of_that_name(list, i);
			char text[128];

			if (first != i) {
				shared->tried[base + first] += shared->tried[base + i];
				shared->succeeded[base + first] += shared->succeeded[base + i];
			}
			snprintf(text, sizeof(text), "%s: some succeed", list[i].name);
			if (list[i].expected == SOMETIMES && first == i)
				fine &= say(shared->succeeded[base + i] > 0, text);
		}
		for (size_t i = 0; i < *groups[g].count; i++)
			if (first_of_that_name(list, i) == i)
				printf("# %-28s %8lu tried, %lu succeeded\n", list[i].name, shared->tried[base + i],
				       shared->succeeded[base + i]);
	}
	return fine;
}

/*
 * What is fuzzed is mounted once more, above an empty filesystem of our own: who unmounts it and takes what is below for it would else
 * remount that, for all.
 */
static bool make_top(const char *work, const char *of, char top[FUZZ_TEXT])
{
	snprintf(top, FUZZ_TEXT, "%s/top", work);
	if (mkdir(top, 0755) || mount("fsfuzz", top, "tmpfs", 0, "mode=755"))
		return false;
	strcat(top, "/namespaces");
	return !mkdir(top, 0755) && !mount(of, top, NULL, MS_BIND, NULL);
}

static bool make_work(char *work)
{
	char path[256];
	int fd;

	/* of its own, as some of what is done makes a whole filesystem read-only */
	if (!mkdtemp(work) || mount("fsfuzz", work, "tmpfs", 0, "mode=755"))
		return false;
	for (int i = 0; i < FUZZ_DIRS; i++) {
		snprintf(path, sizeof(path), "%s/%d", work, i);
		if (mkdir(path, 0755))
			return false;
	}
	snprintf(path, sizeof(path), "%s/file", work);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void remove_work(const char *work)
{
	umount2(work, MNT_DETACH);
	rmdir(work);
}

static int fuzz_all(struct fuzz *common, double seconds, uint64_t seed)
{
	double began = now(), until = began + seconds;
	struct life lives[LIVES] = { 0 };
	uint64_t next = seed;
	int died = 0;
	bool fine;

	while (now() < until || (!none_left(lives) && now() < until + LATE_SECONDS)) {
		for (int i = 0; i < LIVES && now() < until; i++)
			if (lives[i].pid <= 0)
				begin(&lives[i], common, next++);
		end_one(lives, &died);
	}
	printf("# %llu lives in %.0f s\n", (unsigned long long)(next - seed), now() - began);
	fine = say(none_left(lives), "every process ended");
	fine &= say(!died, "none died of a signal");
	if (died)
		printf("# of %s\n", strsignal(died));
	fine &= say(!common->shared->wrong, "nothing was wrong");
	if (common->shared->wrong)
		printf("# %u times, first in %s\n", common->shared->wrong, common->shared->first_wrong);
	return !(report(common->shared) && fine);
}

int main(int argc, char **argv)
{
	struct fuzz common = { .dir = -1 };
	char work[] = "/tmp/fsfuzz.XXXXXX", top[FUZZ_TEXT];
	uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : (uint64_t)time(NULL);
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 3 || argc > 4 || atof(argv[2]) <= 0) {
		fputs("usage: fsfuzz DIR SECONDS [SEED]\n", stderr);
		return 2;
	}
	common.top = top;
	common.work = work;
	memset(common.fds, -1, sizeof(common.fds));
	common.shared = mmap(NULL, sizeof(*common.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (common.shared == MAP_FAILED || !make_work(work) || !make_top(work, argv[1], top) || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
		perror("fsfuzz");
		return 2;
	}
	printf("# seed %llu\n", (unsigned long long)seed);
	status = fuzz_all(&common, atof(argv[2]), seed);
	remove_work(work);
	return status;
}
