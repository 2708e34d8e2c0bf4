// SPDX-License-Identifier: GPL-2.0-or-later
/* What is read as a namespace's name, a line of mountinfo, a stat, an id map; and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proc_read.h"
#include "type.h"
#include "util.h"

static void names_are_strict(void **state)
{
	static const char *const wrong[] = {
		"", "net", "net:", "net:[", "net:[]", "net:[1", "net:1", "net:[1]]", "net:[1] ", " net:[1]", "net: [1]", "net:[ 1]",
		"net:[+1]", "net:[-1]", "net:[01]", "net:[1x]", "net:[0x1]", "net:[4294967296]", "net:[99999999999999999999]",
		"NET:[1]", "mount:[1]", "nets:[1]", "ne:[1]", "pid_for_children:[1]", "net:[1]\n",
	};
	enum procns_type type;
	uint32_t inum;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (!type_parse_name(wrong[i], &type, &inum))
			fail_msg("'%s' was taken for a name", wrong[i]);
}

static void names_of_all_types_are_read(void **state)
{
	static const char *const names[PROCNS_NTYPES] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };
	char text[64];

	(void)state;
	for (size_t i = 0; i < PROCNS_NTYPES; i++) {
		enum procns_type type;
		uint32_t inum;

		assert_string_equal(procns_type_name(i), names[i]);
		assert_int_equal(procns_type_parse(names[i], &type), 0);
		assert_int_equal(type, i);
		assert_int_equal(type_of_clone_flag(procns_type_clone_flag(i), &type), 0);
		assert_int_equal(type, i);
		snprintf(text, sizeof(text), "%s:[4294967295]", names[i]);
		assert_int_equal(type_parse_name(text, &type, &inum), 0);
		assert_int_equal(type, i);
		assert_int_equal(inum, UINT32_MAX);
	}
	assert_null(procns_type_name(PROCNS_NTYPES));
	assert_true(procns_type_clone_flag(PROCNS_NTYPES) < 0);
}

static void numbers_have_one_form(void **state)
{
	static const char *const wrong[] = { "", "-1", "+1", " 1", "1 ", "00", "01", "1a", "18446744073709551616" };
	uint64_t number;
	const char *end;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_true(parse_number(wrong[i], UINT64_MAX, &number, NULL) < 0);
	assert_int_equal(parse_number("18446744073709551615", UINT64_MAX, &number, NULL), 0);
	assert_true(number == UINT64_MAX);
	assert_int_equal(parse_number("0", 9, &number, NULL), 0);
	assert_true(parse_number("10", 9, &number, NULL) < 0);
	assert_int_equal(parse_number("17/net", 100, &number, &end), 0);
	assert_int_equal(number, 17);
	assert_string_equal(end, "/net");
}

static void mountinfo_is_cut_up(void **state)
{
	char plain[] = "560 29 0:4 net:[4026532178] /run/netns/blue rw shared:225 master:1 - nsfs nsfs rw";
	char bare[] = "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard";
	char no_source[] = "30 22 0:20 / /proc rw - proc  rw,hidepid=invisible";
	struct mountinfo_line mount;

	(void)state;
	assert_int_equal(parse_mountinfo_line(plain, &mount), 0);
	assert_string_equal(mount.root, "net:[4026532178]");
	assert_string_equal(mount.mount_point, "/run/netns/blue");
	assert_string_equal(mount.fstype, "nsfs");
	assert_int_equal(parse_mountinfo_line(bare, &mount), 0);
	assert_string_equal(mount.mount_point, "/");
	assert_string_equal(mount.fstype, "ext4");
	assert_int_equal(parse_mountinfo_line(no_source, &mount), 0);
	assert_string_equal(mount.super_options, "rw,hidepid=invisible");
}

static void mountinfo_escapes_are_undone(void **state)
{
	char nothing[] = "1 2 0:4 \\000 /x rw - tmpfs tmpfs rw";	/* no path has a NUL */
	char line[] = "1 2 0:4 net:[1] /a\\040b\\011c\\012d\\134040\\043\\ rw - nsfs nsfs rw";
	char high[] = "1 2 0:4 net:[1] /\\377\\400\\08 rw - nsfs nsfs rw";
	struct mountinfo_line mount;

	(void)state;
	assert_int_equal(parse_mountinfo_line(line, &mount), 0);
	assert_string_equal(mount.mount_point, "/a b\tc\nd\\040#\\");
	assert_int_equal(parse_mountinfo_line(nothing, &mount), 0);
	assert_string_equal(mount.root, "\\000");
	assert_int_equal(parse_mountinfo_line(high, &mount), 0);
	assert_string_equal(mount.mount_point, "/\377\\400\\08");
}

