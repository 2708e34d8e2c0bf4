// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "name.h"

#define TYPE(flag, text) { .type = flag, .len = sizeof(text ":[") - 1, .prefix = text ":[" }

static const struct {
	unsigned int type;
	unsigned int len;
	char prefix[sizeof("cgroup:[")];
} types[] = {
	TYPE(CLONE_NEWCGROUP, "cgroup"),
	TYPE(CLONE_NEWIPC, "ipc"),
	TYPE(CLONE_NEWNS, "mnt"),
	TYPE(CLONE_NEWNET, "net"),
	TYPE(CLONE_NEWPID, "pid"),
	TYPE(CLONE_NEWTIME, "time"),
	TYPE(CLONE_NEWUSER, "user"),
	TYPE(CLONE_NEWUTS, "uts"),
};

/* "NUMBER]" and nothing else. */
static bool number_parse(const char *text, size_t len, unsigned int *number)
{
	const char *end = text + len - 1;
	u64 value = 0;

	/* The longest is "4294967295]", so value cannot overflow. */
	if (len < 2 || len > 11 || *end != ']' || *text == '0')
		return false;

	for (; text < end; text++) {
		if (!isdigit(*text))
			return false;
		value = value * 10 + (*text - '0');
	}
	if (value > U32_MAX)
		return false;

	*number = value;
	return true;
}

bool ns_name_parse(const struct qstr *text, struct ns_name *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		size_t len = types[i].len;

		if (text->len <= len || memcmp(text->name, types[i].prefix, len))
			continue;
		name->type = types[i].type;
		return number_parse(text->name + len, text->len - len, &name->inum);
	}
	return false;
}

/*
 * Formatting is most of what listing an entry costs, and a general printf is several times as
 * slow.
 */
size_t ns_name_format(const struct ns_name *name, char text[NS_NAME_SIZE])
{
	unsigned int number = name->inum;
	char digits[10];
	char *s = text;
	size_t n = 0;
	size_t i = 0;

	while (types[i].type != name->type) {
		if (++i == ARRAY_SIZE(types))
			return 0;
	}
	memcpy(s, types[i].prefix, types[i].len);
	s += types[i].len;

	do {
		digits[n++] = '0' + number % 10;
	} while ((number /= 10));
	while (n)
		*s++ = digits[--n];

	*s++ = ']';
	*s = '\0';
	return s - text;
}
