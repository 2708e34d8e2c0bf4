// SPDX-License-Identifier: GPL-2.0-or-later
/* Several threads take snapshots at once, a context each, while namespaces and processes come and go. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "procns.h"

enum { THREADS = 4, SNAPSHOTS = 8 };

/* Assertions of cmocka are for the main thread: the others count what is wrong. */
static atomic_int wrong;

static void check(const struct procns_snapshot *s)
{
	for (size_t i = 0; i < procns_count(s); i++) {
		const struct procns_ns *ns = procns_at(s, i);

		wrong += procns_find(s, ns->type, ns->inum) != ns;
		wrong += i && procns_at(s, i - 1)->type == ns->type && procns_at(s, i - 1)->inum >= ns->inum;
		for (size_t j = 0; j < ns->nthreads; j++)
			wrong += ns->members[j]->ns[ns->type] != ns;
		for (size_t j = 0; j < ns->nowned; j++)
			wrong += ns->owned[j]->owner != ns;
	}
	wrong += !procns_count(s);
}

static void *take_snapshots(void *unused)
{
	const struct procns_query query = {
		.want = PROCNS_FACT_MEMBERS | PROCNS_FACT_OWNER | PROCNS_FACT_PARENT | PROCNS_FACT_NAMES | PROCNS_FACT_HOLDERS,
	};
	struct procns *ctx;

	(void)unused;
	if (procns_new(&ctx)) {
		wrong++;
		return NULL;
	}
	wrong += !!procns_set_source(ctx, "proc");
	for (int i = 0; i < SNAPSHOTS; i++) {
		struct procns_snapshot *s;

		if (procns_snapshot(ctx, &query, &s))
			wrong++;
		else
			check(s);
		procns_snapshot_free(s);
	}
	procns_free(ctx);
	return NULL;
}

static pid_t start_churn(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (;;) {
		pid_t child = fork();

		if (!child)
			_exit(unshare(CLONE_NEWUTS | CLONE_NEWIPC));
		waitpid(child, NULL, 0);
	}
}

static void threads_do_not_meet(void **state)
{
	pthread_t threads[THREADS];
	pid_t churn = start_churn();

	(void)state;
	assert_true(churn > 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_snapshots, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	kill(churn, SIGKILL);
	waitpid(churn, NULL, 0);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(threads_do_not_meet) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
