// SPDX-License-Identifier: GPL-2.0-or-later
/* procns ls: every namespace, spoken like lsns(8). */
#include <stdlib.h>
#include <string.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "ls_rows.h"
#include "raw_list.h"
#include "say.h"
#include "text.h"

static const struct option_row option_rows[] = {
	OPTION_ROW_JSON,
	{ 'l', "list", .help = "use list format output" },
	OPTION_ROW_NOHEADINGS,
	OPTION_ROW_OUTPUT,
	{ OPTION_OUTPUT_ALL, "output-all", .help = "output all columns" },
	{ 'P', "persistent", .help = "namespaces without processes" },
	{ 'p', "task", ARGUMENT_REQUIRED, "pid", "print process namespaces" },
	{ 'Q', "filter", ARGUMENT_REQUIRED, "expr", "apply display filter",
	  "For example \\fB\\(aqUSER != \"root\" and NPROCS > 1\\(aq\\fR; see \\fBscols\\-filter\\fR(5). "
	  "Needs a procns built with libsmartcols 2.40 or later." },
	OPTION_ROW_RAW,
	OPTION_ROW_NOTRUNCATE,
	{ 'W', "nowrap", .help = "don't use multi-line representation" },
	{ 't', "type", ARGUMENT_REQUIRED, "type", "namespace type (mnt, net, ipc, user, pid, uts, cgroup, time)",
	  "May be given more than once." },
	{ 'T', "tree", ARGUMENT_OPTIONAL, "rel", "use tree format (parent, owner, or process)",
	  "The default of \\fIrel\\fR is \\fBowner\\fR; without the option at all, \\fBprocess\\fR." },
	OPTION_ROW_STRICT,
	OPTION_ROW_SOURCE,
	OPTION_ROW_COLOR,
	OPTION_ROW_COLUMNS,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

/* --list and --tree together are allowed, as by lsns in practice: the tree wins. */
static const char *const exclusive[] = { "Jr", "Pp", NULL };

struct ls {
	struct format format;
	struct ls_rows rows;
	struct column_list columns;
	const char *source;		/* NULL: the library chooses */
	const char *operand;		/* the namespace whose processes are listed; NULL: list namespaces */
	struct filter *filter;
	uint32_t types;			/* 0: all */
	bool strict;
};

static void cleanup_ls(struct ls *ls)
{
	filter_free(ls->filter);
}

static int parse_pid(const struct cli *cli, const char *text, pid_t *pid)
{
	int64_t value;

	if (!text_to_number(text, 1, INT32_MAX, &value))
		return fail(cli, "invalid PID argument: '%s'", text);
	*pid = (pid_t)value;
	return EXIT_OK;
}

static int parse_relation(const struct cli *cli, const char *text, enum ls_relation *relation)
{
	static const char *const names[] = { [LS_BY_OWNER] = "owner", [LS_BY_PARENT] = "parent", [LS_BY_PROCESS] = "process" };

	*relation = LS_BY_OWNER;
	if (!text)
		return EXIT_OK;
	if (*text == '=')	/* -T=owner */
		text++;
	for (size_t i = LS_BY_OWNER; i < ARRAY_SIZE(names); i++)
		if (!strcmp(text, names[i])) {
			*relation = (enum ls_relation)i;
			return EXIT_OK;
		}
	return fail(cli, "unknown tree type: %s", text);
}

static void output_all(const struct cli *cli, struct column_list *list)
{
	size_t n = columns_shown(cli);

	list->n = 0;
	for (size_t i = 0; i < n; i++)
		column_list_add(list, (enum column_id)i);
}

static void add_defaults(struct ls *ls, const enum column_id *ids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ids[i] == COLUMN_NETNSID || ids[i] == COLUMN_NSFS)
			if (!(ls->types & 1u << PROCNS_NET))
				continue;
		column_list_add(&ls->columns, ids[i]);
	}
}

/*
 * As lsns decides: where no columns are chosen yet (--output-all does it at once, --output last), the defaults come, and with
 * them, or with a namespace named, the tree of processes unless another form was asked for.
 */
