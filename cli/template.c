// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "template.h"

/* The mark that comes first in the line, and where. */
static const struct template_mark *find_mark(const struct template_mark *marks, const char *line, const char **where)
{
	const struct template_mark *first = NULL;

	for (; marks->mark; marks++) {
		const char *at = strstr(line, marks->mark);

		if (at && (!first || at < *where)) {
			first = marks;
			*where = at;
		}
	}
	return first;
}

static void fill_line(const char *line, const struct template_mark *marks, const struct command *command)
{
	const struct template_mark *mark;
	const char *at = line;

	while ((mark = find_mark(marks, line, &at))) {
		const char *rest = at + strlen(mark->mark);

		fwrite(line, 1, (size_t)(at - line), stdout);
		mark->put(command);
		if (at == line && !strcmp(rest, "\n"))
			return;
		line = rest;
	}
	fputs(line, stdout);
}

int template_fill(const char *path, const struct template_mark *marks, const struct command *command)
{
	cleanup_file FILE *template = fopen(path, "re");
	cleanup_free char *line = NULL;
	size_t size = 0;

	if (!template) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return EXIT_FAILED;
	}
	while (getline(&line, &size, template) > 0)
		fill_line(line, marks, command);
	return fflush(stdout) || ferror(template) ? EXIT_FAILED : EXIT_OK;
}
