// SPDX-License-Identifier: GPL-2.0-or-later
/* What a watch makes of traces and lists, without a kernel. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util.h"
#include "watch_known.h"

/* What was told, as text: "born 1, gone? 1" (the question mark: noticed). */
struct told {
	struct known_set set;
	char text[512];
	int fail_after;			/* events; -1: never */
};

static int note_event(void *data, enum procns_event_kind kind, const struct known *known, int64_t time, bool noticed)
{
	static const char *const names[] = { "alive", "born", "gone" };
	struct told *told = data;
	size_t length = strlen(told->text);

	(void)time;
	if (!told->fail_after)
		return -ENOMEM;
	told->fail_after--;
	snprintf(told->text + length, sizeof(told->text) - length, "%s%s%s %u", length ? ", " : "", names[kind],
		 noticed ? "?" : "", known->sight.inum);
	return 0;
}

static int make(void **state)
{
	struct told *told = calloc(1, sizeof(*told));

	told->set.tell = note_event;
	told->set.data = told;
	told->set.traced = true;
	told->fail_after = -1;
	*state = told;
	return 0;
}

static int unmake(void **state)
{
	struct told *told = *state;

	known_free(&told->set);
	free(told);
	return 0;
}

static struct sight sight(uint32_t inum, uint64_t id, uint64_t address)
{
	return (struct sight){ .type = PROCNS_UTS, .inum = inum, .id = id, .address = address };
}

static void assert_told(struct told *told, const char *wanted)
{
	assert_string_equal(told->text, wanted);
	told->text[0] = '\0';
}

static void list(struct told *told, const struct sight *sights, size_t count, int64_t began)
{
	assert_int_equal(known_listed(&told->set, sights, count, began, began + 5), 0);
}

static void born(struct told *told, struct sight what, int64_t time)
{
	assert_true(known_born(&told->set, &what, time) >= 0);
}

static void gone(struct told *told, struct sight what, bool typed, int64_t time)
{
	assert_true(known_gone(&told->set, &what, typed, time) >= 0);
}

static void first_list_is_alive(void **state)
{
	const struct sight sights[] = { sight(1, 11, 0x10), sight(2, 12, 0x20) };

	list(*state, sights, 2, 100);
	assert_told(*state, "alive? 1, alive? 2");
	list(*state, sights, 2, 200);
	assert_told(*state, "");
}

static void a_traced_life(void **state)
{
	list(*state, NULL, 0, 100);
	born(*state, sight(1, 11, 0x10), 110);
	gone(*state, sight(1, 11, 0x10), true, 120);
	assert_told(*state, "born 1, gone 1");
	list(*state, NULL, 0, 200);
	assert_told(*state, "");
}

static void an_end_is_noticed(void **state)
{
	list(*state, NULL, 0, 100);
	born(*state, sight(1, 11, 0x10), 110);
	list(*state, NULL, 0, 200);
	assert_told(*state, "born 1, gone? 1");
}

static void born_while_listing_stays(void **state)
{
	const struct sight sights[] = { sight(1, 11, 0x10) };

	list(*state, NULL, 0, 100);
	born(*state, sight(1, 11, 0x10), 202);
	list(*state, NULL, 0, 200);
	assert_told(*state, "born 1");
	list(*state, sights, 1, 300);
	assert_told(*state, "");
}

/* The program was attached first, so what the first list has may be told by the ring after it. */
static void told_after_the_first_list(void **state)
{
	const struct sight sights[] = { sight(1, 11, 0x10), sight(2, 0, 0x20) };

	list(*state, sights, 2, 100);
	born(*state, sights[0], 90);
	born(*state, sights[1], 90);
	assert_told(*state, "alive? 1, alive? 2");
}

static void number_given_again(void **state)
{
	const struct sight sights[] = { sight(1, 11, 0x10) };

	list(*state, sights, 1, 100);
	born(*state, sight(1, 12, 0x10), 110);
	assert_told(*state, "alive? 1, gone? 1, born 1");
}

static void number_and_place_given_again(void **state)
{
	const struct sight sights[] = { sight(1, 0, 0x10) };

	list(*state, sights, 1, 100);
	born(*state, sights[0], 110);
	born(*state, sights[0], 120);
	assert_told(*state, "alive? 1, gone? 1, born 1, gone? 1, born 1");
}

static void number_given_to_another_type(void **state)
{
	struct sight net = sight(1, 0, 0);

	net.type = PROCNS_NET;
	list(*state, NULL, 0, 100);
	born(*state, sight(1, 0, 0x10), 110);
	born(*state, net, 120);
	assert_told(*state, "born 1, gone? 1, born 1");
}