static int choose_columns(const struct cli *cli, struct ls *ls, const char *output, bool force_list)
{
	static const enum column_id of_processes[] = { COLUMN_PID, COLUMN_PPID, COLUMN_USER, COLUMN_COMMAND };
	static const enum column_id of_namespaces[] = { COLUMN_NS,	COLUMN_TYPE,	COLUMN_NPROCS, COLUMN_PID, COLUMN_USER,
							COLUMN_NETNSID, COLUMN_NSFS,	COLUMN_COMMAND };
	bool by_process = ls->operand || !ls->columns.n;

	if (by_process && !force_list && ls->rows.relation == LS_FLAT)
		ls->rows.relation = LS_BY_PROCESS;
	if (!ls->columns.n && ls->operand)
		add_defaults(ls, of_processes, ARRAY_SIZE(of_processes));
	else if (!ls->columns.n)
		add_defaults(ls, of_namespaces, ARRAY_SIZE(of_namespaces));

	return output ? column_list_parse(cli, &ls->columns, output) : EXIT_OK;
}

static void choose_tree(struct ls *ls)
{
	/* a tree of processes nobody sees: without its column it doesn't change the order of namespaces either */
	if (ls->rows.relation == LS_BY_PROCESS && !ls->operand && !column_list_has(&ls->columns, COLUMN_COMMAND))
		ls->rows.relation = LS_FLAT;
	ls->format.tree_column = ls->rows.relation == LS_FLAT	      ? -1
				 : ls->rows.relation == LS_BY_PROCESS ? (int)COLUMN_COMMAND
								      : (int)COLUMN_NS;
}

/* Returns OPTIONS_END to go on; else OPTIONS_EXIT with *status. */
static int parse_options(const struct cli *cli, int argc, char **argv, struct ls *ls, int *status)
{
	bool force_list = false, columns_only = false;
	const char *output = NULL;
	struct options options;
	int key;

	options_begin(&options, cli, argc, argv);
	for (*status = EXIT_OK; *status == EXIT_OK && (key = options_next(&options)) != OPTIONS_END;) {
		switch (key) {
		case 'J': ls->format.json = true; break;
		case 'l': force_list = true; break;
		case 'n': ls->format.noheadings = true; break;
		case 'o': output = options.argument; break;
		case OPTION_OUTPUT_ALL: output_all(cli, &ls->columns); break;
		case 'P': ls->rows.persistent = true; break;
		case 'p': *status = parse_pid(cli, options.argument, &ls->rows.pid); break;
		case 'Q':
			filter_free(ls->filter);
			*status = filter_new(cli, options.argument, &ls->filter);
			break;
		case 'r': ls->format.raw = ls->format.nowrap = true; break;
		case 'u': ls->format.notruncate = true; break;
		case 'W': ls->format.nowrap = true; break;
		case 't': *status = option_add_type(cli, options.argument, &ls->types); break;
		case 'T': *status = parse_relation(cli, options.argument, &ls->rows.relation); break;
		case OPTION_STRICT: ls->strict = true; break;
		case OPTION_SOURCE: ls->source = options.argument; break;
		case OPTION_COLOR: *status = color_parse(cli, options.argument, &ls->format.color); break;
		case 'H': columns_only = true; break;
		case OPTIONS_EXIT: *status = options.status; return OPTIONS_EXIT;
		}
	}
	if (*status != EXIT_OK)
		return OPTIONS_EXIT;
	if (columns_only) {
		*status = table_print_columns(cli, &ls->format);
		return OPTIONS_EXIT;
	}

	ls->operand = options_operands(&options)[0];
	if (ls->operand && ls->rows.pid)
		*status = fail(cli, "--task is mutually exclusive with <namespace>");
	else if (ls->operand && options_operands(&options)[1])
		*status = fail(cli, "only one namespace can be named, and '%s' is one more", options_operands(&options)[1]);
	else
		*status = choose_columns(cli, ls, output, force_list);
	return *status == EXIT_OK ? OPTIONS_END : OPTIONS_EXIT;
}

static uint32_t facts_needed(const struct ls *ls)
{
	struct column_list all = ls->columns;
	uint32_t facts = ls_rows_facts(&ls->rows);

	if (ls->filter)
		filter_add_columns(ls->filter, &all);
	if (ls->operand)
		facts |= PROCNS_FACT_MEMBERS;
	if (ls->operand && !strncmp(ls->operand, "id:", 3))
		facts |= PROCNS_FACT_ID;
	return facts | column_list_facts(&all);
}

