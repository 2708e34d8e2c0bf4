/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faults deny: as long as standard input lasts, no allocation of a slab succeeds beneath procns's functions, whoever calls them. A line is
 * printed when that begins.
 *
 * faults OPERATION DIR [MODULE]: does the operation over and over, each time letting another of its allocations fail: the first, the
 * second, …, until it is done before the one that was to fail is reached. Needs a kernel with FAILSLAB and FAIL_PAGE_ALLOC. Prints
 * "ok - ", "not ok - " and "# " lines, for tap.sh to number.
 *
 * After a failure the same is done with no allocation failing, which has to succeed. DIR is where procns is mounted, but for load and
 * unload, which want it not to be loaded and leave it so; MODULE is its file.
 *
 *	faults.c		the operations by name, the count
 *	faults_kernel.c		what is told to the kernel
 *	faults_look.c		operations on the directory
 *	faults_mount.c		operations on mounts, and the module's coming and going
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void close_fd(int *fd);
#define cleanup_fd __attribute__((cleanup(close_fd))) int

#define NAME_SIZE 64

/* Of what takes seconds, and allocates a thousand times at one place. */
#define SAMPLE 32

/* What the operations work on. */
struct place {
	const char *dir;
	const char *module;		/* its file */
	char entry[NAME_SIZE];		/* the name of one that stays */
	char scratch[NAME_SIZE];		/* a directory to mount on */
	char target[NAME_SIZE * 2];	/* a file to mount on */
};

struct operation {
	const char *name;
	const char *beneath;		/* only what is allocated beneath this function of the kernel may fail, or NULL */
	const char *never_beneath;	/* nor beneath this, or NULL */
	bool fails;			/* whether it may fail at all: unloading may not */
	int also;			/* another errno than ENOMEM that the kernel fails it with for want of memory, or 0 */
	unsigned int edge;		/* of the first and the last so many (FAULTS_EDGE) each is let fail, of the rest one in SAMPLE; 0: each */
	bool own;			/* whether procns allocates something for it, beneath its own functions */
	int (*begin)(const struct place *place);	/* before each, with no allocation failing; or NULL */
	int (*run)(const struct place *place);		/* 0 or a negative errno, with nothing left behind where it failed */
	int (*end)(const struct place *place);		/* after each that succeeded; or NULL */
};

/*
 * A kprobe that cannot be disarmed for want of memory stays where it is while its module goes, whoever's it is: there the kernel itself
 * takes no failure.
 */
#define DISARM "__disable_kprobe"

extern const struct operation look_operations[], mount_operations[];
extern const size_t look_count, mount_count;

int negative_errno(long got);		/* of what a system call returned: 0 or more, or -errno */

/* The kernel (faults_kernel.c). Each says on stderr what is wrong, and returns false, where it cannot. */
bool faults_allow(const char *beneath, const char *never_beneath);	/* every kind of allocation, without a word in the log */
bool faults_allow_module(const char *module, const char *never_beneath);	/* only what is allocated beneath a module's functions */
bool faults_always(bool fail);		/* of the slabs allowed by the above, of any thread: all fail, or none */
bool faults_arm(unsigned int nth);	/* of this thread: its nth allocation from now on fails */
int faults_disarm(void);		/* how many of them were left: 0, it failed; less, the kernel does not tell */

#endif
