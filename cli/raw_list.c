// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "raw_list.h"

/* What would end a word or a line, or is no printable byte in this locale, is written \xNN. */
static bool stays(unsigned char c)
{
	return isprint(c) && !isblank(c) && c != '\\';
}

static void put_word(const char *text, FILE *out)
{
	while (*text) {
		size_t plain = 0;

		while (text[plain] && stays((unsigned char)text[plain]))
			plain++;
		fwrite_unlocked(text, 1, plain, out);
		text += plain;
		if (*text)
			fprintf(out, "\\x%02x", (unsigned char)*text++);
	}
}

static void end_word(const struct column_list *list, size_t i, FILE *out)
{
	putc_unlocked(i + 1 < list->n ? ' ' : '\n', out);
}

void raw_list_heading(const struct column_list *list, FILE *out)
{
	for (size_t i = 0; i < list->n; i++) {
		put_word(columns[list->ids[i]].name, out);
		end_word(list, i, out);
	}
}

void raw_list_line(const struct column_list *list, const struct row *row, FILE *out)
{
	for (size_t i = 0; i < list->n; i++) {
		char *text = columns[list->ids[i]].cell(row);

		if (text)
			put_word(text, out);
		free(text);
		end_word(list, i, out);
	}
}
