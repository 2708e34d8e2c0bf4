// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

void text_add(struct text *text, const char *format, ...)
{
	va_list arguments;
	char *more, *longer;
	int length;

	if (text->failed)
		return;
	va_start(arguments, format);
	length = vasprintf(&more, format, arguments);
	va_end(arguments);
	if (length < 0) {
		text->failed = true;
		return;
	}
	longer = realloc(text->data, text->length + (size_t)length + 1);
	if (longer) {
		memcpy(longer + text->length, more, (size_t)length + 1);
		text->data = longer;
		text->length += (size_t)length;
	}
	text->failed = !longer;
	free(more);
}

char *text_take(struct text *text)
{
	char *data = text->data;

	if (text->failed) {
		free(data);
		data = NULL;
	}
	*text = (struct text){ 0 };
	return data;
}

char *text_format(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	return text;
}

bool text_to_number(const char *text, int64_t least, int64_t most, int64_t *number)
{
	long long value;
	char *end;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || value < least || value > most)
		return false;
	*number = value;
	return true;
}
