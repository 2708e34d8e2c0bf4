// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "mountinfo.h"

static bool is_octal(const char *digits)
{
	return digits[0] >= '0' && digits[0] <= '3' && digits[1] >= '0' && digits[1] <= '7' && digits[2] >= '0' && digits[2] <= '7';
}

static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (*from == '\\' && is_octal(from + 1)) {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw" */
bool mountinfo_parse(char *line, struct mountinfo *mount)
{
	char *rest, *root, *where, *dash = strstr(line, " - ");
	int at = 0;

	if (!dash || sscanf(line, "%d %*d %u:%u %n", &mount->id, &mount->major, &mount->minor, &at) < 3 || !at)
		return false;
	mount->type = strtok_r(dash + 3, " \n", &rest);
	root = strtok_r(line + at, " ", &rest);
	where = strtok_r(NULL, " ", &rest);
	if (!mount->type || !root || !where)
		return false;
	unescape(root);
	unescape(where);
	mount->root = root;
	mount->where = where;
	return true;
}
