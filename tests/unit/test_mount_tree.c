// SPDX-License-Identifier: GPL-2.0-or-later
/* Which mounts a path leads to, by mountinfo alone; and where that has to be looked at instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mount_tree.h"
#include "util.h"

#define ROOT { 1, 0, "/", "/", "ext4", "" }
#define AT(path, number, on) { number, on, "net:[1]", path, "nsfs", "" }

static bool leads(const struct mountinfo_line *lines, size_t count, size_t which)
{
	struct mount_tree tree;
	bool it_does;

	assert_int_equal(mount_tree_make(&tree, lines, count), 0);
	it_does = mount_tree_leads_to(&tree, &lines[which]);
	mount_tree_free(&tree);
	return it_does;
}

static void alone_on_what_is_alone(void **state)
{
	const struct mountinfo_line lines[] = { ROOT, AT("/run", 2, 1), AT("/run/netns", 3, 2), AT("/run/netns/a", 4, 3), AT("/b", 5, 1),
						AT("/run/netns2", 6, 2) };

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(lines); i++)
		assert_true(leads(lines, ARRAY_SIZE(lines), i));
}

static void one_over_the_other(void **state)
{
	const struct mountinfo_line same[] = { ROOT, AT("/a", 2, 1), AT("/a", 3, 2) };
	const struct mountinfo_line beneath[] = { ROOT, AT("/a", 2, 1), AT("/a/b", 3, 2), AT("/a", 4, 2) };

	(void)state;
	assert_false(leads(same, ARRAY_SIZE(same), 1));
	assert_false(leads(beneath, ARRAY_SIZE(beneath), 2));
}

static void one_across_the_way(void **state)
{
	/* 4 was mounted at /a last: who goes to /a/b/c gets there by 4, and not to 2 */
	const struct mountinfo_line lines[] = { ROOT, AT("/a/b", 2, 1), AT("/a/b/c", 3, 2), AT("/a", 4, 1) };

	(void)state;
	assert_true(leads(lines, 3, 1));
	assert_true(leads(lines, 3, 2));
	assert_false(leads(lines, ARRAY_SIZE(lines), 1));
	assert_false(leads(lines, ARRAY_SIZE(lines), 2));
	assert_true(leads(lines, ARRAY_SIZE(lines), 3));
}

static void what_cannot_be_told(void **state)
{
	const struct mountinfo_line deleted[] = { ROOT, AT("/a//deleted", 2, 1) };
	const struct mountinfo_line no_root[] = { AT("/a", 2, 1) };
	const struct mountinfo_line two_roots[] = { ROOT, { 7, 1, "/", "/", "ext4", "" }, AT("/a", 2, 7) };
	const struct mountinfo_line no_path[] = { ROOT, AT("a", 2, 1), AT("/", 3, 1) };

	(void)state;
	assert_false(leads(deleted, ARRAY_SIZE(deleted), 1));
	assert_false(leads(no_root, ARRAY_SIZE(no_root), 0));
	assert_false(leads(two_roots, ARRAY_SIZE(two_roots), 2));
	assert_false(leads(no_path, ARRAY_SIZE(no_path), 1));
	assert_false(leads(no_path, ARRAY_SIZE(no_path), 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alone_on_what_is_alone),
		cmocka_unit_test(one_over_the_other),
		cmocka_unit_test(one_across_the_way),
		cmocka_unit_test(what_cannot_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
