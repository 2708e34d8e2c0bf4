/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_MOUNTINFO_H
#define CLI_MOUNTINFO_H

#include <stdbool.h>

/* A line of /proc/PID/mountinfo. */
struct mountinfo {
	int id;
	unsigned int major, minor;
	const char *root, *where, *type;	/* in the line */
};

/* Cuts the line up in place; \040 and the like become the bytes they stand for. Returns whether it is one. */
bool mountinfo_parse(char *line, struct mountinfo *mount);

#endif
