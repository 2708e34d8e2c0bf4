/* SPDX-License-Identifier: GPL-2.0-or-later */
/* At build time: text with marks in it, each replaced by what a function prints. */
#ifndef CLI_TEMPLATE_H
#define CLI_TEMPLATE_H

struct command;

struct template_mark {
	const char *mark;	/* "@OPTIONS@"; NULL ends the list */
	void (*put)(const struct command *command);
};

/* Prints the file to stdout; a line that is a mark and nothing else disappears with it. Returns an exit status. */
int template_fill(const char *path, const struct template_mark *marks, const struct command *command);

#endif
