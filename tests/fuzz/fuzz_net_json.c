// SPDX-License-Identifier: GPL-2.0-or-later
/* Topologies as `procns net --diff` reads them: two of them, with a NUL between. Nothing differs from itself; what is written of a difference is JSON. */
#include "fuzz.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "net_diff.h"

static void compare(const cJSON *old, const cJSON *now, bool same)
{
	char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);
	cJSON *written;
	int changes;

	must(memory);
	changes = net_diff_text(old, now, memory);
	must(!fclose(memory));
	must(changes >= 0 && (!same || !changes));
	free(text);

	memory = open_memstream(&text, &length);
	must(memory && net_diff_json(old, now, memory) == changes && !fclose(memory));
	written = cJSON_ParseWithLength(text, length);
	must(written);
	cJSON_Delete(written);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *between = size ? memchr(data, '\0', size) : NULL;
	size_t first = between ? (size_t)(between - data) : size;
	cJSON *old = cJSON_ParseWithLength((const char *)data, first);
	cJSON *now = between ? cJSON_ParseWithLength((const char *)between + 1, size - first - 1) : NULL;

	if (old)
		compare(old, old, true);
	if (old && now)
		compare(old, now, false);
	cJSON_Delete(old);
	cJSON_Delete(now);
	return 0;
}
