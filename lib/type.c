// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "type.h"
#include "util.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static const struct {
	const char *name;
	int clone_flag;
	uint32_t initial_inum;
} types[PROCNS_NTYPES] = {
	[PROCNS_CGROUP] = { "cgroup", CLONE_NEWCGROUP, 0xEFFFFFFB },
	[PROCNS_IPC] = { "ipc", CLONE_NEWIPC, 0xEFFFFFFF },
	[PROCNS_MNT] = { "mnt", CLONE_NEWNS, 0xEFFFFFF8 },	/* 6.18 and later */
	[PROCNS_NET] = { "net", CLONE_NEWNET, 0xEFFFFFF9 },	/* 6.18 and later */
	[PROCNS_PID] = { "pid", CLONE_NEWPID, 0xEFFFFFFC },
	[PROCNS_TIME] = { "time", CLONE_NEWTIME, 0xEFFFFFFA },
	[PROCNS_USER] = { "user", CLONE_NEWUSER, 0xEFFFFFFD },
	[PROCNS_UTS] = { "uts", CLONE_NEWUTS, 0xEFFFFFFE },
};

const struct type_link type_links[] = {
	{ "ns/cgroup", PROCNS_CGROUP, false },
	{ "ns/ipc", PROCNS_IPC, false },
	{ "ns/mnt", PROCNS_MNT, false },
	{ "ns/net", PROCNS_NET, false },
	{ "ns/pid", PROCNS_PID, false },
	{ "ns/pid_for_children", PROCNS_PID, true },
	{ "ns/time", PROCNS_TIME, false },
	{ "ns/time_for_children", PROCNS_TIME, true },
	{ "ns/user", PROCNS_USER, false },
	{ "ns/uts", PROCNS_UTS, false },
};
const size_t type_link_count = ARRAY_SIZE(type_links);

const char *procns_type_name(enum procns_type type)
{
	return (size_t)type < ARRAY_SIZE(types) ? types[type].name : NULL;
}

int procns_type_clone_flag(enum procns_type type)
{
	return (size_t)type < ARRAY_SIZE(types) ? types[type].clone_flag : -EINVAL;
}

int procns_type_parse(const char *name, enum procns_type *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(name, types[i].name)) {
			*type = i;
			return 0;
		}
	return -EINVAL;
}

int type_of_clone_flag(int flag, enum procns_type *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].clone_flag == flag) {
			*type = i;
			return 0;
		}
	return -EINVAL;
}

bool type_initial(enum procns_type type, uint32_t inum)
{
	return types[type].initial_inum == inum;
}

uint32_t type_initial_inum(enum procns_type type)
{
	return types[type].initial_inum;
}

int parse_number(const char *text, uint64_t max, uint64_t *number, const char **end)
{
	const char *at = text;
	uint64_t value = 0;

	for (; *at >= '0' && *at <= '9'; at++) {
		uint64_t digit = *at - '0';

		if (value > (max - digit) / 10)
			return -EINVAL;
		value = value * 10 + digit;
	}
	if (at == text || (*text == '0' && at - text > 1) || (!end && *at))
		return -EINVAL;
	*number = value;
	if (end)
		*end = at;
	return 0;
}

int type_parse_name(const char *name, enum procns_type *type, uint32_t *inum)
{
	uint64_t number;
	const char *end;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		size_t length = strlen(types[i].name);

		if (strncmp(name, types[i].name, length) || name[length] != ':' || name[length + 1] != '[')
			continue;
		if (parse_number(name + length + 2, UINT32_MAX, &number, &end) < 0 || strcmp(end, "]"))
			return -EINVAL;
		*type = i;
		*inum = number;
		return 0;
	}
	return -EINVAL;
}
