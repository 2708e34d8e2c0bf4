// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * procns net --diff OLD.json: both sides as JSON, compared member by member. What an entry of a list is known by (the number of a
 * namespace, the index of a link) is in a table; everything else is a change of it.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "command.h"
#include "json_writer.h"
#include "net.h"
#include "net_diff.h"
#include "say.h"

DEFINE_CLEANUP(json, cJSON *, cJSON_Delete)

#define cleanup_json __attribute__((cleanup(cleanup_json_at)))

/* Files larger than this are none of ours. */
#define MOST_BYTES (1024L * 1024 * 1024)

static int read_file(const struct cli *cli, const char *path, char **text, size_t *length)
{
	cleanup_file FILE *file = fopen(path, "re");
	size_t capacity = 0, got;
	char *data = NULL;

	*text = NULL;
	*length = 0;
	if (!file)
		return fail(cli, "--diff: cannot read %s: %s", path, strerror(errno));
	do {
		if (*length + 1 >= capacity) {
			capacity = capacity ? capacity * 2 : 65536;
			data = capacity < MOST_BYTES ? realloc(*text, capacity) : NULL;
			if (!data) {
				free(*text);
				*text = NULL;
				return fail(cli, "--diff: %s is too large", path);
			}
			*text = data;
		}
		got = fread(*text + *length, 1, capacity - *length - 1, file);
		*length += got;
	} while (got);
	(*text)[*length] = '\0';
	if (ferror(file)) {
		free(*text);
		*text = NULL;
		return fail(cli, "--diff: cannot read %s: %s", path, strerror(errno));
	}
	return EXIT_OK;
}

static int parse_old(const struct cli *cli, const char *path, cJSON **old)
{
	cleanup_free char *text = NULL;
	const cJSON *version;
	size_t length;

	*old = NULL;
	if (read_file(cli, path, &text, &length) != EXIT_OK)
		return EXIT_FAILED;
	*old = cJSON_ParseWithLength(text, length);
	version = cJSON_GetObjectItemCaseSensitive(*old, "version");
	if (!*old || !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(*old, "namespaces")) || !cJSON_IsNumber(version))
		return fail(cli, "--diff: %s was not written by 'procns net -J'", path);
	if (version->valueint != NET_JSON_VERSION)
		return fail(cli, "--diff: %s has version %d of the format; this program knows version %d", path, version->valueint,
			    NET_JSON_VERSION);
	return EXIT_OK;
}

/* What is there now, as it would be written. */
static int make_new(const struct net *net, cJSON **now)
{
	cleanup_free char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);

	*now = NULL;
	if (!memory)
		return fail(net->cli, "out of memory");
	net_print_json(net, memory);
	if (fclose(memory))
		return fail(net->cli, "out of memory");
	*now = cJSON_ParseWithLength(text, length);
	return *now ? EXIT_OK : fail(net->cli, "out of memory");
}

int net_print_diff(const struct net *net, const char *path)
{
	cleanup_json cJSON *old = NULL, *now = NULL;
	int changes;

	if (parse_old(net->cli, path, &old) != EXIT_OK || make_new(net, &now) != EXIT_OK)
		return EXIT_FAILED;
	changes = net->json ? net_diff_json(old, now, stdout) : net_diff_text(old, now, stdout);
	if (changes < 0)
		return fail(net->cli, "--diff: %s", strerror(-changes));
	return changes ? EXIT_NO : EXIT_OK;
}
