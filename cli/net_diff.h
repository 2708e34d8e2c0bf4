/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between two topologies that `procns net -J` wrote. */
#ifndef CLI_NET_DIFF_H
#define CLI_NET_DIFF_H

#include <cjson/cJSON.h>
#include <stdio.h>

/* One difference. Something of `what` was added, is gone, or has another value of `member`. */
struct net_change {
	char sign;			/* '+', '-', '~' */
	const char *what;		/* "namespace", "link", "address", "route", "socket", "process" */
	const cJSON *netns;		/* the namespace it is in */
	const cJSON *link;		/* NULL: in none */
	const cJSON *thing;		/* the entry itself; NULL: the namespace or the link */
	const char *member;		/* '~' */
	const cJSON *before, *after;	/* '~' */
};

struct net_changes {
	void (*each)(const struct net_change *change, void *arg);
	void *arg;
	size_t count;
};

/* Calls each() for every difference. Returns 0 or -ENOMEM. */
int net_compare(const cJSON *old, const cJSON *now, struct net_changes *changes);

/* Print them. Return how many there are, or a negative errno. */
int net_diff_text(const cJSON *old, const cJSON *now, FILE *out);
int net_diff_json(const cJSON *old, const cJSON *now, FILE *out);

#endif
