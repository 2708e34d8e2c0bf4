// SPDX-License-Identifier: GPL-2.0-or-later
/* See faults.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "faults.h"

#define MOST 20000		/* allocations of one operation: more, and it does not come to an end */

#define COUNTING 1000000000u	/* a number that is never reached */

struct tally {
	unsigned int failed[134];	/* how many failures led to each errno; [0]: to none */
	unsigned int injected;
	unsigned int tried;
	unsigned int unexpected;	/* errnos that do not tell of memory */
	unsigned int broken;		/* the same did not succeed afterwards, or could not be undone */
};

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

int negative_errno(long got)
{
	return got < 0 ? -errno : 0;
}

static bool say(bool ok, const char *operation, const char *text)
{
	printf("%sok - %s: %s\n", ok ? "" : "not ", operation, text);
	return ok;
}

static const char *name_of(int error)
{
	const char *name = error ? strerrorname_np(-error) : "success";

	return name ? name : "an unknown errno";
}

/* Only the first few: one mistake is met at many allocations. */
static void complain(unsigned int *count, unsigned int nth, const char *what, int error)
{
	if ((*count)++ < 10)
		printf("# allocation %u: %s: %s\n", nth, what, name_of(error));
}

/* How many allocations there are of those that are allowed to fail; less than 0 where that cannot be said. */
static long count_all(const struct operation *operation, const struct place *place)
{
	int left, error;

	if ((operation->begin && operation->begin(place)) || !faults_arm(COUNTING))
		return -1;
	error = operation->run(place);
	left = faults_disarm();
	if (error || (operation->end && operation->end(place)))
		return -1;
	return (long)COUNTING - left;
}

/* Once more, with nothing failing. */
static void do_again(const struct operation *operation, const struct place *place, unsigned int nth, struct tally *tally)
{
	int error = operation->run(place);

	if (error)
		complain(&tally->broken, nth, "afterwards, with no allocation failing", error);
	else if (operation->end && (error = operation->end(place)))
		complain(&tally->broken, nth, "undoing it afterwards", error);
}

static bool is_edge(const struct operation *operation, unsigned int nth, long total)
{
	const char *told = getenv("FAULTS_EDGE");
	unsigned int edge = told ? (unsigned int)strtoul(told, NULL, 10) : operation->edge;

	return !operation->edge || nth <= edge || (int64_t)nth + edge > total;
}

/* True as long as there was an nth. */
static bool let_fail(const struct operation *operation, const struct place *place, unsigned int nth, struct tally *tally)
{
	int error = operation->begin ? operation->begin(place) : 0;
	int left;

	if (error) {
		complain(&tally->broken, nth, "before it", error);
		return false;
	}
	if (!faults_arm(nth))
		exit(2);
	error = operation->run(place);
	left = faults_disarm();
	if (left < 0) {
		fputs("faults: the kernel does not tell whether an allocation has failed\n", stderr);
		exit(2);
	}
	if (!left) {
		tally->injected++;
		if (-error < (int)ARRAY_SIZE(tally->failed))
			tally->failed[-error]++;
	}
	if (error && (left || !operation->fails || (error != -ENOMEM && error != -operation->also)))
		complain(&tally->unexpected, nth, left ? "none failed, yet" : "it ended with", error);
	if (error && (!operation->edge || ++tally->tried % SAMPLE == 1))
		do_again(operation, place, nth, tally);
	else if (!error && operation->end && (error = operation->end(place)))
		complain(&tally->broken, nth, "undoing it", error);
	return !left;
}

static void report_errnos(const struct operation *operation, const struct tally *tally, double seconds)
{
	printf("# %s: %u allocations failed one at a time in %.0f s:", operation->name, tally->injected, seconds);
	for (int i = 0; i < (int)ARRAY_SIZE(tally->failed); i++)
		if (tally->failed[i])
			printf(" %u led to %s", tally->failed[i], name_of(-i));
	putchar('\n');
}

static bool report_own(const struct operation *operation, const struct place *place)
{
	long count = faults_allow_module("procns", NULL) ? count_all(operation, place) : -1;

	printf("# %s: %ld of them beneath procns\n", operation->name, count);
	return say(count > 0, operation->name, "some are of procns");
}

static int fail_all(const struct operation *operation, const struct place *place)
{
	struct tally tally = { 0 };
	time_t began = time(NULL);
	unsigned int nth = 1;
	long total;
	bool fine;

	/* what the kernel makes once and keeps */
	if (operation->begin)
		operation->begin(place);
	do_again(operation, place, 0, &tally);
	total = count_all(operation, place);
	while (nth < MOST && tally.broken < 10 &&
	       ((!is_edge(operation, nth, total) && nth % SAMPLE) || let_fail(operation, place, nth, &tally)))
		nth++;
	printf("# %s: of about %ld allocations\n", operation->name, total);
	report_errnos(operation, &tally, difftime(time(NULL), began));
	fine = say(tally.injected > 0 || !operation->fails, operation->name, "allocations were made to fail");
	fine &= say(nth < MOST && tally.broken < 10, operation->name, "up to the last of them");
	fine &= say(!tally.unexpected, operation->name, operation->also ? "each led to success, ENOMEM or what the kernel says instead" :
				"each led to success or ENOMEM");
	fine &= say(!tally.broken, operation->name, "the same succeeds afterwards");
	if (operation->own)
		fine &= report_own(operation, place);
	return !fine;
}

static const struct operation *find_operation(const char *name)
{
	for (size_t i = 0; i < look_count; i++)
		if (!strcmp(look_operations[i].name, name))
			return &look_operations[i];
	for (size_t i = 0; i < mount_count; i++)
		if (!strcmp(mount_operations[i].name, name))
			return &mount_operations[i];
	return NULL;
}

static bool make_place(struct place *place, char **argv)
{
	ssize_t length = readlink("/proc/self/ns/uts", place->entry, sizeof(place->entry) - 1);
	int fd;

	place->dir = argv[0];
	place->module = argv[1];
	strcpy(place->scratch, "/tmp/faults.XXXXXX");
	if (length < 0 || !mkdtemp(place->scratch))
		return false;
	snprintf(place->target, sizeof(place->target), "%s.file", place->scratch);
	fd = open(place->target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	close_fd(&fd);
	return fd >= 0;
}

static void remove_place(const struct place *place)
{
	rmdir(place->scratch);
	unlink(place->target);
}

static int deny(void)
{
	char rest[64];

	if (!faults_allow_module("procns", DISARM) || !faults_always(true))
		return 2;
	puts("denied");
	while (read(STDIN_FILENO, rest, sizeof(rest)) > 0)
		;
	return faults_always(false) ? 0 : 2;
}

int main(int argc, char **argv)
{
	const struct operation *operation = argc > 2 ? find_operation(argv[1]) : NULL;
	struct place place = { 0 };
	int status = 2;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "deny"))
		return deny();
	if (!operation || argc > 4) {
		fputs("usage: faults OPERATION DIR [MODULE], or faults deny: see faults.h\n", stderr);
		return 2;
	}
	if (!make_place(&place, argv + 2))
		perror("faults: a place to mount on");
	else if (faults_allow(operation->beneath, operation->never_beneath))
		status = fail_all(operation, &place);
	remove_place(&place);
	return status;
}
