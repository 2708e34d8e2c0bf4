// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>

#include "watch_known.h"

#define SMALLEST_SIZE 256

static struct known **chain_of(const struct known_set *set, uint32_t inum)
{
	return &set->chains[(inum * 0x9E3779B1u) & (set->size - 1)];
}

static int grow(struct known_set *set)
{
	struct known_set larger = { .size = set->size ? set->size * 2 : SMALLEST_SIZE };

	larger.chains = calloc(larger.size, sizeof(*larger.chains));
	if (!larger.chains)
		return -ENOMEM;
	for (size_t i = 0; i < set->size; i++) {
		while (set->chains[i]) {
			struct known *known = set->chains[i], **chain = chain_of(&larger, known->sight.inum);

			set->chains[i] = known->next;
			known->next = *chain;
			*chain = known;
		}
	}
	free(set->chains);
	set->chains = larger.chains;
	set->size = larger.size;
	return 0;
}

struct known *known_find(const struct known_set *set, uint32_t inum)
{
	struct known *known = set->size ? *chain_of(set, inum) : NULL;

	while (known && known->sight.inum != inum)
		known = known->next;
	return known;
}

static struct known *add(struct known_set *set, const struct sight *sight, int64_t since)
{
	struct known **chain, *known;

	if (set->count >= set->size && grow(set) < 0)
		return NULL;
	known = calloc(1, sizeof(*known));
	if (!known)
		return NULL;
	chain = chain_of(set, sight->inum);
	*known = (struct known){ .sight = *sight, .since = since, .list = set->lists, .next = *chain };
	*chain = known;
	set->count++;
	return known;
}

static void take_out(struct known_set *set, struct known *known)
{
	struct known **at = chain_of(set, known->sight.inum);

	while (*at != known)
		at = &(*at)->next;
	*at = known->next;
	set->count--;
	free(known);
}

void known_free(struct known_set *set)
{
	for (size_t i = 0; i < set->size; i++) {
		while (set->chains[i]) {
			struct known *known = set->chains[i];

			set->chains[i] = known->next;
			free(known);
		}
	}
	free(set->chains);
	set->chains = NULL;
	set->size = set->count = 0;
}

/* The same namespace, or another that was given the number after it? */
static bool is_same(const struct sight *a, const struct sight *b)
{
	if (a->type != b->type)
		return false;
	if (a->id && b->id)
		return a->id == b->id;
	return !a->address || !b->address || a->address == b->address;
}

static int tell(struct known_set *set, enum procns_event_kind kind, const struct known *known, int64_t time, bool noticed)
{
	return set->tell(set->data, kind, known, time, noticed);
}

/* Its birth was not traced, and by now it would have been. */
static int settle(struct known_set *set, struct known *known)
{
	known->pending = false;
	return tell(set, PROCNS_EVENT_BORN, known, known->since, true);
}

/* It is no more, as someone else has its number, or no list has it. */
static int notice_end(struct known_set *set, struct known *known, int64_t time)
{
	int err = known->pending ? settle(set, known) : 0;

	if (!err)
		err = tell(set, PROCNS_EVENT_GONE, known, time, true);
	take_out(set, known);
	return err;
}

/*
 * A list may have had it before the trace told of it. Without ids, the namespace that has the number and the place in memory of one
 * that is known is that one only as long as the first list was being made.
 */
static bool is_told_again(const struct known_set *set, const struct known *known, const struct sight *sight, int64_t time)
{
	if (!is_same(&known->sight, sight))
		return false;
	if (known->sight.id && sight->id)
		return true;
	return known->pending || (!known->birth_seen && time < set->first_list_end);
}

int known_born(struct known_set *set, const struct sight *sight, int64_t time)
{
	struct known *known = known_find(set, sight->inum);
	bool again = known && is_told_again(set, known, sight, time);
	int err = 0;

	if (again && !known->pending)
		return 0;
	if (known && !again)
		err = notice_end(set, known, time);
	if (!again)
		known = add(set, sight, time);
	if (err || !known)
		return err ?: -ENOMEM;
	known->sight = *sight;
	known->since = time;
	known->birth_seen = true;
	known->pending = false;
	err = tell(set, PROCNS_EVENT_BORN, known, time, false);
	return err ?: 1;
}

int known_gone(struct known_set *set, const struct sight *sight, bool typed, int64_t time)
{
	struct known *known = known_find(set, sight->inum);
	int err = 0;

	/* one that was never told of: what failed while it was made, or was lost, or had gone before the first list */
	if (!known || (typed && !is_same(&known->sight, sight)))
		return 0;
	if (known->pending)
		err = settle(set, known);
	if (!err)
		err = tell(set, PROCNS_EVENT_GONE, known, time, false);
	take_out(set, known);
	return err ?: 1;
}

static int see(struct known_set *set, const struct sight *sight, int64_t began)
{
	struct known *known = known_find(set, sight->inum);
	int err = 0;

	if (known && is_same(&known->sight, sight)) {
		known->list = set->lists;
		return known->pending ? settle(set, known) : 0;
	}
	if (known && known->since >= began)	/* born while the list was made, which has who was there before */
		return 0;
	if (known)
		err = notice_end(set, known, began);
	if (err)
		return err;
	known = add(set, sight, began);
	if (!known)
		return -ENOMEM;
	if (set->lists == 1)
		return tell(set, PROCNS_EVENT_ALIVE, known, began, true);
	known->pending = true;
	return set->traced ? 0 : settle(set, known);
}

/* Those that the list does not have, and that were there before it was begun. */
static int sweep_of(struct known_set *set, bool users, int64_t began, int64_t ended)
{
	int err = 0;

	for (size_t i = 0; !err && i < set->size; i++) {
		struct known *known = set->chains[i], *next;

		for (; !err && known; known = next) {
			next = known->next;
			if ((known->sight.type == PROCNS_USER) == users && known->list != set->lists && known->since < began)
				err = notice_end(set, known, ended);
		}
	}
	return err;
}

/* User namespaces last: they own the others. */
static int sweep(struct known_set *set, int64_t began, int64_t ended)
{
	return sweep_of(set, false, began, ended) ?: sweep_of(set, true, began, ended);
}

int known_listed(struct known_set *set, const struct sight *sights, size_t count, int64_t began, int64_t ended)
{
	int err = 0;

	set->lists++;
	if (set->lists == 1)
		set->first_list_end = ended;
	for (size_t i = 0; !err && i < count; i++)
		err = see(set, &sights[i], began);
	return err ?: sweep(set, began, ended);
}

bool known_has_pending(const struct known_set *set)
{
	for (size_t i = 0; i < set->size; i++)
		for (const struct known *known = set->chains[i]; known; known = known->next)
			if (known->pending)
				return true;
	return false;
}
