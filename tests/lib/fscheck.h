/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fscheck: what a shell cannot ask of /proc/namespaces. Prints "ok - ", "not ok - " and "# " lines, for tap.sh to number.
 *
 *	fscheck compare ENTRY LINK	the same system calls on the entry and on a /proc/PID/ns link to the same
 *					namespace: the same results
 *	fscheck names DIR		names that are none are not found, whatever is done with them
 *	fscheck frozen DIR ENTRY	nothing in the directory can be made, removed, renamed or changed
 *	fscheck getdents DIR BYTES SECONDS [NAME...]
 *					reads the directory over and over into a buffer of BYTES: positions only rise,
 *					and each NAME is there once each time
 *	fscheck seek DIR		a position once given can be returned to
 *	fscheck enter DIR SECONDS	lists, opens and enters what it finds, which may go at any moment
 *	fscheck nopin DIR ENTRY		(with ENTRY looked up, its dentry held) waits for the end of standard input
 *	fscheck opens DIR		tries to open each entry: its name, and 0 or why not
 *	fscheck within ENTRY		enters it, prints the namespaces it is then in, and what is at /
 *
 * Status 0 where every line is ok, 1 where one is not, 2 for usage.
 */
#ifndef FSCHECK_H
#define FSCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void close_fd(int *fd);
#define cleanup_fd __attribute__((cleanup(close_fd))) int

/* Counts what is not ok. */
struct verdict {
	unsigned int failures;
};

void say(struct verdict *v, bool ok, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void remark(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
const char *errno_text(long result);	/* "0", "ENOENT", ... of a result or a negative errno */
double seconds_now(void);

/* One entry as getdents64 gives it. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

ssize_t read_entries(int fd, void *buffer, size_t size);

int check_compare(int argc, char **argv);
int check_names(int argc, char **argv);
int check_frozen(int argc, char **argv);
int check_getdents(int argc, char **argv);
int check_seek(int argc, char **argv);
int check_enter(int argc, char **argv);
int check_opens(int argc, char **argv);
int check_within(int argc, char **argv);
int check_nopin(int argc, char **argv);

#endif
