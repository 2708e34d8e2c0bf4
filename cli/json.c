// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <string.h>

#include "json.h"
#include "say.h"

#define DEL 0x7f

/* U+0080 to U+009F, by their UTF-8 bytes. */
static bool is_c1(const char *text, size_t size)
{
	return size >= 2 && (unsigned char)text[0] == 0xc2 && ((unsigned char)text[1] & 0xe0) == 0x80;
}

/* Writes what must be escaped at text; how many bytes of it that was. */
static size_t write_escaped(const char *text, size_t size, FILE *out)
{
	unsigned char byte = (unsigned char)*text;

	if (is_c1(text, size)) {
		fprintf(out, "\\u00%02x", (unsigned char)text[1]);
		return 2;
	}
	if (byte == DEL)
		fprintf(out, "\\u007f");
	else if (byte == '\n')	/* between members: libsmartcols escapes those inside strings */
		fputc('\n', out);
	else
		fprintf(out, "\\\\x%02x", byte);	/* no UTF-8: as libsmartcols' tables have it */
	return 1;
}

static void write_text(const char *text, size_t size, FILE *out)
{
	const char *end = text + size, *begin = text;

	while (text < end) {
		size_t length = printable_length(text, (size_t)(end - text));

		if (length) {
			text += length;
			continue;
		}
		fwrite(begin, 1, (size_t)(text - begin), out);
		text += write_escaped(text, (size_t)(end - text), out);
		begin = text;
	}
	fwrite(begin, 1, (size_t)(text - begin), out);
}

static void write_gaps(const struct procns_snapshot *snapshot, size_t n, FILE *out)
{
	fputs(",\n   \"incomplete\": [", out);
	for (size_t i = 0; i < n; i++) {
		fputs(i ? ",\n      " : "\n      ", out);
		json_write_text(procns_snapshot_gap(snapshot, i), out);
	}
	fputs("\n   ]", out);
}

void json_gaps(struct json_writer *json, const struct procns_snapshot *snapshot)
{
	for (size_t i = 0; i < procns_snapshot_gaps(snapshot); i++)
		json_text(json, NULL, procns_snapshot_gap(snapshot, i));
}

void json_print(const char *object, size_t size, const struct procns_snapshot *snapshot, FILE *out)
{
	size_t gaps = snapshot ? procns_snapshot_gaps(snapshot) : 0;

	if (gaps) {
		/* all up to the end of the last member, whose bracket is in front of the object's own */
		while (size && object[size - 1] != '}')
			size--;
		for (size -= !!size; size && object[size - 1] == '\n'; size--)
			;
	}
	write_text(object, size, out);
	if (gaps) {
		write_gaps(snapshot, gaps, out);
		fputs("\n}\n", out);
	}
}
