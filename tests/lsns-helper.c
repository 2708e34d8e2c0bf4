// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What util-linux's tests of lsns ask of its test programs test_mkfds and test_sysinfo, which Debian does not ship: this one
 * program is both, by the name it is called. Options and output are what those scripts use (see tests/lsns-suite).
 *
 *	test_mkfds [--comm NAME] [-c] userns FD		a process in a user namespace of its own, with a descriptor of it
 *	test_mkfds ro-regular-file FD file=PATH
 *	test_mkfds foreign-sockets FD FD2		two sockets of a net namespace it has left; prints its number too
 *		prints its pid and waits for a line on stdin; with -c it does neither
 *	test_sysinfo ...				1: all it is asked for is in every kernel procns runs on
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* The exit status by which those scripts know EPERM. */
#define STATUS_EPERM 18

static void move_to(int fd, int wanted)
{
	if (fd < 0 || (fd != wanted && (dup2(fd, wanted) < 0 || close(fd))))
		err(1, "descriptor %d", wanted);
}

static void write_map(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

static void make_userns(char **arguments)
{
	char uid_map[32], gid_map[32];

	snprintf(uid_map, sizeof(uid_map), "0 %u 1", geteuid());
	snprintf(gid_map, sizeof(gid_map), "0 %u 1", getegid());
	if (unshare(CLONE_NEWUSER))
		exit(STATUS_EPERM);
	write_map("/proc/self/setgroups", "deny");
	write_map("/proc/self/uid_map", uid_map);
	write_map("/proc/self/gid_map", gid_map);
	move_to(open("/proc/self/ns/user", O_RDONLY), atoi(arguments[0]));
}

static void open_file(char **arguments)
{
	if (!arguments[1] || strncmp(arguments[1], "file=", 5))
		errx(1, "ro-regular-file: no file= given");
	move_to(open(arguments[1] + 5, O_RDONLY), atoi(arguments[0]));
}

static unsigned long make_foreign_sockets(char **arguments)
{
	/* out of the way of the numbers wanted */
	int home = fcntl(open("/proc/self/ns/net", O_RDONLY), F_DUPFD_CLOEXEC, 100);
	struct stat away;

	if (!arguments[1])
		errx(1, "foreign-sockets: two descriptors wanted");
	if (home < 0 || unshare(CLONE_NEWNET))
		exit(STATUS_EPERM);
	if (stat("/proc/self/ns/net", &away))
		err(1, "/proc/self/ns/net");
	move_to(socket(AF_INET, SOCK_DGRAM, 0), atoi(arguments[0]));
	move_to(socket(AF_INET, SOCK_DGRAM, 0), atoi(arguments[1]));
	if (setns(home, CLONE_NEWNET))
		err(1, "going home");
	close(home);
	return away.st_ino;
}

static int make_descriptors(char **arguments)
{
	int wait = 1;
	unsigned long netns = 0;
	char line[64];

	for (; *arguments && **arguments == '-'; arguments++) {
		if (!strcmp(*arguments, "-c"))
			wait = 0;
		else if (!strcmp(*arguments, "--comm") && arguments[1])
			prctl(PR_SET_NAME, *++arguments);
		else
			errx(1, "%s: not an option the tests of lsns use", *arguments);
	}
	if (!arguments[0] || !arguments[1])
		errx(1, "no kind or descriptor named");
	if (!strcmp(arguments[0], "userns"))
		make_userns(arguments + 1);
	else if (!strcmp(arguments[0], "ro-regular-file"))
		open_file(arguments + 1);
	else if (!strcmp(arguments[0], "foreign-sockets"))
		netns = make_foreign_sockets(arguments + 1);
	else
		errx(1, "%s: not a kind the tests of lsns use", arguments[0]);
	if (!wait)
		return 0;

	if (netns)
		printf("%d %lu\n", getpid(), netns);
	else
		printf("%d\n", getpid());
	fflush(stdout);
	return fgets(line, sizeof(line), stdin) ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strstr(argv[0], "sysinfo"))
		return puts("1") < 0;
	return make_descriptors(argv + 1);
}
