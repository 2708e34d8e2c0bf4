// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * By structure: two of one shape (dump_shape.h) can stand for each other, but once one pair is chosen, what is connected with the one must
 * be paired with what is connected with the other. So a choice is followed at once to every neighbour for which it leaves one
 * possibility, and only then the next is made. What has no counterpart of its shape is paired with one of its type in its place: it
 * changed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dump_match.h"
#include "dump_shape.h"

/* Neighbours below: what each owns, then whose parent each is, sorted by whose they are, and shape. */
struct below {
	struct dump_ns **list;
	size_t *first;		/* of list[place]; one more at the end */
};

struct side {
	struct dump *dump;
	struct dump_ns **partner;	/* by place */
	struct below owned, children;
};

struct matching {
	struct side a, b;
	struct dump_ns **queue;		/* of a: paired, neighbours not looked at */
	size_t begin, end;
};

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static struct dump_ns *within(struct dump_ns *ns)
{
	return ns && !ns->outside ? ns : NULL;
}

static struct dump_ns *owner_of(const struct dump_ns *ns)
{
	return within(ns->owner);
}

/* A user namespace's parent is its owner: one relation is enough. */
static struct dump_ns *parent_of(const struct dump_ns *ns)
{
	return ns->type == PROCNS_PID ? within(ns->parent) : NULL;
}

static int by_shape(const void *left, const void *right)
{
	const struct dump_ns *a = *(struct dump_ns *const *)left, *b = *(struct dump_ns *const *)right;
	int order = compare_u64(a->shape, b->shape);

	return order ? order : compare_u64(a->place, b->place);
}

static int make_below(struct below *below, struct dump *dump, struct dump_ns *(*above)(const struct dump_ns *))
{
	size_t *next;

	below->list = calloc(dump->count + 1, sizeof(*below->list));
	below->first = calloc(dump->count + 2, sizeof(*below->first));
	if (!below->list || !below->first)
		return -ENOMEM;
	next = below->first + 1;	/* counts, then ends: shifted by one, they are beginnings */
	for (size_t i = 0; i < dump->count; i++)
		if (above(&dump->list[i]))
			next[above(&dump->list[i])->place]++;
	for (size_t i = 0, sum = 0; i < dump->count; i++) {
		size_t count = next[i];

		next[i] = sum;
		sum += count;
	}
	for (size_t i = 0; i < dump->count; i++)
		if (above(&dump->list[i]))
			below->list[next[above(&dump->list[i])->place]++] = &dump->list[i];
	for (size_t i = 0; i < dump->count; i++)
		qsort(below->list + below->first[i], below->first[i + 1] - below->first[i], sizeof(*below->list), by_shape);
	return 0;
}

static void pair(struct matching *m, struct dump_ns *a, struct dump_ns *b)
{
	m->a.partner[a->place] = b;
	m->b.partner[b->place] = a;
	m->queue[m->end++] = a;
}

static bool is_free(const struct side *side, const struct dump_ns *ns)
{
	return ns && !side->partner[ns->place];
}

static void pair_above(struct matching *m, struct dump_ns *a, struct dump_ns *b)
{
	if (is_free(&m->a, a) && is_free(&m->b, b) && a->shape == b->shape)
		pair(m, a, b);
}

/* From *at on, how many free ones have the shape of the first; moves *at behind them. */
static size_t run(const struct side *side, const struct below *below, size_t *at, size_t end, struct dump_ns **one)
{
	uint64_t shape = below->list[*at]->shape;
	size_t count = 0;

	for (; *at < end && below->list[*at]->shape == shape; ++*at)
		if (is_free(side, below->list[*at]) && !count++)
			*one = below->list[*at];
	return count;
}

