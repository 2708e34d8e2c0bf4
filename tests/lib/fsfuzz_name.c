// SPDX-License-Identifier: GPL-2.0-or-later
/* See fsfuzz.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fsfuzz.h"

static const char *const types[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };

const char *good_name(struct fuzz *fuzz)
{
	return fuzz->nnames ? fuzz->names[random_below(fuzz, fuzz->nnames)] : NULL;
}

uint32_t name_number(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		size_t length = strlen(types[i]);
		char again[FUZZ_NAME];
		unsigned long long number;

		if (strncmp(name, types[i], length) || strncmp(name + length, ":[", 2))
			continue;
		number = strtoull(name + length + 2, NULL, 10);
		snprintf(again, sizeof(again), "%s:[%llu]", types[i], number);
		return number <= UINT32_MAX && !strcmp(again, name) ? (uint32_t)number : 0;
	}
	return 0;
}

static void random_bytes(struct fuzz *fuzz, char *room, size_t length)
{
	for (size_t i = 0; i < length; i++)
		room[i] = (char)(1 + random_below(fuzz, 255));
	room[length] = '\0';
}

static void written_name(struct fuzz *fuzz, char *room)
{
	static const char *const forms[] = { "%s:[%llu]", "%s:[0%llu]", "%s:[ %llu]", "%s:[%llu] ", "%s:[+%llu]", "%s[%llu]",
					     "%s:[%llu", "%s:[-%llu]" };
	const char *form = one_in(fuzz, 2) ? forms[0] : pick(fuzz, forms);
	unsigned long long number = 4026531835 + random_below(fuzz, 2000);

	if (one_in(fuzz, 4))
		number = random_next(fuzz) >> random_below(fuzz, 64);
	snprintf(room, NAME_ROOM, form, pick(fuzz, types), number);
}

static void nearly_good_name(struct fuzz *fuzz, char *room)
{
	const char *good = good_name(fuzz);
	size_t length;

	if (!good) {
		written_name(fuzz, room);
		return;
	}
	strcpy(room, good);
	length = strlen(room);
	switch (random_below(fuzz, 4)) {
	case 0: room[random_below(fuzz, length)] = (char)(1 + random_below(fuzz, 255)); break;
	case 1: room[random_below(fuzz, length) + 1] = '\0'; break;
	case 2: random_bytes(fuzz, room + length, random_below(fuzz, 8)); break;
	case 3: room[random_below(fuzz, length)] ^= (char)(1 << random_below(fuzz, 8)); break;
	}
}

static void long_name(struct fuzz *fuzz, char *room)
{
	static const size_t lengths[] = { 254, 255, 256, 300, 4094, 4095, 4096, 4200 };
	size_t length = pick(fuzz, lengths);

	memset(room, '1', length);
	memcpy(room, "net:[", 5);
	room[length - 1] = ']';
	room[length] = '\0';
}

/* What leads on: into what is no directory, back into the same, and out of it. */
static void path_name(struct fuzz *fuzz, char *room)
{
	static const char *const forms[] = { "%s/", "%s/.", "%s/..", "./%s", ".//%s", "%s/x", "../namespaces/%s",
					     "%s%.0s", ".", "..", "" };
	const char *good = good_name(fuzz);

	snprintf(room, NAME_ROOM, pick(fuzz, forms), good ? good : "net:[1]", "");
}

const char *any_name(struct fuzz *fuzz, char room[NAME_ROOM])
{
	const char *good = good_name(fuzz);

	if (good && one_in(fuzz, 2))
		return strcpy(room, good);
	switch (random_below(fuzz, 6)) {
	case 0: long_name(fuzz, room); break;
	case 1: path_name(fuzz, room); break;
	case 2: random_bytes(fuzz, room, 1 + random_below(fuzz, 255)); break;
	case 3: written_name(fuzz, room); break;
	default: nearly_good_name(fuzz, room); break;
	}
	return room;
}

const char *flat_name(struct fuzz *fuzz, char room[NAME_ROOM])
{
	any_name(fuzz, room);
	for (char *c = room; *c; c++)
		if (*c == '/')
			*c = '_';
	if (!*room || *room == '.')
		strcpy(room, "new");
	return room;
}
