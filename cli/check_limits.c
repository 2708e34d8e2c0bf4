// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * procns check --user-limit: who is near user.max_*_namespaces. Each user namespace has limits of its own, which only somebody in it
 * reads; a child of ours goes there.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "charges.h"
#include "check.h"
#include "cleanup.h"
#include "say.h"
#include "text.h"

struct limits {
	int64_t max[PROCNS_NTYPES];
};

static _Noreturn void tell_limits(int user_ns, int out)
{
	struct limits limits;

	if (setns(user_ns, CLONE_NEWUSER))
		_exit(errno);
	limits_read(limits.max);
	_exit(write(out, &limits, sizeof(limits)) == (ssize_t)sizeof(limits) ? 0 : EIO);
}

/* 0 or a negative errno. */
static int read_in_child(int user_ns, struct limits *limits)
{
	int channel[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(channel))
		return -errno;
	pid = fork();
	if (!pid)
		tell_limits(user_ns, channel[1]);
	close(channel[1]);
	n = pid < 0 ? -1 : read(channel[0], limits, sizeof(*limits));
	close(channel[0]);
	if (pid < 0)
		return -EAGAIN;
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	if (n == (ssize_t)sizeof(*limits))
		return 0;
	return WIFEXITED(status) && WEXITSTATUS(status) ? -WEXITSTATUS(status) : -EIO;
}

static int limits_of(struct check *check, const struct procns_ns *user_ns, const struct procns_ns *own, struct limits *limits)
{
	cleanup_fd int fd = -1;

	if (user_ns == own) {
		limits_read(limits->max);
		return 0;
	}
	fd = procns_open_ns(check->ctx, check->snapshot, user_ns);
	return fd < 0 ? fd : read_in_child(fd, limits);
}

/* A limit that keeps nobody from anything (INT_MAX is what a new user namespace has) is reached by nobody. */
static bool is_near(const struct check *check, uint64_t count, int64_t limit)
{
	return count && limit >= 0 && (double)count * 100 >= (double)limit * check->percent;
}

static void compare(struct check *check, const struct charge *charge, const struct limits *limits)
{
	for (int type = 0; type < PROCNS_NTYPES; type++)
		if (is_near(check, charge->counts[type], limits->max[type]))
			check->users[check->nusers++] = (struct check_user){ charge->user_ns, charge->uid, type,
									     charge->counts[type], limits->max[type] };
}

static int by_user_ns(const void *left, const void *right)
{
	const struct charge *a = left, *b = right;

	if (a->user_ns != b->user_ns)
		return a->user_ns->inum < b->user_ns->inum ? -1 : 1;
	return a->uid < b->uid ? -1 : a->uid > b->uid;
}

static int compare_all(struct check *check, struct charges *charges, const struct procns_ns *own)
{
	struct limits limits = { { 0 } };
	size_t unread = 0;
	int err = 0, first_err = 0;

	check->users = calloc(charges->n * PROCNS_NTYPES + 1, sizeof(*check->users));
	if (!check->users)
		return -ENOMEM;
	if (charges->n)
		qsort(charges->list, charges->n, sizeof(*charges->list), by_user_ns);
	for (size_t i = 0; i < charges->n; i++) {
		const struct charge *charge = &charges->list[i];

		if (!i || charge->user_ns != charge[-1].user_ns) {
			err = limits_of(check, charge->user_ns, own, &limits);
			unread += err != 0;
			first_err = first_err ? first_err : err;
		}
		if (!err)
			compare(check, charge, &limits);
	}
	if (!unread)
		return 0;
	check->gaps[check->ngaps] = text_format("the limits in %zu user namespace%s could not be read (%s)", unread,
						unread == 1 ? "" : "s", strerror(-first_err));
	return check->gaps[check->ngaps++] ? 0 : -ENOMEM;
}

int check_user_limits(struct check *check)
{
	const struct procns_ns *own = NULL;
	struct charges charges = { 0 };
	int err;

	if (!check->percent)
		return CHECK_FINE;
	if (!charges_are_known(check->snapshot) || procns_resolve(check->ctx, check->snapshot, "/proc/self/ns/user", &own))
		return fail(check->cli, "--user-limit: who is charged for a namespace is known by bpf alone, and that was not used here; "
			    "'procns source' says why"), CHECK_TROUBLE;
	err = charges_count(&charges, check->snapshot);
	if (!err)
		err = compare_all(check, &charges, own);
	charges_free(&charges);
	return err ? (fail(check->cli, "out of memory"), CHECK_TROUBLE) : CHECK_FINE;
}
