// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * procns tree: every namespace once, under its owner. User namespaces make the trunk; a pid namespace whose parent has the same
 * owner is drawn under that parent; any other one's parent is named beside it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "listing.h"
#include "say.h"

static const struct option_row option_rows[] = {
	OPTION_ROW_JSON,
	OPTION_ROW_NOHEADINGS,
	OPTION_ROW_OUTPUT,
	OPTION_ROW_NOTRUNCATE,
	OPTION_ROW_STRICT,
	OPTION_ROW_SOURCE,
	OPTION_ROW_COLOR,
	OPTION_ROW_COLUMNS,
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

struct tree {
	struct format format;
	struct column_list columns;
	const char *source, *output;
	char **operands;		/* the roots; none: all */
	const struct procns_ns **roots;
	size_t nroots;
	bool strict;
};

static void cleanup_tree(struct tree *tree)
{
	free(tree->roots);
}

/* Returns OPTIONS_END to go on; else OPTIONS_EXIT with *status. */
static int parse_options(const struct cli *cli, int argc, char **argv, struct tree *tree, int *status)
{
	struct options options;
	int key;

	options_begin(&options, cli, argc, argv);
	for (*status = EXIT_OK; *status == EXIT_OK && (key = options_next(&options)) != OPTIONS_END;) {
		switch (key) {
		case 'J': tree->format.json = true; break;
		case 'n': tree->format.noheadings = true; break;
		case 'o': tree->output = options.argument; break;
		case 'u': tree->format.notruncate = true; break;
		case OPTION_STRICT: tree->strict = true; break;
		case OPTION_SOURCE: tree->source = options.argument; break;
		case OPTION_COLOR: *status = color_parse(cli, options.argument, &tree->format.color); break;
		case 'H': *status = table_print_columns(cli, &tree->format); return OPTIONS_EXIT;
		case OPTIONS_EXIT: *status = options.status; return OPTIONS_EXIT;
		}
	}
	tree->operands = options_operands(&options);
	return *status == EXIT_OK ? OPTIONS_END : OPTIONS_EXIT;
}

static int choose_columns(const struct cli *cli, struct tree *tree)
{
	static const enum column_id defaults[] = { COLUMN_NAMESPACE, COLUMN_NAME, COLUMN_PARENT, COLUMN_NPROCS,
						   COLUMN_PID,	     COLUMN_USER, COLUMN_COMMAND };

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		column_list_add(&tree->columns, defaults[i]);
	if (tree->output && column_list_parse(cli, &tree->columns, tree->output) != EXIT_OK)
		return EXIT_FAILED;
	/* the branches must hang on something */
	tree->format.tree_column = COLUMN_NAMESPACE;
	if (column_list_has(&tree->columns, COLUMN_NAMESPACE))
		return EXIT_OK;
	if (!column_list_has(&tree->columns, COLUMN_NS))
		return fail(cli, "--output: a tree needs the column NAMESPACE or NS");
	tree->format.tree_column = COLUMN_NS;
	return EXIT_OK;
}

/* What a namespace is drawn under. */
static const struct procns_ns *above(const struct procns_ns *ns)
{
	if (ns->type == PROCNS_USER)
		return ns->parent;
	if (ns->type == PROCNS_PID && ns->parent && ns->parent->owner == ns->owner)
		return ns->parent;
	return ns->owner;
}

static bool wanted(const struct tree *tree, const struct procns_ns *ns)
{
	for (; tree->nroots && ns; ns = above(ns))
		for (size_t i = 0; i < tree->nroots; i++)
			if (tree->roots[i] == ns)
				return true;
	return !tree->nroots;
}

static int add(const struct tree *tree, struct listing *listing, const struct procns_ns *ns)
{
	struct libscols_line **line = listing_namespace_line(listing, ns), **under = NULL;
	const struct procns_ns *upper = above(ns);
	int err;

	if (!line || *line || !wanted(tree, ns))
		return 0;
	if (upper && wanted(tree, upper)) {
		err = add(tree, listing, upper);
		if (err)
			return err;
		under = listing_namespace_line(listing, upper);
	}
	return listing_add(listing, ns, ns->first, under ? upper : NULL, under ? *under : NULL, line);
}

/* What is owned comes before the user namespaces below, and types stay together. */
static int add_all(const struct tree *tree, struct listing *listing)
{
	int err = 0;

	for (size_t i = 0; i < listing->n && !err; i++) {
		const struct procns_ns *ns = procns_at(listing->snapshot, i);

		if (ns->type != PROCNS_USER)
			err = add(tree, listing, ns);
	}
	for (size_t i = 0; i < listing->n && !err; i++)
		err = add(tree, listing, listing->namespaces[i]);
	return err;
}

static int find_roots(const struct cli *cli, struct procns *ctx, const struct procns_snapshot *snapshot, struct tree *tree)
{
	size_t n = 0;

	while (tree->operands[n])
		n++;
	tree->roots = calloc(n + 1, sizeof(*tree->roots));
	if (!tree->roots)
		return fail(cli, "out of memory");
	for (; tree->nroots < n; tree->nroots++)
		if (procns_resolve(ctx, snapshot, tree->operands[tree->nroots], &tree->roots[tree->nroots]) < 0)
			return fail(cli, "%s", procns_error(ctx));
	return EXIT_OK;
}

static uint32_t facts_needed(const struct tree *tree)
{
	uint32_t facts = PROCNS_FACT_OWNER | PROCNS_FACT_PARENT;

	for (char **operand = tree->operands; *operand; operand++)
		facts |= !strncmp(*operand, "id:", 3) ? PROCNS_FACT_ID
			 : !strncmp(*operand, "pid:", 4) ? PROCNS_FACT_MEMBERS : 0;
	return facts | column_list_facts(&tree->columns);
}

static int print(const struct cli *cli, const struct tree *tree, const struct procns_snapshot *snapshot)
{
	struct listing listing;
	int status, err = listing_begin(&listing, snapshot, &tree->columns, &tree->format, NULL);

	if (!err)
		err = add_all(tree, &listing);
	status = err ? fail(cli, "cannot make the tree: %s", strerror(-err)) : table_print(cli, listing.table, snapshot);
	listing_end(&listing);
	return status;
}

static int run(const struct cli *cli, int argc, char **argv)
{
	__attribute__((cleanup(cleanup_tree))) struct tree tree = { .format.nowrap = true };
	cleanup_context struct procns *ctx = NULL;
	cleanup_snapshot struct procns_snapshot *snapshot = NULL;
	struct procns_query query;
	int status, partial;

	if (parse_options(cli, argc, argv, &tree, &status) == OPTIONS_EXIT)
		return status;
	if (choose_columns(cli, &tree) != EXIT_OK)
		return EXIT_FAILED;

	if (procns_new(&ctx) < 0)
		return fail(cli, "out of memory");
	query = (struct procns_query){ .want = facts_needed(&tree) };
	if (procns_set_source(ctx, tree.source) < 0 || procns_snapshot(ctx, &query, &snapshot) < 0)
		return fail(cli, "%s", procns_error(ctx));
	capabilities_drop_after(cli, CAPABILITY_LISTS);
	if (find_roots(cli, ctx, snapshot, &tree) != EXIT_OK)
		return EXIT_FAILED;

	status = print(cli, &tree, snapshot);
	partial = say_gaps(snapshot, tree.strict);
	return status == EXIT_OK ? partial : status;
}

const struct command command_tree = {
	.name = "tree",
	.operands = "[<namespace>...]",
	.help = "draw namespaces under their owners and parents, each once",
	.options = option_rows,
	.help_columns = columns_help,
	.run = run,
};