static void broken_mountinfo_is_refused(void **state)
{
	static const char *const wrong[] = { "", " ", "1", "1 2 0:4 / /x rw", "1 2 0:4 / /x rw -", "1 2 0:4 / /x rw - ", "- - - - - -" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		char *line = strdup(wrong[i]);
		struct mountinfo_line mount;

		if (!parse_mountinfo_line(line, &mount))
			fail_msg("'%s' was taken for a line of mountinfo", wrong[i]);
		free(line);
	}
}

static void lines_are_cut_up(void **state)
{
	char text[] = "one\n\nthree";
	char *next = text;

	(void)state;
	assert_string_equal(next_line(&next), "one");
	assert_string_equal(next_line(&next), "");
	assert_string_equal(next_line(&next), "three");
	assert_null(next_line(&next));
	assert_null(next_line(&next));
}

static void stat_survives_any_name(void **state)
{
	char plain[] = "12 (cat) R 7 12 1 0 -1";
	char nasty[] = "12 (a) R 99 (b\n) S 7 12 1 0 -1";
	char empty[] = "12 () S 0 0";
	struct proc_stat stat;

	(void)state;
	assert_int_equal(parse_stat(plain, &stat), 0);
	assert_int_equal(stat.ppid, 7);
	assert_int_equal(stat.comm_length, 3);
	assert_memory_equal(stat.comm, "cat", 3);
	assert_int_equal(parse_stat(nasty, &stat), 0);
	assert_int_equal(stat.ppid, 7);
	assert_int_equal(stat.comm_length, strlen("a) R 99 (b\n"));
	assert_int_equal(parse_stat(empty, &stat), 0);
	assert_int_equal(stat.comm_length, 0);
	assert_int_equal(stat.ppid, 0);
}

static void broken_stat_is_refused(void **state)
{
	static const char *const wrong[] = { "", "12", "12 (", "12 (cat", "12 )cat( S 1 ", "12 (cat)", "12 (cat) S", "12 (cat) S x 1 2",
					     "12 (cat) S -1 2 3", "12 (cat) S 7" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		char *text = strdup(wrong[i]);
		struct proc_stat stat;

		if (!parse_stat(text, &stat))
			fail_msg("'%s' was taken for a stat", wrong[i]);
		free(text);
	}
}

static void id_maps_are_read(void **state)
{
	struct procns_id_range range;

	(void)state;
	assert_int_equal(parse_id_range("         0     100000      65536", &range), 0);
	assert_int_equal(range.inside, 0);
	assert_int_equal(range.outside, 100000);
	assert_int_equal(range.count, 65536);
	assert_int_equal(parse_id_range("0 0 4294967295", &range), 0);
	assert_int_equal(range.count, UINT32_MAX);
	assert_true(parse_id_range("", &range) < 0);
	assert_true(parse_id_range("0 0", &range) < 0);
	assert_true(parse_id_range("0 0 4294967296", &range) < 0);
	assert_true(parse_id_range("0 0 1 ", &range) < 0);
	assert_true(parse_id_range("0 0 1x", &range) < 0);
	assert_true(parse_id_range("0 -1 1", &range) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_strict),
		cmocka_unit_test(names_of_all_types_are_read),
		cmocka_unit_test(numbers_have_one_form),
		cmocka_unit_test(mountinfo_is_cut_up),
		cmocka_unit_test(mountinfo_escapes_are_undone),
		cmocka_unit_test(broken_mountinfo_is_refused),
		cmocka_unit_test(lines_are_cut_up),
		cmocka_unit_test(stat_survives_any_name),
		cmocka_unit_test(broken_stat_is_refused),
		cmocka_unit_test(id_maps_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
