/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The capabilities a command needs, and the end of all others. One table says which and for what: what is dropped, --help, the manual
 * pages and tests/system/capabilities.sh come from it.
 */
#ifndef CLI_CAPABILITIES_H
#define CLI_CAPABILITIES_H

#include <stdio.h>

struct cli;
struct command;

enum capability_end {
	CAPABILITY_STAYS,		/* until the command ends */
	CAPABILITY_LISTS,		/* until all is listed that will be */
	CAPABILITY_WITHOUT_BPF,		/* until it is known that BPF makes the lists */
};

struct capability_need {
	unsigned int capability;	/* CAP_* */
	const char *name;
	enum capability_end end;
	const char *what;		/* what it is for, to go on after "to"; NULL: end of the table */
};

enum capability_drop {
	DROPS_AT_START,
	DROPS_ITSELF,			/* once its options say that it may */
	DROPS_NOTHING,			/* another program is to get what this one got */
};

struct command_needs {
	const struct command *command;
	enum capability_drop drop;
	const struct capability_need *list;
};

const struct command_needs *needs_of(const struct command *command);

/* For the help and the manual. */
const char *capability_end_text(enum capability_end end);
const char *capability_drop_text(enum capability_drop drop);

/*
 * Drops for good what the table does not have for this command; programs that it runs do not get it back. All is kept where the caller
 * lacks CAP_SYS_PTRACE, for the sake of which see capabilities.c. Where the system does not let it drop any, that is noted, and all goes
 * on as before.
 */
void capabilities_drop(const struct cli *cli);

/* From here on nothing is listed, or BPF is known to do it: drops what has that end, too. */
void capabilities_drop_after(const struct cli *cli, enum capability_end end);

/* For a child that is to run a program with none. Returns 0, or -1 with errno. */
int capabilities_drop_all(void);

void capabilities_print_help(const struct command *command, FILE *out);

#endif
