// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * jsonget PATH <FILE: what a JSON document has at that path, one line each: strings as they are, the rest as JSON.
 *
 *	namespaces[name=web].links[name=eth0].peer.name
 *	namespaces[*].inum			all of them
 *	links[#]				how many
 *	namespaces[3]
 *
 * Ends with 1 where there is nothing, 2 where the document is no JSON: every byte of it is checked.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum type { OBJECT, ARRAY, STRING, OTHER };

struct value {
	enum type type;
	char *key;			/* in an object */
	char *text;			/* STRING: decoded; OTHER: as it stands */
	const char *begin, *end;	/* in the document */
	struct value *first, *next;
	size_t count;
};

static const char *at;

static void __attribute__((noreturn)) refuse(const char *why)
{
	errx(2, "no JSON: %s at: %.40s", why, at);
}

static void skip_blanks(void)
{
	at += strspn(at, " \t\r\n");
}

static bool accept(char c)
{
	skip_blanks();
	if (*at != c)
		return false;
	at++;
	return true;
}

static void expect(char c)
{
	if (!accept(c))
		refuse("something else was due");
}

static size_t utf8_length(const unsigned char *text)
{
	static const struct { unsigned char mask, lead; size_t length; } forms[] = {
		{ 0x80, 0, 1 }, { 0xe0, 0xc0, 2 }, { 0xf0, 0xe0, 3 }, { 0xf8, 0xf0, 4 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t n = 1;

		if ((*text & forms[i].mask) != forms[i].lead)
			continue;
		while (n < forms[i].length && (text[n] & 0xc0) == 0x80)
			n++;
		return n == forms[i].length ? n : 0;
	}
	return 0;
}

static void put_code(FILE *out, unsigned int code)
{
	if (code < 0x80) {
		fputc((int)code, out);
	} else if (code < 0x800) {
		fprintf(out, "%c%c", 0xc0 | code >> 6, 0x80 | (code & 0x3f));
	} else {
		fprintf(out, "%c%c%c", 0xe0 | code >> 12, 0x80 | (code >> 6 & 0x3f), 0x80 | (code & 0x3f));
	}
}

static void take_escape(FILE *out)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter = strchr(letters, *at);
	char digits[5] = "";

	if (*at && letter) {
		fputc(meanings[letter - letters], out);
		at++;
		return;
	}
	if (*at++ != 'u')
		refuse("unknown escape");
	for (int i = 0; i < 4; i++)
		if (!isxdigit((unsigned char)(digits[i] = *at++)))
			refuse("unknown escape");
	put_code(out, (unsigned int)strtoul(digits, NULL, 16));
}

static char *take_string(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	expect('"');
	while (*at != '"') {
		size_t length = utf8_length((const unsigned char *)at);

		if ((unsigned char)*at < 0x20)
			refuse("a control character in a string");
		if (!length)
			refuse("a string is not UTF-8");
		if (*at == '\\') {
			at++;
			take_escape(out);
			continue;
		}
		fwrite(at, 1, length, out);
		at += length;
	}
	at++;
	fclose(out);
	return text;
}

static struct value *take_value(void);

static void take_members(struct value *value, char close)
{
	struct value **last = &value->first;

	if (accept(close))
		return;
	do {
		char *key = NULL;

		if (value->type == OBJECT) {
			skip_blanks();
			key = take_string();
			expect(':');
			for (struct value *other = value->first; other; other = other->next)
				if (!strcmp(other->key, key))
					refuse("a key that was there before");
		}
		*last = take_value();
		(*last)->key = key;
		last = &(*last)->next;
		value->count++;
	} while (accept(','));
	expect(close);
}

static void take_word(struct value *value)
{
	static const char *const words[] = { "true", "false", "null" };
	char *end;

	for (size_t i = 0; i < 3; i++)
		if (!strncmp(at, words[i], strlen(words[i]))) {
			at += strlen(words[i]);
			value->text = strdup(words[i]);
			return;
		}
	strtod(at, &end);
	if (end == at || !strchr("-0123456789", *at))
		refuse("no value");
	value->text = strndup(at, (size_t)(end - at));
	at = end;
}

static struct value *take_value(void)
{
	struct value *value = calloc(1, sizeof(*value));

	skip_blanks();
	value->begin = at;
	value->type = *at == '{' ? OBJECT : *at == '[' ? ARRAY : *at == '"' ? STRING : OTHER;
	if (value->type == STRING) {
		value->text = take_string();
	} else if (value->type == OTHER) {
		take_word(value);
	} else {
		at++;
		take_members(value, value->type == OBJECT ? '}' : ']');
	}
	value->end = at;
	return value;
}

static bool found;

static void print(const struct value *value)
{
	found = true;
	if (value->text)
		puts(value->text);
	else
		printf("%.*s\n", (int)(value->end - value->begin), value->begin);
}

static void follow(const struct value *value, const char *path);

static const struct value *member(const struct value *object, const char *key, size_t length)
{
	const struct value *value = object->type == OBJECT ? object->first : NULL;

	while (value && (strlen(value->key) != length || strncmp(value->key, key, length)))
		value = value->next;
	return value;
}

static bool is_selected(const struct value *value, const char *selector, size_t length, size_t number)
{
	const char *equals = memchr(selector, '=', length);
	const struct value *key;

	if (length == 1 && *selector == '*')
		return true;
	if (!equals)
		return strtoul(selector, NULL, 10) == number;
	key = member(value, selector, (size_t)(equals - selector));
	length -= (size_t)(equals + 1 - selector);
	return key && key->text && strlen(key->text) == length && !strncmp(key->text, equals + 1, length);
}

static void follow_selector(const struct value *array, const char *selector, size_t length, const char *rest)
{
	size_t number = 0;

	if (length == 1 && *selector == '#') {
		found = true;
		printf("%zu\n", array->count);
		return;
	}
	for (const struct value *value = array->type == ARRAY ? array->first : NULL; value; value = value->next)
		if (is_selected(value, selector, length, number++))
			follow(value, rest);
}

static void follow(const struct value *value, const char *path)
{
	size_t length;

	path += *path == '.';
	if (!*path) {
		print(value);
		return;
	}
	if (*path == '[') {
		/* up to the bracket that closes it: names of namespaces may have some, as net:[1] */
		int depth = 0;

		length = 0;
		do
			depth += (path[length] == '[') - (path[length] == ']');
		while (path[length++] && depth);
		follow_selector(value, path + 1, length - 2, path + length);
		return;
	}
	length = strcspn(path, ".[");
	value = member(value, path, length);
	if (value)
		follow(value, path + length);
}

int main(int argc, char **argv)
{
	char *document = NULL;
	size_t size = 0;
	ssize_t length = getdelim(&document, &size, '\0', stdin);
	struct value *top;

	if (argc != 2)
		errx(2, "usage: jsonget PATH <FILE");
	if (length <= 0 || (size_t)length != strlen(document))
		errx(2, "no JSON: nothing there, or a zero byte");
	at = document;
	top = take_value();
	skip_blanks();
	if (*at)
		refuse("something behind the end");
	follow(top, argv[1]);
	return !found;
}
