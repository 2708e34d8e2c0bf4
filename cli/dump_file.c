// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "dump_file.h"
#include "say.h"

void dump_free(struct dump *dump)
{
	for (size_t i = 0; i < dump->count; i++) {
		if (dump->list[i].live)
			continue;
		free(dump->list[i].uid_map.ranges);
		free(dump->list[i].gid_map.ranges);
	}
	free(dump->list);
	free(dump->outside);
	for (size_t i = 0; i < ARRAY_SIZE(dump->text); i++)
		free(dump->text[i]);
	cJSON_Delete(dump->json);
	*dump = (struct dump){ 0 };
}

static int read_all(const struct cli *cli, const char *path, FILE *file, char **text, size_t *length)
{
	size_t capacity = 0, got;

	*length = 0;
	do {
		if (*length == capacity) {
			char *more;

			capacity = capacity ? 2 * capacity : 65536;
			more = capacity <= DUMP_MOST_BYTES ? realloc(*text, capacity) : NULL;
			if (!more)
				return fail(cli, "%s is too large", path);
			*text = more;
		}
		got = fread(*text + *length, 1, capacity - *length, file);
		*length += got;
	} while (got);
	return ferror(file) ? fail(cli, "cannot read %s: %s", path, strerror(errno)) : EXIT_OK;
}

int dump_load(const struct cli *cli, const char *path, struct dump *dump)
{
	cleanup_file FILE *file = strcmp(path, "-") ? fopen(path, "re") : NULL;
	cleanup_free char *text = NULL;
	char why[DUMP_WHY];
	size_t length;

	*dump = (struct dump){ 0 };
	if (strcmp(path, "-") && !file)
		return fail(cli, "cannot read %s: %s", path, strerror(errno));
	if (read_all(cli, path, file ? file : stdin, &text, &length) != EXIT_OK)
		return EXIT_FAILED;
	if (dump_parse(text, length, dump, why))
		return fail(cli, "%s: %s", path, why);
	return EXIT_OK;
}

const struct dump_ns *dump_find(const struct dump *dump, const char *id)
{
	for (size_t i = 0; i < dump->count; i++)
		if (!strcmp(dump->list[i].id, id))
			return &dump->list[i];
	return NULL;
}

const struct dump_ns *dump_find_number(const struct dump *dump, enum procns_type type, uint32_t inum)
{
	for (size_t i = 0; i < dump->count; i++)
		if (dump->list[i].type == type && dump->list[i].inum == inum)
			return &dump->list[i];
	return NULL;
}

const struct dump_ns *dump_find_kernel_id(const struct dump *dump, uint64_t kernel_id)
{
	for (size_t i = 0; i < dump->count; i++)
		if (kernel_id && dump->list[i].kernel_id == kernel_id)
			return &dump->list[i];
	return NULL;
}

char *dump_read_boot_id(void)
{
	cleanup_file FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	char *line = NULL;
	size_t size = 0;

	if (!file || getline(&line, &size, file) <= 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

bool dump_is_of_this_boot(const struct dump *dump)
{
	cleanup_free char *boot_id = dump_read_boot_id();

	return boot_id && dump->boot_id && !strcmp(boot_id, dump->boot_id);
}
