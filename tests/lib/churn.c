// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Churn: workers that make and release every kind of every type at random, in processes of their own, which also are
 * killed half-way now and then. Ends by itself; status 1 where a kind failed for another reason than a lack of memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "nsmake.h"

struct score {
	unsigned long made, skipped, failed, killed, quick;
	unsigned long made_of[KINDS_MAX];
};

enum outcome { MADE = 0, FAILED = 1, CHURN_SKIPPED = NSMAKE_SKIP };

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* One of the types of a kind, the n-th and round again. */
static int nth_type(const struct kind *kind, unsigned int n)
{
	for (;;)
		for (size_t i = 0; i < ARRAY_SIZE(ns_types); i++)
			if ((kind->types & ns_types[i].flag) && n-- == 0)
				return ns_types[i].flag;
}

static int tolerable(int err)
{
	return err == SKIPPED || err == -ENOMEM || err == -ENOSPC || err == -EAGAIN || err == -ENOBUFS;
}

/* A state that lives up to 4 ms */
static void live_once(const struct kind *kind, int flag, unsigned int microseconds, bool leave)
{
	struct nsmake m;
	int err;

	alarm(30);
	if (state_init(&m))
		_exit(CHURN_SKIPPED);
	err = state_build(&m, kind, flag);
	if (!err)
		usleep(microseconds);
	if (leave)	/* everything to the kernel */
		_exit(err ? (tolerable(err) ? CHURN_SKIPPED : FAILED) : MADE);
	if (!err)
		err = state_release(&m);
	if (err && !tolerable(err))
		fprintf(stderr, "nsmake: churn: %s %s: %s\n", kind->name, ns_type(flag)->name, m.why);
	_exit(err ? (tolerable(err) ? CHURN_SKIPPED : FAILED) : MADE);
}

static void count_one(struct score *score, size_t kind, int status, bool killed)
{
	unsigned long *where = &score->failed;

	if (killed)
		where = &score->killed;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == MADE)
		where = &score->made;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == CHURN_SKIPPED)
		where = &score->skipped;
	if (where == &score->made)
		__atomic_add_fetch(&score->made_of[kind], 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(where, 1, __ATOMIC_RELAXED);
}

/* Namespaces that cost little, born and replaced as fast as can be: what a reader meets is rarely there for long. */
struct pool {
	int fds[128];
};

static void quick_steps(struct pool *pool, unsigned int *seed, struct score *score)
{
	static const int cheap[] = { CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWCGROUP, CLONE_NEWUTS | CLONE_NEWIPC };
	struct nsmake m = { 0 };

	for (int i = 0; i < 32; i++) {
		int *slot = &pool->fds[rand_r(seed) % ARRAY_SIZE(pool->fds)];

		if (*slot > 0)
			close(*slot);
		*slot = -1;
		if (unshare(cheap[rand_r(seed) % ARRAY_SIZE(cheap)]))
			continue;
		*slot = ns_open_of(&m, getpid(), rand_r(seed) % 2 ? "uts" : "ipc");
		__atomic_add_fetch(&score->quick, 1, __ATOMIC_RELAXED);
	}
}

/* Each kind once a round, in a new order each time: a short churn, too, is of many kinds. */
struct order {
	size_t at;
	size_t kinds[KINDS_MAX];
};

static size_t next_kind(struct order *order, unsigned int *seed)
{
	if (order->at == 0) {
		for (size_t i = 0; i < kinds_count; i++) {
			size_t j = rand_r(seed) % (i + 1);

			order->kinds[i] = order->kinds[j];
			order->kinds[j] = i;
		}
		order->at = kinds_count;
	}
	return order->kinds[--order->at];
}

static void churn_until(double deadline, unsigned int seed, struct score *score)
{
	struct pool pool = { 0 };
	struct order order = { 0 };

	while (now() < deadline && getppid() != 1) {
		size_t index = next_kind(&order, &seed);
		const struct kind *kind = &kinds[index];
		int flag = nth_type(kind, rand_r(&seed) % 8);
		unsigned int life = rand_r(&seed);
		bool residue = !strcmp(kind->name, "bind-here");	/* what it leaves stays */
		bool killed = life % 10 == 7 && !residue;
		pid_t pid = fork_into(0);
		int status;

		if (pid == 0)
			live_once(kind, flag, life % 4000, life % 3 == 0 && !residue);
		if (pid < 0)
			continue;
		if (killed) {
			usleep(life % 5000);
			kill(pid, SIGKILL);
		}
		waitpid(pid, &status, 0);
		count_one(score, index, status, killed);
		quick_steps(&pool, &seed, score);
	}
}

static void say(const struct score *score, unsigned int seed)
{
	size_t seen = 0;

	for (size_t i = 0; i < kinds_count; i++)
		seen += score->made_of[i] > 0;
	printf("{\"kind\":\"churn\",\"seed\":%u,\"made\":%lu,\"kinds\":%zu,\"of\":%zu,\"quick\":%lu,\"skipped\":%lu,"
	       "\"killed\":%lu,\"failed\":%lu}\n", seed, score->made, seen, kinds_count, score->quick, score->skipped,
	       score->killed, score->failed);
}

int cmd_churn(int argc, char **argv)
{
	double seconds = argc > 0 ? strtod(argv[0], NULL) : 0;
	long workers = argc > 1 ? strtol(argv[1], NULL, 10) : 2;
	unsigned int seed = argc > 2 ? strtoul(argv[2], NULL, 10) : (unsigned int)time(NULL);
	struct score *score;

	if (seconds <= 0 || workers <= 0) {
		fputs("nsmake: churn SECONDS [WORKERS [SEED]]\n", stderr);
		return 2;
	}
	score = mmap(NULL, sizeof(*score), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (score == MAP_FAILED)
		return 1;
	for (long i = 0; i < workers; i++) {
		pid_t pid = fork_into(0);

		if (pid < 0)
			return 1;
		if (pid > 0)
			continue;
		churn_until(now() + seconds, seed + i, score);
		_exit(0);
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	say(score, seed);
	return score->failed ? 1 : 0;
}
