// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

#include "command.h"
#include "live.h"
#include "say.h"
#include "text.h"

int64_t live_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int live_parse_seconds(const struct cli *cli, const char *option, const char *text, double least, double most, int64_t *ms)
{
	char *end;
	double seconds;

	errno = 0;
	seconds = strtod(text, &end);
	if (errno || end == text || *end || !(seconds >= least) || seconds > most)
		return fail(cli, "%s: %s: not a number of seconds (%g to %.0f)", option, text, least, most);
	*ms = (int64_t)(seconds * 1000);
	return EXIT_OK;
}

int live_parse_count(const struct cli *cli, const char *option, const char *text, int64_t most, uint64_t *count)
{
	int64_t value;

	if (!text_to_number(text, 1, most, &value))
		return fail(cli, "%s: %s: not a number from 1 on", option, text);
	*count = (uint64_t)value;
	return EXIT_OK;
}

int live_open_signals(const struct cli *cli, const int *ends, size_t count)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < count; i++)
		sigaddset(&set, ends[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		fail(cli, "cannot wait for signals: %s", strerror(errno));
	return fd;
}
