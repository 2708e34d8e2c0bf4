// SPDX-License-Identifier: GPL-2.0-or-later
/* procns enter: joins namespaces and runs a command in them. */
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "command.h"
#include "run.h"
#include "say.h"
#include "target.h"

enum {
	OPTION_PRESERVE = OPTION_COLOR + 1,
};

#define ALL_TYPES ((1u << PROCNS_NTYPES) - 1)

struct request {
	uint32_t types;
	bool preserve_credentials;
	struct targets targets;
};

static int parse_types(const struct cli *cli, const char *list, uint32_t *types)
{
	cleanup_free char *copy = strdup(list);
	char *save = NULL;

	if (!copy)
		return fail(cli, "out of memory");
	*types = 0;
	for (char *name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save))
		if (option_add_type(cli, name, types))
			return EXIT_FAILED;
	return *types ? EXIT_OK : fail(cli, "--type: no namespace type given");
}

/* Returns 0, or an exit status + 1 where nothing is left to do. */
static int parse(struct request *request, struct options *options)
{
	int key;

	while ((key = options_next(options)) != OPTIONS_END) {
		switch (key) {
		case 't':
			if (parse_types(options->cli, options->argument, &request->types))
				return 1 + EXIT_FAILED;
			break;
		case OPTION_PRESERVE:
			request->preserve_credentials = true;
			break;
		case OPTIONS_EXIT:
			return 1 + options->status;
		}
	}
	return 0;
}

static int join(const struct cli *cli, const struct target *target)
{
	if (!setns(target->fd, procns_type_clone_flag(target->type)))
		return EXIT_OK;
	return fail(cli, "cannot enter %s:[%lu]: %s", procns_type_name(target->type), (unsigned long)target->inum,
		    strerror(errno));
}

static const struct target *user_target(const struct targets *targets)
{
	for (size_t i = 0; i < targets->n; i++)
		if (targets->list[i].type == PROCNS_USER)
			return &targets->list[i];
	return NULL;
}

/* The mount namespace goes last of its round: what is opened by a path, the others' included, may look different in it. */
static int join_round(const struct cli *cli, const struct targets *targets, const struct target *user, bool below)
{
	const struct target *mnt = NULL;

	for (size_t i = 0; i < targets->n; i++) {
		const struct target *target = &targets->list[i];

		if (target == user || (user && target_is_owned_below(target, user) != below))
			continue;
		if (target->type == PROCNS_MNT)
			mnt = target;
		else if (join(cli, target))
			return EXIT_FAILED;
	}
	return mnt ? join(cli, mnt) : EXIT_OK;
}

/*
 * A user namespace gives rights over what it owns and takes those over all else: what it does not own is joined before it,
 * what it owns after it.
 */
static int join_all(const struct cli *cli, const struct targets *targets)
{
	const struct target *user = user_target(targets);

	if (!user)
		return join_round(cli, targets, NULL, false);
	if (join_round(cli, targets, user, false) || join(cli, user))
		return EXIT_FAILED;
	return join_round(cli, targets, user, true);
}

/* Root in the user namespace just entered, as far as that has one. */
static void become_root(void)
{
	if (setgroups(0, NULL) && errno != EPERM)
		return;
	if (setresgid(0, 0, 0) || setresuid(0, 0, 0))
		return;
}

static int enter(const struct cli *cli, const struct request *request, char **command)
{
	bool fork_first = false, user = user_target(&request->targets);

	for (size_t i = 0; i < request->targets.n; i++)
		fork_first |= request->targets.list[i].type == PROCNS_PID;
	if (join_all(cli, &request->targets))
		return EXIT_FAILED;
	if (user && !request->preserve_credentials)
		become_root();
	return fork_first ? run_in_child(cli, command) : run_here(cli, command);
}

static int run(const struct cli *cli, int argc, char **argv)
{
	struct request request = { .types = ALL_TYPES };
	struct options options;
	char **command = run_split_command(argv, &argc);
	char **operands;
	int status;

	options_begin(&options, cli, argc, argv);
	status = parse(&request, &options);
	if (status)
		return status - 1;
	operands = options_operands(&options);
	if (!*operands)
		return fail(cli, "which namespaces? Name them (net:[4026532544], a path, pid:1234 for all of a task's)");
	for (; !status && *operands; operands++)
		status = targets_add(cli, &request.targets, *operands, request.types);
	if (!status && !request.targets.n)
		note(cli, "these are our own namespaces already");
	if (!status)
		status = enter(cli, &request, command);
	targets_close(&request.targets);
	return status;
}

static const struct option_row rows[] = {
	{ 't', "type", ARGUMENT_REQUIRED, "list", "of a task's namespaces, enter only these types" },
	{ OPTION_PRESERVE, "preserve-credentials", .help = "keep uid and gids when entering a user namespace" },
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_enter = {
	.name = "enter",
	.operands = "NS... [-- COMMAND [ARG...]]",
	.help = "run a command, or a shell, in namespaces",
	.options = rows,
	.run = run,
};
