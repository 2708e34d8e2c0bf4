// SPDX-License-Identifier: GPL-2.0-or-later
/* What is there now, by way of a dump, so that it is compared with one that was read from a file as its like. */
#include <stdlib.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "dump_collect.h"
#include "say.h"

static int write_and_parse(struct dump_live *live, struct dump *dump)
{
	cleanup_free char *text = NULL;
	char why[DUMP_WHY];
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);
	int err;

	if (!memory)
		return fail(live->cli, "out of memory");
	err = dump_write(live, memory);
	if (fclose(memory) || err)
		return fail(live->cli, "out of memory");
	return dump_parse(text, length, dump, why) ? fail(live->cli, "what is there now: %s", why) : EXIT_OK;
}

int dump_now(const struct cli *cli, const struct dump_request *request, struct dump *dump, bool strict, int *partial)
{
	struct dump_live live;
	int status;

	*dump = (struct dump){ 0 };
	*partial = EXIT_OK;
	status = dump_collect(&live, cli, request);
	capabilities_drop_after(cli, CAPABILITY_LISTS);
	if (status == EXIT_OK)
		status = write_and_parse(&live, dump);
	if (status == EXIT_OK)
		*partial = dump_say_gaps(&live, strict);
	dump_live_end(&live);
	return status;
}