static void untraced_birth_waits_for_its_trace(void **state)
{
	const struct sight sights[] = { sight(1, 11, 0x10) };

	list(*state, NULL, 0, 100);
	list(*state, sights, 1, 200);
	assert_told(*state, "");
	assert_true(known_has_pending(&((struct told *)*state)->set));
	born(*state, sights[0], 190);
	assert_told(*state, "born 1");
	list(*state, sights, 1, 300);
	assert_told(*state, "");
}

static void untraced_birth_is_told_by_the_second_list(void **state)
{
	const struct sight sights[] = { sight(1, 11, 0x10) };

	list(*state, NULL, 0, 100);
	list(*state, sights, 1, 200);
	list(*state, sights, 1, 300);
	assert_told(*state, "born? 1");
	assert_false(known_has_pending(&((struct told *)*state)->set));
}

static void untraced_life_between_lists(void **state)
{
	const struct sight sights[] = { sight(1, 11, 0x10) };

	list(*state, NULL, 0, 100);
	list(*state, sights, 1, 200);
	list(*state, NULL, 0, 300);
	assert_told(*state, "born? 1, gone? 1");
}

static void polling_tells_at_once(void **state)
{
	const struct sight sights[] = { sight(1, 11, 0) }, later[] = { sight(1, 12, 0) };
	struct told *told = *state;

	told->set.traced = false;
	list(told, NULL, 0, 100);
	list(told, sights, 1, 200);
	list(told, later, 1, 300);
	list(told, NULL, 0, 400);
	assert_told(told, "born? 1, gone? 1, born? 1, gone? 1");
}

/* Until 6.17 an end is told by number alone, also that of what failed while it was made. */
static void ends_by_number(void **state)
{
	list(*state, NULL, 0, 100);
	gone(*state, sight(7, 0, 0), false, 105);
	born(*state, sight(1, 0, 0x10), 110);
	gone(*state, sight(1, 0, 0), false, 120);
	assert_told(*state, "born 1, gone 1");
}

static void end_of_another_is_not_ours(void **state)
{
	list(*state, NULL, 0, 100);
	born(*state, sight(1, 12, 0x10), 110);
	gone(*state, sight(1, 11, 0x10), true, 120);
	assert_told(*state, "born 1");
}

static void owners_go_last(void **state)
{
	struct sight user = sight(1, 11, 0x10);

	user.type = PROCNS_USER;
	list(*state, NULL, 0, 100);
	born(*state, user, 110);
	born(*state, sight(2, 12, 0x20), 111);
	born(*state, sight(3, 13, 0x30), 112);
	assert_told(*state, "born 1, born 2, born 3");
	list(*state, NULL, 0, 200);
	assert_non_null(strstr(((struct told *)*state)->text, ", gone? 1"));
}

static void many(void **state)
{
	struct told *told = *state;
	struct sight *sights = calloc(5000, sizeof(*sights));

	for (uint32_t i = 0; i < 5000; i++)
		sights[i] = sight(4026532000u + i, i + 1, 0);
	list(told, sights, 5000, 100);
	assert_int_equal(told->set.count, 5000);
	for (uint32_t i = 0; i < 5000; i++)
		assert_non_null(known_find(&told->set, sights[i].inum));
	list(told, sights + 2500, 2500, 200);
	assert_int_equal(told->set.count, 2500);
	free(sights);
}

static void failures_come_through(void **state)
{
	const struct sight sights[] = { sight(1, 11, 0x10), sight(2, 12, 0x20) };
	struct told *told = *state;

	told->fail_after = 1;
	assert_int_equal(known_listed(&told->set, sights, 2, 100, 105), -ENOMEM);
	assert_int_equal(known_born(&told->set, &(struct sight){ .inum = 9, .id = 9 }, 110), -ENOMEM);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make, unmake)
	const struct CMUnitTest tests[] = {
		TEST(first_list_is_alive),
		TEST(a_traced_life),
		TEST(an_end_is_noticed),
		TEST(born_while_listing_stays),
		TEST(told_after_the_first_list),
		TEST(number_given_again),
		TEST(number_and_place_given_again),
		TEST(number_given_to_another_type),
		TEST(untraced_birth_waits_for_its_trace),
		TEST(untraced_birth_is_told_by_the_second_list),
		TEST(untraced_life_between_lists),
		TEST(polling_tells_at_once),
		TEST(ends_by_number),
		TEST(end_of_another_is_not_ours),
		TEST(owners_go_last),
		TEST(many),
		TEST(failures_come_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
