// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of processes, files, hosts and links, whatever bytes they have, as they are written: to terminals, and as JSON. */
#include "fuzz.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "json_writer.h"
#include "say.h"

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || (unsigned char)*text >= 0x7f || *text == '\\')
			return false;
	return true;
}

static void try_terminal(const char *text)
{
	char *written = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&written, &length);

	must(memory);
	write_safely(text, memory);
	must(!fclose(memory) && strlen(written) == length);
	for (size_t i = 0, whole; i < length; i += whole) {
		whole = printable_length(written + i, length - i);
		must(whole && i + whole <= length);
	}
	if (is_plain(text))
		must(!strcmp(text, written));
	free(written);
}

static void try_json(const char *text)
{
	char *written = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&written, &length);
	cJSON *json;

	must(memory);
	json_write_text(text, memory);
	must(!fclose(memory));
	for (size_t i = 0; i < length; i++)
		must((unsigned char)written[i] >= ' ' && !strchr("<>&\x7f", written[i]));
	json = cJSON_ParseWithLength(written, length);
	must(cJSON_IsString(json));
	if (is_plain(text))
		must(!strcmp(cJSON_GetStringValue(json), text));
	cJSON_Delete(json);
	free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of_input(data, size);

	try_terminal(text);
	try_json(text);
	free(text);
	return 0;
}
