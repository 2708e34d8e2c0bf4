// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of commands. */
#include <string.h>

#include "command.h"

const struct command *const commands[] = {
	&command_ls,
	&command_tree,
	&command_why,
	&command_net,
	&command_dump,
	&command_diff,
	&command_restore,
	&command_enter,
	&command_open,
	&command_pin,
	&command_unpin,
	&command_watch,
	&command_top,
	&command_metrics,
	&command_check,
	&command_source,
	NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}
