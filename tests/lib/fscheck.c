// SPDX-License-Identifier: GPL-2.0-or-later
/* See fscheck.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "fscheck.h"

static const struct {
	const char *name;
	int arguments;
	int (*run)(int argc, char **argv);
} checks[] = {
	{ "compare", 2, check_compare },
	{ "names", 1, check_names },
	{ "frozen", 2, check_frozen },
	{ "getdents", 3, check_getdents },
	{ "seek", 1, check_seek },
	{ "enter", 2, check_enter },
	{ "opens", 1, check_opens },
	{ "within", 1, check_within },
	{ "nopin", 2, check_nopin },
};

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

void say(struct verdict *v, bool ok, const char *fmt, ...)
{
	va_list args;

	v->failures += !ok;
	fputs(ok ? "ok - " : "not ok - ", stdout);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

void remark(const char *fmt, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

const char *errno_text(long result)
{
	static char number[32];
	const char *name = result < 0 ? strerrorname_np(-result) : NULL;

	if (name)
		return name;
	snprintf(number, sizeof(number), "%ld", result);
	return number;
}

double seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

ssize_t read_entries(int fd, void *buffer, size_t size)
{
	return syscall(SYS_getdents64, fd, buffer, size);
}

int main(int argc, char **argv)
{
	const char *wanted = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (!strcmp(checks[i].name, wanted) && argc - 2 >= checks[i].arguments)
			return checks[i].run(argc - 2, argv + 2);
	fputs("usage: fscheck CHECK ARGUMENT...: see fscheck.h\n", stderr);
	return 2;
}
