/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that appears whole or not at all. */
#ifndef CLI_NET_FILE_H
#define CLI_NET_FILE_H

struct cli;

struct whole_file {
	int fd;			/* to write to */
	const char *path;
	char *temporary;	/* what it is called until it is whole; NULL: written directly (stdout, a pipe, a device) */
};

/* "-" is standard output. Returns EXIT_OK, or an exit status and has said why. */
int whole_file_begin(struct whole_file *file, const struct cli *cli, const char *path);

/*
 * The same for what is not for everybody: a new file is its owner's alone (0600), one that is there already keeps its mode, but for what it
 * allows to a group that the new one can't be given to.
 */
int whole_file_begin_private(struct whole_file *file, const struct cli *cli, const char *path);

/* With EXIT_OK the file gets its name, with anything else it goes away. Returns the status, or another that has been said. */
int whole_file_end(struct whole_file *file, const struct cli *cli, int status);

#endif
