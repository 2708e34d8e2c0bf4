// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "name.h"

static const struct {
	unsigned int type;
	const char *name;
} types[] = {
	{ CLONE_NEWCGROUP,	"cgroup" },
	{ CLONE_NEWIPC,		"ipc" },
	{ CLONE_NEWNS,		"mnt" },
	{ CLONE_NEWNET,		"net" },
	{ CLONE_NEWPID,		"pid" },
	{ CLONE_NEWTIME,	"time" },
	{ CLONE_NEWUSER,	"user" },
	{ CLONE_NEWUTS,		"uts" },
};

/* ":[NUMBER]" and nothing else. */
static bool number_parse(const char *text, size_t len, unsigned int *number)
{
	const char *end = text + len - 1;
	u64 value = 0;

	/* The longest is ":[4294967295]", so value cannot overflow. */
	if (len < 4 || len > 13 || memcmp(text, ":[", 2) || *end != ']')
		return false;

	text += 2;
	if (*text == '0')
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
	const char *s = text->name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		size_t len = strlen(types[i].name);

		if (text->len <= len || memcmp(s, types[i].name, len) || s[len] != ':')
			continue;
		name->type = types[i].type;
		return number_parse(s + len, text->len - len, &name->inum);
	}
	return false;
}

size_t ns_name_format(const struct ns_name *name, char text[NS_NAME_SIZE])
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].type == name->type)
			return scnprintf(text, NS_NAME_SIZE, "%s:[%u]", types[i].name, name->inum);
	}
	return 0;
}
