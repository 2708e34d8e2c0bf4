// SPDX-License-Identifier: GPL-2.0-or-later
/* What of procns watch and top needs no kernel: which events pass, when it is done, how times read, how rows are sorted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../cli/top.h"
#include "../../cli/watch.h"

static struct procns_event event(enum procns_event_kind kind, enum procns_type type, uint32_t inum, uint32_t owner)
{
	return (struct procns_event){ .kind = kind, .type = type, .inum = inum, .owner = owner, .id = inum, .pid = 7 };
}

static void no_filter_passes_all(void **state)
{
	struct watch_filter filter = { 0 };
	struct procns_event born = event(PROCNS_EVENT_BORN, PROCNS_UTS, 1, 2), gone = event(PROCNS_EVENT_GONE, PROCNS_UTS, 1, 2);

	(void)state;
	assert_true(watch_filter_passes(&filter, &born));
	assert_false(watch_filter_is_done(&filter, &gone));
}

static void types_and_processes(void **state)
{
	struct watch_filter nets = { .types = 1u << PROCNS_NET }, other = { .pid = 8 }, same = { .pid = 7 };
	struct procns_event uts = event(PROCNS_EVENT_BORN, PROCNS_UTS, 1, 2), net = event(PROCNS_EVENT_BORN, PROCNS_NET, 1, 2);

	(void)state;
	assert_false(watch_filter_passes(&nets, &uts));
	assert_true(watch_filter_passes(&nets, &net));
	assert_false(watch_filter_passes(&other, &net));
	assert_true(watch_filter_passes(&same, &net));
}

static void what_went_before_it_began(void **state)
{
	struct watch_target targets[] = { { PROCNS_UTS, 5, 5, .seen = false }, { PROCNS_UTS, 6, 6 } };
	struct watch_filter filter = { .targets = targets, .ntargets = 2 };
	struct procns_event alive = event(PROCNS_EVENT_ALIVE, PROCNS_UTS, 5, 1), end = { 0 };

	(void)state;
	assert_false(watch_filter_is_done(&filter, &alive));
	assert_true(targets[0].seen);
	assert_false(targets[1].seen);
	assert_false(watch_targets_missed(&filter, &end));
	targets[1].missed = true;
	assert_true(watch_targets_missed(&filter, &end));
	assert_int_equal(end.kind, PROCNS_EVENT_GONE);
	assert_int_equal(end.inum, 6);
	assert_null(end.call);
	assert_true(watch_filter_passes(&filter, &end));
	assert_false(watch_filter_is_done(&filter, &end));
	assert_false(watch_targets_missed(&filter, &end));
	alive.kind = PROCNS_EVENT_GONE;
	assert_true(watch_filter_is_done(&filter, &alive));
}

static void a_target_and_what_it_owns(void **state)
{
	struct watch_target target = { .type = PROCNS_USER, .inum = 5, .id = 5 };
	struct watch_filter filter = { .targets = &target, .ntargets = 1 };
	struct procns_event owned = event(PROCNS_EVENT_BORN, PROCNS_UTS, 1, 5), others = event(PROCNS_EVENT_BORN, PROCNS_UTS, 1, 6);
	struct procns_event itself = event(PROCNS_EVENT_GONE, PROCNS_USER, 5, 6), reused = itself;

	(void)state;
	reused.id = 99;
	assert_true(watch_filter_passes(&filter, &owned));
	assert_false(watch_filter_passes(&filter, &others));
	assert_true(watch_filter_passes(&filter, &itself));
	assert_false(watch_filter_passes(&filter, &reused));
	assert_false(watch_filter_is_done(&filter, &owned));
	assert_true(watch_filter_is_done(&filter, &itself));
	/* its number may be given again */
	assert_false(watch_filter_passes(&filter, &owned));
}

static void done_when_all_have_gone(void **state)
{
	struct watch_target targets[] = { { .type = PROCNS_UTS, .inum = 1 }, { .type = PROCNS_NET, .inum = 2 } };
	struct watch_filter filter = { .targets = targets, .ntargets = 2 };
	struct procns_event first = event(PROCNS_EVENT_GONE, PROCNS_UTS, 1, 0), second = event(PROCNS_EVENT_GONE, PROCNS_NET, 2, 0);

	(void)state;
	assert_false(watch_filter_is_done(&filter, &first));
	assert_true(watch_filter_is_done(&filter, &second));
}

static void times(void **state)
{
	const struct timespec time = { .tv_sec = 1764024662, .tv_nsec = 12345678 };
	char text[64];

	(void)state;
	watch_format_time(&time, 9, text, sizeof(text));
	assert_string_equal(text, "2025-11-24T22:51:02.012345678Z");
	watch_format_time(&time, 6, text, sizeof(text));
	assert_string_equal(text, "2025-11-24T22:51:02.012345Z");
	watch_format_time(&time, 0, text, sizeof(text));
	assert_string_equal(text, "2025-11-24T22:51:02Z");
}

static void ages(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} ages[] = { { 0, "0.0 ms" }, { 17, "17.0 ms" }, { 3210, "3.2 s" }, { 60000, "1 min" }, { 7200000, "2 h" }, { 172800000, "2 d" } };

	(void)state;
	for (size_t i = 0; i < sizeof(ages) / sizeof(*ages); i++) {
		char text[32];

		watch_format_age(ages[i].ms * 1000000, text, sizeof(text));
		assert_string_equal(text, ages[i].text);
	}
}

static void rows_in_every_order(void **state)
{
	const struct procns_ns ns[] = {
		{ .type = PROCNS_NET, .inum = 1, .nprocs = 1, .nholders = 9 },
		{ .type = PROCNS_NET, .inum = 2, .nprocs = 3, .nholders = 4 },
		{ .type = PROCNS_CGROUP, .inum = 3, .nprocs = 3, .nholders = 1 },
	};
	static const struct {
		enum top_sort sort;
		bool reverse;
		uint32_t wanted[3];
	} orders[] = {
		{ TOP_BY_MEMBERS, false, { 3, 2, 1 } }, { TOP_BY_MEMBERS, true, { 1, 3, 2 } }, { TOP_BY_HOLDERS, false, { 1, 2, 3 } },
		{ TOP_BY_NAME, false, { 3, 1, 2 } },	{ TOP_BY_AGE, false, { 2, 3, 1 } },    { TOP_BY_AGE, true, { 1, 3, 2 } },
	};
	static const int64_t since[] = { 10, 30, 20 };

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		struct top_row list[3];
		struct top_rows rows = { .rows = list, .count = 3 };

		for (size_t j = 0; j < 3; j++)
			list[j] = (struct top_row){ .ns = &ns[j], .seen = { .since = since[j] } };
		top_rows_sort(&rows, orders[i].sort, orders[i].reverse);
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(list[j].ns->inum, orders[i].wanted[j]);
	}
}

static void names_of_orders(void **state)
{
	(void)state;
	for (enum top_sort sort = 0; sort < TOP_NSORTS; sort++) {
		enum top_sort parsed;

		assert_int_equal(top_sort_parse(top_sort_name(sort), &parsed), 0);
		assert_int_equal(parsed, sort);
	}
	assert_true(top_sort_parse("colour", &(enum top_sort){ 0 }) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_filter_passes_all),
		cmocka_unit_test(types_and_processes),
		cmocka_unit_test(what_went_before_it_began),
		cmocka_unit_test(a_target_and_what_it_owns),
		cmocka_unit_test(done_when_all_have_gone),
		cmocka_unit_test(times),
		cmocka_unit_test(ages),
		cmocka_unit_test(rows_in_every_order),
		cmocka_unit_test(names_of_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
