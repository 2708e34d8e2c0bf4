// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "proc_read.h"
#include "type.h"
#include "util.h"

#define FIRST_FILE_SIZE 4096

int number_dir_next(struct number_dir *dir, struct number_entry *entry)
{
	for (;;) {
		const struct dirent64 *found;
		ssize_t length;

		if (dir->at == dir->end) {
			length = getdents64(dir->fd, dir->buffer, sizeof(dir->buffer));
			if (length <= 0)
				return length < 0 ? -errno : 0;
			dir->at = 0;
			dir->end = length;
		}
		found = (const struct dirent64 *)(dir->buffer + dir->at);
		dir->at += found->d_reclen;
		entry->name = found->d_name;
		if (!parse_number(found->d_name, INT32_MAX, &entry->number, NULL))
			return 1;
	}
}

static int enlarge(struct file_text *file)
{
	size_t size = file->size ? file->size * 2 : FIRST_FILE_SIZE;
	char *text = realloc(file->text, size);

	if (!text)
		return -ENOMEM;
	file->text = text;
	file->size = size;
	return 0;
}

ssize_t read_whole_file(int dirfd, const char *path, struct file_text *file)
{
	cleanup_fd int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t length = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	do {
		if (length + 1 >= file->size && enlarge(file) < 0)
			return -ENOMEM;
		got = read(fd, file->text + length, file->size - length - 1);
		if (got < 0)
			return -errno;
		length += got;
	} while (got);
	file->text[length] = '\0';
	return length;
}

void file_text_free(struct file_text *file)
{
	free(file->text);
	*file = (struct file_text){ 0 };
}

/* PID (COMM) STATE PPID …, where COMM may hold anything, parentheses too: the last one ends it. */
int parse_stat(char *text, struct proc_stat *stat)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	uint64_t ppid;
	const char *end;

	if (!open || !close || close < open || strlen(close) < strlen(") S 0 "))
		return -EINVAL;
	if (parse_number(close + strlen(") S "), INT32_MAX, &ppid, &end) < 0 || *end != ' ')
		return -EINVAL;
	stat->comm = open + 1;
	stat->comm_length = close - stat->comm;
	stat->ppid = ppid;
	return 0;
}

char *next_line(char **next)
{
	char *line = *next, *end;

	if (!*line)
		return NULL;
	end = strchrnul(line, '\n');
	*next = *end ? end + 1 : end;
	*end = '\0';
	return line;
}

static char *next_field(char **next)
{
	char *field = *next, *end = strchrnul(field, ' ');

	*next = *end ? end + 1 : end;
	*end = '\0';
	return field;
}

/* Of a byte a path may have: \000 is of none. */
static bool is_octal(const char *text)
{
	return strncmp(text, "000", 3) && text[0] >= '0' && text[0] <= '3' && text[1] >= '0' && text[1] <= '7' && text[2] >= '0' && text[2] <= '7';
}

/* The kernel writes blanks, newlines and backslashes in paths as \ooo. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (*from == '\\' && is_octal(from + 1)) {
			*to++ = (from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0');
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

/* ID PARENT MAJOR:MINOR ROOT MOUNT-POINT OPTIONS [TAG…] - FSTYPE SOURCE SUPER-OPTIONS */
int parse_mountinfo_line(char *line, struct mountinfo_line *mount)
{
	char *next = line, *root, *mount_point, *field;

	mount->id = (uint32_t)strtoul(next_field(&next), NULL, 10);
	mount->parent = (uint32_t)strtoul(next_field(&next), NULL, 10);
	next_field(&next);
	root = next_field(&next);
	mount_point = next_field(&next);
	do
		field = next_field(&next);
	while (*field && strcmp(field, "-"));
	mount->fstype = next_field(&next);
	next_field(&next);
	mount->super_options = next_field(&next);
	if (!*root || !*mount_point || !*mount->fstype)
		return -EINVAL;
	unescape(root);
	unescape(mount_point);
	mount->root = root;
	mount->mount_point = mount_point;
	return 0;
}

int parse_id_range(const char *line, struct procns_id_range *range)
{
	uint32_t *const fields[] = { &range->inside, &range->outside, &range->count };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		uint64_t number;

		line += strspn(line, " ");
		if (parse_number(line, UINT32_MAX, &number, &line) < 0 || (*line && *line != ' '))
			return -EINVAL;
		*fields[i] = number;
	}
	return *line ? -EINVAL : 0;
}