/* Those of which each side has one with that shape. */
static void pair_below(struct matching *m, const struct below *below_a, const struct below *below_b, size_t a, size_t b)
{
	size_t i = below_a->first[a], i_end = below_a->first[a + 1], j = below_b->first[b], j_end = below_b->first[b + 1];

	while (i < i_end && j < j_end) {
		uint64_t shape_a = below_a->list[i]->shape, shape_b = below_b->list[j]->shape;
		struct dump_ns *one_a = NULL, *one_b = NULL;
		size_t count_a, count_b;

		count_a = shape_a <= shape_b ? run(&m->a, below_a, &i, i_end, &one_a) : 0;
		count_b = shape_b <= shape_a ? run(&m->b, below_b, &j, j_end, &one_b) : 0;
		if (count_a == 1 && count_b == 1)
			pair(m, one_a, one_b);
	}
}

static void follow(struct matching *m)
{
	while (m->begin < m->end) {
		struct dump_ns *a = m->queue[m->begin++], *b = m->a.partner[a->place];

		pair_above(m, owner_of(a), owner_of(b));
		pair_above(m, parent_of(a), parent_of(b));
		pair_below(m, &m->a.owned, &m->b.owned, a->place, b->place);
		pair_below(m, &m->a.children, &m->b.children, a->place, b->place);
	}
}

/* What two must have in common to be paired: the place of the owner and parent (of `b`), and shape or type. */
struct key {
	uint64_t owner, parent, what;
	struct dump_ns *ns;
};

static int compare_key(const struct key *a, const struct key *b)
{
	int order = compare_u64(a->what, b->what);

	if (!order)
		order = compare_u64(a->owner, b->owner);
	return order ? order : compare_u64(a->parent, b->parent);
}

static int sort_key(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int order = compare_key(a, b);

	return order ? order : compare_u64(a->ns->place, b->ns->place);
}

static uint64_t place_of(const struct dump_ns *ns)
{
	return ns ? ns->place + 1 : 0;
}

static uint64_t partner_place(const struct side *side, const struct dump_ns *ns)
{
	return !ns ? 0 : side->partner[ns->place] ? place_of(side->partner[ns->place]) : UINT64_MAX;
}

static uint64_t what_of(const struct dump_ns *ns, bool by_type)
{
	return by_type ? (uint64_t)ns->type : ns->shape;
}

/* The free one of b with this key, first in order. *begin of a run moves past those that are taken, so that all looking is linear. */
static struct dump_ns *find(const struct matching *m, const struct key *keys, size_t n, size_t *begin, const struct key *wanted)
{
	size_t low = 0, high = n, first;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare_key(&keys[middle], wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (first = low; low < n && !compare_key(&keys[low], wanted); low++) {
		if (low < begin[first])
			low = begin[first];
		if (low >= n || compare_key(&keys[low], wanted))
			return NULL;
		if (is_free(&m->b, keys[low].ns)) {
			begin[first] = low + 1;
			return keys[low].ns;
		}
	}
	return NULL;
}

static int pair_by_keys(struct matching *m, bool by_type)
{
	size_t n = m->b.dump->count;
	cleanup_free struct key *keys = calloc(n + 1, sizeof(*keys));
	cleanup_free size_t *begin = calloc(n + 1, sizeof(*begin));

	if (!keys || !begin)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct dump_ns *ns = &m->b.dump->list[i];

		keys[i] = (struct key){ place_of(owner_of(ns)), place_of(parent_of(ns)), what_of(ns, by_type), ns };
	}
	qsort(keys, n, sizeof(*keys), sort_key);
	for (size_t i = 0; i < m->a.dump->count; i++) {
		struct dump_ns *a = &m->a.dump->list[i], *b;
		struct key wanted = {
			partner_place(&m->a, owner_of(a)), partner_place(&m->a, parent_of(a)), what_of(a, by_type), a,
		};

		b = is_free(&m->a, a) ? find(m, keys, n, begin, &wanted) : NULL;
		if (!b || a->initial != b->initial)
			continue;
		pair(m, a, b);
		follow(m);
	}
	return 0;
}

