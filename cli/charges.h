/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What counts towards the limits user.max_*_namespaces. The kernel charges a namespace to who made it, in the user namespace that
 * owns it; and to who made that one, in its parent; and so on up to the initial user namespace. Each may have as many as the
 * limit there says.
 */
#ifndef CLI_CHARGES_H
#define CLI_CHARGES_H

#include <stdbool.h>

#include "procns.h"

/* One user in one user namespace. */
struct charge {
	const struct procns_ns *user_ns;
	uid_t uid;			/* in the initial user namespace's ids */
	uint64_t counts[PROCNS_NTYPES];
};

struct charges {
	struct charge *list;		/* in order of meeting */
	size_t n, capacity;
	size_t *slots;			/* a hash of them: 1 + number in the list; 2 * capacity of them */
};

/* What a snapshot must have been asked for; bpf alone knows it of all types. */
#define CHARGES_WANT (PROCNS_FACT_OWNER | PROCNS_FACT_CREATOR | PROCNS_FACT_HOLDERS)

/* Whether it is known of every namespace of the snapshot whom it is charged to. */
bool charges_are_known(const struct procns_snapshot *snapshot);

/* 0 or -ENOMEM. The list then ends with charges_free(). */
int charges_count(struct charges *charges, const struct procns_snapshot *snapshot);
void charges_free(struct charges *charges);

/* The limits (user.max_TYPE_namespaces) of the user namespace this process is in; -1 where one can't be read. */
void limits_read(int64_t limits[PROCNS_NTYPES]);

/* How much of its limits a charge has used: of all types the largest share, 1 being all of it. 0 where no limit is known. */
double charge_share(const struct charge *charge, const int64_t limits[PROCNS_NTYPES]);

#endif
