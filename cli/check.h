/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `procns check` looks at, and what it found. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "criu.h"
#include "procns.h"

struct cli;
struct json_writer;

/* As of most programs that compare: something found is no failure of ours. */
enum check_status {
	CHECK_FINE = 0,
	CHECK_FOUND = 1,
	CHECK_TROUBLE = 2,		/* EXIT_TROUBLE */
};

#define CHECK_TOTAL PROCNS_NTYPES	/* in place of a type: all of them */

/* A number that is larger than it may be. */
struct check_count {
	int type;			/* or CHECK_TOTAL */
	uint64_t count, max;
};

/* A user who has so much of a limit. */
struct check_user {
	const struct procns_ns *user_ns;	/* whose limit it is */
	uid_t uid;
	enum procns_type type;
	uint64_t count;
	int64_t limit;
};

struct check {
	const struct cli *cli;
	struct procns *ctx;
	const struct procns_snapshot *snapshot;

	/* Asked for */
	const char *since;			/* NULL: not */
	int64_t max[PROCNS_NTYPES + 1];		/* -1: not */
	int percent;				/* of limits; 0: not */
	bool criu_asked;
	pid_t root;				/* of the tree that is for CRIU; 0: not given */

	/* Found */
	const struct procns_ns **outlived;
	size_t noutlived;
	struct check_count counts[PROCNS_NTYPES + 1];
	size_t ncounts;
	struct check_user *users;
	size_t nusers;
	struct criu criu;

	/* What could not be looked at, beside the snapshot's gaps; allocated lines */
	char *gaps[2];
	size_t ngaps;
};

/* Each does its part where it was asked for. Returns CHECK_FINE whatever it found, or CHECK_TROUBLE and has said why. */
int check_since(struct check *check);
int check_max(struct check *check);
int check_user_limits(struct check *check);
int check_criu(struct check *check);

/* "net=500" into max. CHECK_FINE, or CHECK_TROUBLE and has said why. */
int check_parse_max(const struct cli *cli, const char *text, int64_t max[PROCNS_NTYPES + 1]);

/* "pid:1234" into root. The same. */
int check_parse_root(const struct cli *cli, const char *text, pid_t *root);

bool check_found(const struct check *check);

/* 0 or a negative errno. */
int check_print_text(const struct check *check, FILE *out);
int check_print_json(const struct check *check, FILE *out);

/* What CRIU would refuse: nothing where that was not asked. */
void check_print_criu_text(const struct check *check, FILE *out);
void check_print_criu_json(const struct check *check, struct json_writer *json);

#endif