/* An empty list and status 0, as lsns: but why is said. */
static void note_nothing(const struct cli *cli, const struct ls *ls, size_t lines)
{
	if (ls->rows.pid && !ls->filter && !lines)
		note(cli, "process %d is not there, or none of its namespaces can be seen", ls->rows.pid);
}

static int add_rows(const struct cli *cli, const struct ls *ls, struct procns *ctx, struct listing *listing)
{
	const struct procns_ns *ns;
	int err;

	if (ls->operand) {
		if (procns_resolve(ctx, listing->snapshot, ls->operand, &ns) < 0)
			return fail(cli, "%s", procns_error(ctx));
		err = ls_add_processes(&ls->rows, listing, ns);
	} else {
		err = ls_add_namespaces(&ls->rows, listing);
		if (!err)
			note_nothing(cli, ls, scols_table_get_nlines(listing->table));
	}
	return err ? fail(cli, "cannot make the list: %s", strerror(-err)) : EXIT_OK;
}

static int print(const struct cli *cli, const struct ls *ls, struct procns *ctx, const struct procns_snapshot *snapshot)
{
	struct listing listing;
	int status;

	if (listing_begin(&listing, snapshot, &ls->columns, &ls->format, ls->filter) < 0)
		status = fail(cli, "cannot make the list: out of memory");
	else
		status = add_rows(cli, ls, ctx, &listing);
	if (status == EXIT_OK)
		status = table_print(cli, listing.table, snapshot);
	listing_end(&listing);
	return status;
}

/* Raw lines that stand alone need no table: nothing is aligned, drawn under something else, or filtered. */
static bool needs_no_table(const struct ls *ls)
{
	return ls->format.raw && ls->rows.relation == LS_FLAT && !ls->operand && !ls->filter;
}

static int print_straight(const struct cli *cli, const struct ls *ls, const struct procns_snapshot *snapshot)
{
	cleanup_free const struct procns_ns **namespaces = namespaces_in_order(snapshot);
	size_t n = procns_count(snapshot), lines = 0;
	struct cells cells;

	if (!namespaces)
		return fail(cli, "cannot make the list: out of memory");
	cells_begin(&cells, ',');
	for (size_t i = 0; i < n; i++) {
		const struct row row = { &cells, namespaces[i], namespaces[i]->first, NULL };

		if (!ls_row_chosen(&ls->rows, namespaces[i]))
			continue;
		if (!lines++ && !ls->format.noheadings)
			raw_list_heading(&ls->columns, stdout);
		raw_list_line(&ls->columns, &row, stdout);
	}
	cells_end(&cells);
	note_nothing(cli, ls, lines);
	return flush_output(cli);
}

static int run(const struct cli *cli, int argc, char **argv)
{
	__attribute__((cleanup(cleanup_ls))) struct ls ls = { .format.tree_column = -1 };
	cleanup_context struct procns *ctx = NULL;
	cleanup_snapshot struct procns_snapshot *snapshot = NULL;
	struct procns_query query;
	int status, partial;

	/* lsns has no colours */
	ls.format.color = cli->as_lsns ? COLOR_NEVER : COLOR_AUTO;
	if (parse_options(cli, argc, argv, &ls, &status) == OPTIONS_EXIT)
		return status;
	choose_tree(&ls);
	ls.format.typed = ls.filter;

	if (procns_new(&ctx) < 0)
		return fail(cli, "out of memory");
	query = (struct procns_query){ facts_needed(&ls), ls.types };
	if (procns_set_source(ctx, ls.source) < 0 || procns_snapshot(ctx, &query, &snapshot) < 0)
		return fail(cli, "%s", procns_error(ctx));
	capabilities_drop_after(cli, CAPABILITY_LISTS);

	status = needs_no_table(&ls) ? print_straight(cli, &ls, snapshot) : print(cli, &ls, ctx, snapshot);
	partial = say_gaps(snapshot, ls.strict);
	return status == EXIT_OK ? partial : status;
}

const struct command command_ls = {
	.name = "ls",
	.operands = "[<namespace>]",
	.help = "list namespaces, or the processes in one",
	.options = option_rows,
	.exclusive = exclusive,
	.help_columns = columns_help,
	.run = run,
};
