// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "charges.h"
#include "cleanup.h"

static size_t slot_of(const struct charges *charges, const struct procns_ns *user_ns, uid_t uid)
{
	size_t at = (((uintptr_t)user_ns >> 4) ^ (uint64_t)uid << 32) * 0x9e3779b97f4a7c15u >> 20;

	for (;; at++) {
		const struct charge *charge;

		at &= 2 * charges->capacity - 1;
		if (!charges->slots[at])
			return at;
		charge = &charges->list[charges->slots[at] - 1];
		if (charge->user_ns == user_ns && charge->uid == uid)
			return at;
	}
}

static int grow(struct charges *charges)
{
	size_t capacity = charges->capacity ? 2 * charges->capacity : 64;
	struct charge *list = reallocarray(charges->list, capacity, sizeof(*list));
	size_t *slots = calloc(2 * capacity, sizeof(*slots));

	if (list)
		charges->list = list;
	if (!list || !slots) {
		free(slots);
		return -ENOMEM;
	}
	free(charges->slots);
	charges->slots = slots;
	charges->capacity = capacity;
	for (size_t i = 0; i < charges->n; i++)
		slots[slot_of(charges, list[i].user_ns, list[i].uid)] = i + 1;
	return 0;
}

static int charge(struct charges *charges, const struct procns_ns *user_ns, uid_t uid, enum procns_type type)
{
	size_t at;

	if (charges->n == charges->capacity && grow(charges))
		return -ENOMEM;
	at = slot_of(charges, user_ns, uid);
	if (!charges->slots[at]) {
		charges->list[charges->n++] = (struct charge){ user_ns, uid, { 0 } };
		charges->slots[at] = charges->n;
	}
	charges->list[charges->slots[at] - 1].counts[type]++;
	return 0;
}

int charges_count(struct charges *charges, const struct procns_snapshot *snapshot)
{
	for (size_t i = 0; i < procns_count(snapshot); i++) {
		const struct procns_ns *ns = procns_at(snapshot, i);

		if (ns->initial)
			continue;
		for (const struct procns_ns *at = ns; at->owner; at = at->owner)
			if (charge(charges, at->owner, at->creator_uid, ns->type))
				return -ENOMEM;
	}
	return 0;
}

void charges_free(struct charges *charges)
{
	free(charges->list);
	free(charges->slots);
	*charges = (struct charges){ 0 };
}

bool charges_are_known(const struct procns_snapshot *snapshot)
{
	static const uint32_t needed = PROCNS_FACT_OWNER | PROCNS_FACT_CREATOR;

	/* of the namespaces another source lists it may be known, but those are not all */
	if (strcmp(procns_snapshot_source(snapshot), "bpf"))
		return false;
	for (size_t i = 0; i < procns_count(snapshot); i++) {
		const struct procns_ns *ns = procns_at(snapshot, i);

		if (!ns->initial && (ns->known & needed) != needed)
			return false;
	}
	return true;
}

static int64_t read_limit(enum procns_type type)
{
	cleanup_file FILE *file = NULL;
	char path[64];
	int64_t limit;

	snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces", procns_type_name(type));
	file = fopen(path, "re");
	return file && fscanf(file, "%" SCNd64, &limit) == 1 ? limit : -1;
}

void limits_read(int64_t limits[PROCNS_NTYPES])
{
	for (int type = 0; type < PROCNS_NTYPES; type++)
		limits[type] = read_limit(type);
}

double charge_share(const struct charge *charge, const int64_t limits[PROCNS_NTYPES])
{
	double largest = 0;

	for (int type = 0; type < PROCNS_NTYPES; type++) {
		double share = 0;

		/* a limit of 0 is used up by the first; what was made before the limit was set stays */
		if (limits[type] >= 0 && charge->counts[type])
			share = (double)charge->counts[type] / (double)(limits[type] ? limits[type] : 1);
		if (share > largest)
			largest = share;
	}
	return largest;
}
