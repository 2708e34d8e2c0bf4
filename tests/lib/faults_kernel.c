// SPDX-License-Identifier: GPL-2.0-or-later
/* See faults.h, and the kernel's Documentation/fault-injection. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "faults.h"

#define FAIL_NTH "/proc/thread-self/fail-nth"

/* From the first byte of a function to the first of the next. */
struct range {
	unsigned long start, end;
};

static bool put_text(const char *path, const char *text)
{
	cleanup_fd fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, text, strlen(text)) >= 0)
		return true;
	fprintf(stderr, "faults: cannot write %s to %s: %s; this takes root and a kernel with FAILSLAB, FAIL_PAGE_ALLOC, "
		"FAULT_INJECTION_DEBUG_FS and FAULT_INJECTION_STACKTRACE_FILTER\n", text, path, strerror(errno));
	return false;
}

static bool put_knob(const char *kind, const char *knob, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", kind, knob);
	return put_text(path, text);
}

static bool put_number(const char *kind, const char *knob, unsigned long number)
{
	char text[32];

	snprintf(text, sizeof(text), "%#lx", number);
	return put_knob(kind, knob, text);
}

/* Where several functions have the name, the first. */
static bool find_function(const char *name, struct range *range)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	unsigned long address;
	char line[512], symbol[256];

	*range = (struct range) { 0 };
	while (symbols && fgets(line, sizeof(line), symbols))
		if (sscanf(line, "%lx %*c %255s", &address, symbol) == 2 && !strcmp(symbol, name) && !range->start)
			range->start = address;
	if (symbols)
		rewind(symbols);
	while (symbols && range->start && fgets(line, sizeof(line), symbols))
		if (sscanf(line, "%lx", &address) == 1 && address > range->start && (!range->end || address < range->end))
			range->end = address;
	if (symbols)
		fclose(symbols);
	if (!range->end)
		fprintf(stderr, "faults: /proc/kallsyms has no function %s, or hides where it is\n", name);
	return range->end;
}

/* The text of a loaded module: a function is taken to be smaller than a page, which only matters for the last. */
static bool find_module(const char *name, struct range *range)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	char line[512], type, module[64];
	unsigned long address;

	*range = (struct range) { -1ul, 0 };
	while (symbols && fgets(line, sizeof(line), symbols)) {
		if (sscanf(line, "%lx %c %*s [%63[^]]", &address, &type, module) != 3 || strcmp(module, name) || !strchr("tT", type))
			continue;
		range->start = address < range->start ? address : range->start;
		range->end = address + 4096 > range->end ? address + 4096 : range->end;
	}
	if (symbols)
		fclose(symbols);
	if (!range->end)
		fprintf(stderr, "faults: /proc/kallsyms has no function of the module %s\n", name);
	return range->end;
}

static bool put_range(const char *kind, const char *which, const struct range *range)
{
	char knob[32];

	snprintf(knob, sizeof(knob), "%s-start", which);
	if (!put_number(kind, knob, range->start))
		return false;
	snprintf(knob, sizeof(knob), "%s-end", which);
	return put_number(kind, knob, range->end);
}

/* As the kernel has them at boot: every caller, and no caller. */
static const struct range any = { 0, -1ul }, none = { 0, 0 };

static bool allow(const struct range *required, const struct range *rejected)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!put_knob(kinds[i], "ignore-gfp-wait", "N") || !put_knob(kinds[i], "verbose", "0") ||
		    !put_knob(kinds[i], "task-filter", "N") || !put_knob(kinds[i], "probability", "0") ||
		    !put_range(kinds[i], "require", required) || !put_range(kinds[i], "reject", rejected))
			return false;
	return put_knob("failslab", "cache-filter", "N") && put_knob("fail_page_alloc", "ignore-gfp-highmem", "N") &&
	       put_knob("fail_page_alloc", "min-order", "0");
}

bool faults_allow(const char *beneath, const char *never_beneath)
{
	struct range required = any, rejected = none;

	return (!beneath || find_function(beneath, &required)) && (!never_beneath || find_function(never_beneath, &rejected)) &&
	       allow(&required, &rejected);
}

bool faults_allow_module(const char *module, const char *never_beneath)
{
	struct range required, rejected = none;

	return find_module(module, &required) && (!never_beneath || find_function(never_beneath, &rejected)) &&
	       allow(&required, &rejected);
}

bool faults_always(bool fail)
{
	return put_knob("failslab", "times", "-1") && put_knob("failslab", "probability", fail ? "100" : "0");
}

/* Kept open: opening it would allocate too. */
static int nth_file(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	return fd;
}

bool faults_arm(unsigned int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(nth_file(), text, length, 0) == length)
		return true;
	fprintf(stderr, "faults: cannot write %u to " FAIL_NTH ": %s; this takes a kernel with FAULT_INJECTION\n", nth, strerror(errno));
	return false;
}

int faults_disarm(void)
{
	char text[16] = "";

	if (pread(nth_file(), text, sizeof(text) - 1, 0) <= 0 || !faults_arm(0))
		return -1;
	return atoi(text);
}
