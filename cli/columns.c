// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <libsmartcols.h>
#include <string.h>
#include <strings.h>

#include "columns.h"
#include "command.h"
#include "say.h"

#define NUMBER SCOLS_JSON_NUMBER
#define STRING SCOLS_JSON_STRING
#define RIGHT SCOLS_FL_RIGHT

#define COUNTS PROCNS_FACT_COUNTS
#define MAKER (PROCNS_FACT_COUNTS | PROCNS_FACT_CREATOR)

/* The order is that of --output-all: first the columns of lsns(8), in its order. */
const struct column columns[COLUMN_COUNT] = {
	[COLUMN_NS] = { "NS", 10, RIGHT, NUMBER, 0, cell_ns, "namespace identifier (inode number)" },
	[COLUMN_TYPE] = { "TYPE", 5, 0, STRING, 0, cell_type, "kind of namespace" },
	[COLUMN_PATH] = { "PATH", 0, 0, STRING, COUNTS, cell_path, "path to the namespace" },
	[COLUMN_NPROCS] = { "NPROCS", 5, RIGHT, NUMBER, COUNTS, cell_nprocs, "number of processes in the namespace" },
	[COLUMN_PID] = { "PID", 5, RIGHT, NUMBER, COUNTS, cell_pid, "lowest PID in the namespace" },
	[COLUMN_PPID] = { "PPID", 5, RIGHT, NUMBER, COUNTS, cell_ppid, "PPID of the PID" },
	[COLUMN_COMMAND] = { "COMMAND", 0, SCOLS_FL_TRUNC, STRING, COUNTS, cell_command, "command line of the PID" },
	[COLUMN_UID] = { "UID", 0, RIGHT, NUMBER, MAKER, cell_uid, "UID of the PID" },
	[COLUMN_USER] = { "USER", 0, 0, STRING, MAKER, cell_user, "username of the PID" },
	[COLUMN_NETNSID] = { "NETNSID", 0, RIGHT, STRING, PROCNS_FACT_NETNSID, cell_netnsid,
			     "namespace ID as used by network subsystem" },
	[COLUMN_NSFS] = { "NSFS", 0, SCOLS_FL_WRAP, STRING, PROCNS_FACT_NAMES, cell_nsfs,
			  "nsfs mountpoint (usually used network subsystem)" },
	[COLUMN_PNS] = { "PNS", 10, RIGHT, NUMBER, PROCNS_FACT_PARENT, cell_pns,
			 "parent namespace identifier (inode number)" },
	[COLUMN_ONS] = { "ONS", 10, RIGHT, NUMBER, PROCNS_FACT_OWNER, cell_ons,
			 "owner namespace identifier (inode number)" },
	[COLUMN_NAMESPACE] = { "NAMESPACE", 0, 0, STRING, 0, cell_namespace, "type and number: net:[4026531840]" },
	[COLUMN_PARENT] = { "PARENT", 0, 0, STRING, PROCNS_FACT_PARENT, cell_parent,
			    "parent, type and number, where a tree doesn't show it" },
	[COLUMN_ID] = { "ID", 0, RIGHT, NUMBER, PROCNS_FACT_ID, cell_id,
			"the kernel's 64-bit id, never reused (6.18 and later)" },
	[COLUMN_NAME] = { "NAME", 0, 0, STRING, PROCNS_FACT_NAMES, cell_name,
			  "name under /run/netns, or path of a bind mount" },
	[COLUMN_THREADS] = { "THREADS", 0, RIGHT, NUMBER, COUNTS, cell_threads, "number of threads in the namespace" },
	[COLUMN_REFS] = { "REFS", 0, RIGHT, NUMBER, PROCNS_FACT_REFS, cell_refs, "references that keep it alive" },
	[COLUMN_ACTIVE] = { "ACTIVE", 0, RIGHT, NUMBER, PROCNS_FACT_ACTIVE, cell_active,
			    "active references (6.19 and later)" },
	[COLUMN_HOLDERS] = { "HOLDERS", 0, SCOLS_FL_TRUNC, STRING, PROCNS_FACT_HOLDERS, cell_holders,
			     "what keeps it alive, counted by kind" },
	[COLUMN_MAPS] = { "MAPS", 0, SCOLS_FL_TRUNC, STRING, PROCNS_FACT_MAPS, cell_maps,
			  "ids of a user namespace: inside:outside:count" },
};

void column_list_add(struct column_list *list, enum column_id id)
{
	list->ids[list->n++] = id;
}

bool column_list_has(const struct column_list *list, enum column_id id)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->ids[i] == id)
			return true;
	return false;
}

uint32_t column_list_facts(const struct column_list *list)
{
	uint32_t facts = 0;

	for (size_t i = 0; i < list->n; i++)
		facts |= columns[list->ids[i]].facts;
	return facts;
}

enum column_id column_find(const char *name, size_t length)
{
	enum column_id id = 0;

	while (id < COLUMN_COUNT && (strncasecmp(columns[id].name, name, length) || columns[id].name[length]))
		id++;
	return id;
}

int column_list_parse(const struct cli *cli, struct column_list *list, const char *text)
{
	if (*text == '+')
		text++;
	else
		list->n = 0;

	for (;; text++) {
		size_t length = strcspn(text, ",");
		enum column_id id = column_find(text, length);

		if (!length)
			return fail(cli, "--output: the name of a column is missing in front of '%s'", text);
		if (id == COLUMN_COUNT)
			return fail(cli, "unknown column: %.*s", (int)length, text);
		if (list->n == COLUMNS_MAX)
			return fail(cli, "--output: too many columns, the limit is %d", COLUMNS_MAX);
		column_list_add(list, id);
		text += length;
		if (!*text)
			return EXIT_OK;
	}
}

size_t columns_shown(const struct cli *cli)
{
	return cli->as_lsns ? COLUMN_OF_LSNS_LAST + 1 : COLUMN_COUNT;
}

void columns_help(const struct cli *cli, FILE *out)
{
	size_t n = columns_shown(cli);

	fprintf(out, "\nColumns:\n");
	for (size_t i = 0; i < n; i++)
		fprintf(out, " %10s  %s\n", columns[i].name, columns[i].help);
}
