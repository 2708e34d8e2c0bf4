// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first process of a restored pid namespace: the namespace can be entered for as long as it runs. It has nothing open, takes in
 * orphans, and ends by SIGTERM; with it ends every process of the namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "restore.h"

static void stop(int signal_number)
{
	(void)signal_number;
	_exit(0);
}

/* A first process gets no signal it does not handle. */
static void take_signals(void)
{
	struct sigaction end = { .sa_handler = stop }, ignore = { .sa_handler = SIG_IGN };
	sigset_t none;

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGCHLD, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing but the leash stays open: nobody waits for the end of our output, no namespace is held by accident. */
static void close_others(int *leash)
{
	int null = open("/dev/null", O_RDWR);
	int kept = dup2(*leash, 3);

	for (int fd = 0; fd < 3; fd++)
		if (null >= 0)
			dup2(null, fd);
		else
			close(fd);
	*leash = kept;
#ifdef SYS_close_range
	if (!syscall(SYS_close_range, 4, ~0u, 0))
		return;
#endif
	for (int fd = 4, most = (int)sysconf(_SC_OPEN_MAX); fd < most; fd++)
		close(fd);
}

/* Until the caller lets go (a byte, answered), or ends. */
static void wait_on_leash(int leash)
{
	char byte;
	ssize_t got;

	do
		got = read(leash, &byte, 1);
	while (got < 0 && errno == EINTR);
	if (got != 1 || write(leash, &byte, 1) != 1)
		_exit(0);
	close(leash);
}

void restore_be_init(int leash)
{
	take_signals();
	close_others(&leash);
	prctl(PR_SET_NAME, RESTORE_INIT_NAME);
	if (chdir("/"))
		_exit(1);
	wait_on_leash(leash);
	for (;;)
		pause();
}
