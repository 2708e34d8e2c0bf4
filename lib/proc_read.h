/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading /proc: directories of numbers, whole files, and the formats of those files. */
#ifndef PROCNS_PROC_READ_H
#define PROCNS_PROC_READ_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "procns.h"

/* A directory of which only entries with a number for a name matter: tasks, threads, descriptors. */
struct number_dir {
	int fd;
	size_t at, end;
	alignas(8) char buffer[8192];
};

struct number_entry {
	uint64_t number;
	const char *name;		/* until the next call */
};

/* Returns 1 with the next entry, 0 at the end, or a negative errno. */
int number_dir_next(struct number_dir *dir, struct number_entry *entry);

/* The whole of a file, however large, with a NUL after it. Returns its length, or a negative errno. */
struct file_text {
	char *text;
	size_t size;			/* of the memory; kept from file to file */
};
ssize_t read_whole_file(int dirfd, const char *path, struct file_text *file);
void file_text_free(struct file_text *file);

/* /proc/PID/stat. */
struct proc_stat {
	const char *comm;		/* in the text */
	size_t comm_length;
	pid_t ppid;
};
int parse_stat(char *text, struct proc_stat *stat);

/* A line of /proc/PID/mountinfo, cut up in place: fields end in a NUL, and \040 and the like are the bytes they stand for. */
struct mountinfo_line {
	uint32_t id, parent;
	const char *root, *mount_point, *fstype, *super_options;
};
int parse_mountinfo_line(char *line, struct mountinfo_line *mount);

/* Cuts the line that starts at *next out of the text: ends it in a NUL. NULL at the end. */
char *next_line(char **next);

/* A line of /proc/PID/uid_map. Returns 0 or -EINVAL. */
int parse_id_range(const char *line, struct procns_id_range *range);

#endif
