// SPDX-License-Identifier: GPL-2.0-or-later
/* Many namespaces that are gone as soon as they are born: for whoever watches. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include "nsmake.h"

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Each is left for the next, and the last one as the process ends. */
int cmd_burst(int argc, char **argv)
{
	long count = argc > 0 ? strtol(argv[0], NULL, 10) : 0;
	const char *type = argc > 1 ? argv[1] : "uts";
	int flag = ns_flag(type);
	double began, took;

	if (count <= 0 || !flag) {
		fputs("nsmake: burst N [TYPE]\n", stderr);
		return 2;
	}
	began = seconds();
	for (long i = 0; i < count; i++) {
		if (unshare(flag)) {
			perror("nsmake: unshare");
			return 1;
		}
	}
	took = seconds() - began;
	printf("{\"kind\":\"burst\",\"count\":%ld,\"type\":\"%s\",\"per_second\":%.0f}\n", count, type, count / took);
	return 0;
}
