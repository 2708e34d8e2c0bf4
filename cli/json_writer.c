// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "json_writer.h"
#include "say.h"

/* Objects on the way down to this depth get a line of their own; what is inside them stays on it. */
#define DEPTH_OF_LINES 4

static void begin_member(struct json_writer *json, const char *key, bool on_new_line)
{
	if (json->more)
		fputc_unlocked(',', json->out);
	if (on_new_line && json->depth)
		fprintf(json->out, "\n%*s", json->depth, "");
	else if (json->more)
		fputc_unlocked(' ', json->out);
	json->more = true;
	if (key) {
		json_write_text(key, json->out);
		fputs_unlocked(": ", json->out);
	}
}

void json_begin(struct json_writer *json, const char *key, char bracket)
{
	begin_member(json, key, json->depth <= DEPTH_OF_LINES);
	fputc_unlocked(bracket, json->out);
	json->depth++;
	json->more = false;
}

void json_end(struct json_writer *json, char bracket)
{
	json->depth--;
	json->more = true;
	fputc_unlocked(bracket, json->out);
	if (!json->depth)
		fputc_unlocked('\n', json->out);
}

void json_text(struct json_writer *json, const char *key, const char *text)
{
	if (!text) {
		json_null(json, key);
		return;
	}
	begin_member(json, key, false);
	json_write_text(text, json->out);
}

void json_number(struct json_writer *json, const char *key, int64_t number)
{
	begin_member(json, key, false);
	fprintf(json->out, "%" PRId64, number);
}

void json_bool(struct json_writer *json, const char *key, bool value)
{
	begin_member(json, key, false);
	fputs_unlocked(value ? "true" : "false", json->out);
}

void json_null(struct json_writer *json, const char *key)
{
	begin_member(json, key, false);
	fputs_unlocked("null", json->out);
}

/* U+200E, U+200F, U+202A to U+202E, U+2028, U+2029, U+2066 to U+2069: all of three bytes. */
static bool turns_text(const unsigned char *bytes, size_t length)
{
	unsigned int code;

	if (length != 3 || bytes[0] != 0xe2)
		return false;
	code = 0x2000 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
	return code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* U+0080 to U+009F, which printable_length() refuses though it is UTF-8. */
static bool is_c1(const unsigned char *bytes, size_t left)
{
	return left >= 2 && bytes[0] == 0xc2 && (bytes[1] & 0xe0) == 0x80;
}

static size_t write_refused(const unsigned char *bytes, size_t left, FILE *out)
{
	if (is_c1(bytes, left)) {
		fprintf(out, "\\u00%02x", bytes[1]);
		return 2;
	}
	fprintf(out, bytes[0] < 0x80 ? "\\u%04x" : "\\\\x%02x", bytes[0]);
	return 1;
}

/* What most texts are made of; and what is looked at more closely. */
static bool is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7f && !strchr("\"\\<>&", byte);
}

static void write_character(const unsigned char *bytes, size_t length, FILE *out)
{
	if (length == 1 && (*bytes == '"' || *bytes == '\\'))
		fprintf(out, "\\%c", *bytes);
	else if (length == 1 && strchr("<>&", *bytes))
		fprintf(out, "\\u%04x", *bytes);
	else if (turns_text(bytes, length))
		fprintf(out, "\\u%04x", 0x2000 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu));
	else
		fwrite_unlocked(bytes, 1, length, out);
}

void json_write_text(const char *text, FILE *out)
{
	size_t left = strlen(text), length;

	fputc_unlocked('"', out);
	for (; left; text += length, left -= length) {
		for (length = 0; length < left && is_plain((unsigned char)text[length]); length++)
			;
		if (length) {
			fwrite_unlocked(text, 1, length, out);
			continue;
		}
		length = printable_length(text, left);
		if (length)
			write_character((const unsigned char *)text, length, out);
		else
			length = write_refused((const unsigned char *)text, left, out);
	}
	fputc_unlocked('"', out);
}