static void pair_initial(struct matching *m)
{
	for (size_t i = 0; i < m->a.dump->count; i++) {
		struct dump_ns *a = &m->a.dump->list[i];

		for (size_t j = 0; a->initial && j < m->b.dump->count; j++) {
			struct dump_ns *b = &m->b.dump->list[j];

			if (b->initial && b->type == a->type)
				pair(m, a, b);
		}
	}
	follow(m);
}

static int match_by_structure(struct matching *m)
{
	int err = dump_shape(m->a.dump);

	if (!err)
		err = dump_shape(m->b.dump);
	if (!err)
		err = make_below(&m->a.owned, m->a.dump, owner_of);
	if (!err)
		err = make_below(&m->b.owned, m->b.dump, owner_of);
	if (!err)
		err = make_below(&m->a.children, m->a.dump, parent_of);
	if (!err)
		err = make_below(&m->b.children, m->b.dump, parent_of);
	if (err)
		return err;
	pair_initial(m);
	err = pair_by_keys(m, false);
	return err ? err : pair_by_keys(m, true);
}

static int by_kernel_id(const void *left, const void *right)
{
	return compare_u64((*(struct dump_ns *const *)left)->kernel_id, (*(struct dump_ns *const *)right)->kernel_id);
}

static int by_number(const void *left, const void *right)
{
	const struct dump_ns *a = *(struct dump_ns *const *)left, *b = *(struct dump_ns *const *)right;
	int order = compare_u64(a->type, b->type);

	return order ? order : compare_u64(a->inum, b->inum);
}

static int match_by(struct matching *m, int (*compare)(const void *, const void *))
{
	size_t n = m->b.dump->count;
	cleanup_free struct dump_ns **sorted = calloc(n + 1, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i] = &m->b.dump->list[i];
	qsort(sorted, n, sizeof(*sorted), compare);
	for (size_t i = 0; i < m->a.dump->count; i++) {
		struct dump_ns *a = &m->a.dump->list[i];
		struct dump_ns **found = bsearch(&a, sorted, n, sizeof(*sorted), compare);

		if (found && is_free(&m->b, *found) && (*found)->type == a->type)
			pair(m, a, *found);
	}
	return 0;
}

static bool have_ids(const struct dump *dump)
{
	for (size_t i = 0; i < dump->count; i++)
		if (!dump->list[i].kernel_id)
			return false;
	return true;
}

static enum dump_matched_by choose(const struct dump *a, const struct dump *b, bool by_structure)
{
	if (by_structure || !a->boot_id || !b->boot_id || strcmp(a->boot_id, b->boot_id))
		return DUMP_MATCHED_BY_STRUCTURE;
	return have_ids(a) && have_ids(b) ? DUMP_MATCHED_BY_ID : DUMP_MATCHED_BY_NUMBER;
}

static void number(struct dump *dump)
{
	for (size_t i = 0; i < dump->count; i++)
		dump->list[i].place = i;
}

static void free_below(struct below *below)
{
	free(below->list);
	free(below->first);
}

int dump_match(struct dump *before, struct dump *after, bool by_structure, struct dump_match *match)
{
	struct matching m = { .a.dump = before, .b.dump = after };
	int err = -ENOMEM;

	m.a.partner = match->partners = calloc(before->count + 1, sizeof(*match->partners));
	m.b.partner = match->back = calloc(after->count + 1, sizeof(*match->back));
	m.queue = calloc(before->count + 1, sizeof(*m.queue));
	match->by = choose(before, after, by_structure);
	number(before);
	number(after);
	if (m.queue && match->partners && match->back)
		err = match->by == DUMP_MATCHED_BY_STRUCTURE ? match_by_structure(&m) :
		      match_by(&m, match->by == DUMP_MATCHED_BY_ID ? by_kernel_id : by_number);
	free(m.queue);
	free_below(&m.a.owned);
	free_below(&m.b.owned);
	free_below(&m.a.children);
	free_below(&m.b.children);
	return err;
}

void dump_match_free(struct dump_match *match)
{
	free(match->partners);
	free(match->back);
}
