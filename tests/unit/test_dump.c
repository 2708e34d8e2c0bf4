// SPDX-License-Identifier: GPL-2.0-or-later
/* What is read as a dump, and what is not: a dump that makes sense, and the same with one thing wrong at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dump_file.h"
#include "dump_match.h"
#include "dump_shape.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define REST "\"names\": [], \"nprocs\": 1, \"nthreads\": 2, \"members\": [{\"pid\": 7, \"comm\": \"x\", \"threads\": 2}], \"holders\": []}"

static const char good[] =
	"{\"format\": \"procns-dump\", \"version\": 1, \"system\": {\"release\": \"6.1\", \"boot_id\": \"b\"}, \"root\": null,\n"
	"\"namespaces\": [\n"
	"{\"id\": \"ns1\", \"type\": \"user\", \"inum\": 11, \"kernel_id\": 101, \"initial\": true, \"owner\": null, \"parent\": null, "
	"\"uid_map\": [[0, 0, 4294967295]], \"gid_map\": [[0, 0, 4294967295]], \"creator\": null, " REST ",\n"
	"{\"id\": \"ns2\", \"type\": \"user\", \"inum\": 12, \"kernel_id\": 102, \"initial\": false, \"owner\": \"ns1\", \"parent\": \"ns1\", "
	"\"uid_map\": [[0, 1000, 10], [20, 2000, 30]], \"gid_map\": [[0, 1000, 10]], \"creator\": 1000, " REST ",\n"
	"{\"id\": \"ns3\", \"type\": \"user\", \"inum\": 13, \"kernel_id\": 103, \"initial\": false, \"owner\": \"ns2\", \"parent\": \"ns2\", "
	"\"uid_map\": [[0, 21, 5]], \"gid_map\": [[0, 1, 9]], \"creator\": 20, " REST ",\n"
	"{\"id\": \"ns4\", \"type\": \"pid\", \"inum\": 14, \"kernel_id\": 104, \"initial\": true, \"owner\": \"ns1\", \"parent\": null, " REST ",\n"
	"{\"id\": \"ns5\", \"type\": \"pid\", \"inum\": 15, \"kernel_id\": 105, \"initial\": false, \"owner\": \"ns2\", \"parent\": \"ns4\", " REST ",\n"
	"{\"id\": \"ns6\", \"type\": \"pid\", \"inum\": 16, \"kernel_id\": 106, \"initial\": false, \"owner\": \"ns3\", \"parent\": \"ns5\", " REST ",\n"
	"{\"id\": \"ns7\", \"type\": \"uts\", \"inum\": 17, \"kernel_id\": 107, \"initial\": false, \"owner\": \"ns2\", "
	"\"hostname\": \"a\", \"domainname\": \"(none)\", " REST ",\n"
	"{\"id\": \"ns8\", \"type\": \"time\", \"inum\": 18, \"kernel_id\": 108, \"initial\": false, \"owner\": \"ns2\", "
	"\"offsets\": {\"monotonic\": [5, 1], \"boottime\": [-6, 999999999]}, " REST ",\n"
	"{\"id\": \"ns9\", \"type\": \"cgroup\", \"inum\": 19, \"kernel_id\": 109, \"initial\": false, \"owner\": \"ns2\", "
	"\"cgroup_root\": \"/a/..b\", \"cgroup_v1_roots\": [{\"hierarchy\": \"memory\", \"root\": \"/m\"}, {\"hierarchy\": \"cpu\", \"root\": null}], " REST ",\n"
	"{\"id\": \"ns10\", \"type\": \"net\", \"inum\": 20, \"kernel_id\": 110, \"initial\": false, \"owner\": \"ns2\", \"netnsid\": null, "
	"\"netnsids\": [], \"links\": [{\"name\": \"lo\", \"ifindex\": 1}], \"names\": [\"/run/netns/x\"], \"nprocs\": 0, \"nthreads\": 0, "
	"\"members\": [], \"holders\": [{\"holder\": 1, \"kind\": \"in_flight\", \"positions\": [{\"message\": 2, \"index\": 0}], "
	"\"causes\": [{\"again\": 1}]}, {\"holder\": 2, \"kind\": \"in_flight\", "
	"\"positions\": [{\"message\": null, \"index\": 3, \"out_of_band\": true}]}]},\n"
	"{\"id\": \"ns12\", \"type\": \"ipc\", \"inum\": 21, \"kernel_id\": null, \"initial\": false, \"owner\": \"out1\", " REST "\n"
	"], \"outside\": [{\"id\": \"out1\", \"type\": \"user\", \"inum\": 30, \"kernel_id\": 130, \"initial\": false, \"references\": []}]}\n";

static bool is_taken(const char *text, size_t length, char why[DUMP_WHY])
{
	struct dump dump;
	bool taken = !dump_parse(text, length, &dump, why);

	dump_free(&dump);
	return taken;
}

static void a_good_one_is_read(void **state)
{
	char why[DUMP_WHY];
	struct dump dump;

	(void)state;
	if (dump_parse(good, strlen(good), &dump, why))
		fail_msg("%s", why);
	assert_int_equal(dump.count, 11);
	assert_int_equal(dump.noutside, 1);
	assert_ptr_equal(dump.list[2].owner, &dump.list[1]);
	assert_ptr_equal(dump.list[5].parent, &dump.list[4]);
	assert_ptr_equal(dump.list[10].owner, &dump.outside[0]);
	assert_int_equal(dump.list[1].uid_map.count, 2);
	assert_int_equal(dump.list[1].uid_map.ranges[1].outside, 2000);
	assert_int_equal(dump.list[1].creator, 1000);
	assert_int_equal(dump.list[0].creator, -1);
	assert_string_equal(dump.list[6].hostname, "a");
	assert_int_equal(dump.list[7].boottime.seconds, -6);
	assert_string_equal(dump.list[8].cgroup_root, "/a/..b");
	assert_int_equal(dump.list[10].kernel_id, 0);
	assert_int_equal(dump.list[3].nthreads, 2);
	assert_ptr_equal(dump_find(&dump, "ns12"), &dump.list[10]);
	assert_ptr_equal(dump_find_number(&dump, PROCNS_UTS, 17), &dump.list[6]);
	assert_null(dump_find_number(&dump, PROCNS_NET, 17));
	assert_ptr_equal(dump_find_kernel_id(&dump, 105), &dump.list[4]);
	assert_null(dump_find_kernel_id(&dump, 0));
	assert_false(dump_is_of_this_boot(&dump));
	dump_free(&dump);
}

static void every_part_of_one_is_refused(void **state)
{
	char why[DUMP_WHY];

	(void)state;
	for (size_t length = 0; length < strlen(good) - 2; length++)
		if (is_taken(good, length, why))
			fail_msg("the first %zu bytes were taken for the whole", length);
}

/* What stands first where, and what stands there instead, and what is said of it. */
static const struct {
	const char *old, *new, *said;
} wrong[] = {
	{ "procns-dump", "procns-dumb", "not written by" },
	{ "\"version\": 1", "\"version\": 2", "version 2 of the format" },
	{ "\"version\": 1", "\"version\": 1.5", "version 1.5" },
	{ "\"version\": 1", "\"version\": \"1\"", "not written by" },
	{ "\"version\": 1", "\"version\": 1e999", "of the format" },
	{ "\"system\": {", "\"system\": 7, \"x\": {", "system is not an object" },
	{ "\"boot_id\": \"b\"", "\"boot_id\": 7", "boot_id is not a text" },
	{ "\"root\": null,", "", "root is not there" },
	{ "\"namespaces\": [", "\"namespaces\": 7, \"x\": [", "namespaces is not a list" },
	{ "\"outside\": [{", "\"outside\": {\"x\": 1}, \"x\": [{", "outside is not a list" },
	{ "\"namespaces\": [", "\"namespaces\": [7, ", "namespaces[0]: it is no object" },
	/* ids */
	{ "\"id\": \"ns2\"", "\"id\": \"ns1\"", "does not come behind" },
	{ "\"id\": \"ns2\"", "\"id\": \"ns0\"", "id is not ns and a number" },
	{ "\"id\": \"ns2\"", "\"id\": \"ns02\"", "id is not ns and a number" },
	{ "\"id\": \"ns2\"", "\"id\": \"ns2x\"", "id is not ns and a number" },
	{ "\"id\": \"ns2\"", "\"id\": \"../../etc/x\"", "id is not ns and a number" },
	{ "\"id\": \"ns2\"", "\"id\": \"ns99999999999999999999\"", "id is not ns and a number" },
	{ "\"id\": \"ns2\"", "\"id\": 2", "id is not a text" },
	{ "\"id\": \"ns2\", ", "", "id is not there" },
	{ "\"id\": \"out1\"", "\"id\": \"ns13\"", "id is not out and a number" },
	{ "\"message\": 2", "\"message\": \"2\"", "message is not" },
	{ "\"message\": 2", "\"message\": -1", "message" },
	{ "\"root\": \"/m\"", "\"root\": \"/../m\"", "cgroup_v1_roots" },
	{ "\"root\": \"/m\"", "\"root\": 7", "root is not" },
	{ "\"hierarchy\": \"memory\", ", "", "hierarchy is not there" },
	{ "{\"message\": 2, \"index\": 0}", "7", "positions has an entry that is no object" },
	{ "\"index\": 3", "\"index\": 4294967296", "index" },
	{ "\"inum\": 12", "\"inum\": 11", "has the number of" },
	{ "\"inum\": 12", "\"inum\": -1", "inum is not a whole number" },
	{ "\"inum\": 12", "\"inum\": 1.5", "inum is not a whole number" },
	{ "\"inum\": 12", "\"inum\": 4294967296", "inum is not a whole number" },
	{ "\"inum\": 12", "\"inum\": null", "inum is not a number" },
	{ "\"kernel_id\": 102", "\"kernel_id\": 101", "has the kernel_id of" },
	{ "\"kernel_id\": 102", "\"kernel_id\": 1e300", "kernel_id is not a whole number" },
	{ "\"initial\": false", "\"initial\": 0", "initial is not true or false" },
	{ "\"inum\": 15, \"kernel_id\": 105, \"initial\": false, \"owner\": \"ns2\", \"parent\": \"ns4\"",
	  "\"inum\": 15, \"kernel_id\": 105, \"initial\": true, \"owner\": \"ns2\", \"parent\": null", "a second initial pid namespace" },
	/* owners and parents */
	{ "\"owner\": \"ns2\", \"parent\": \"ns2\"", "\"owner\": \"ns3\", \"parent\": \"ns3\"", "none that stands before it" },
	{ "\"owner\": \"ns2\", \"parent\": \"ns2\"", "\"owner\": \"ns7\", \"parent\": \"ns7\"", "none that stands before it" },
	{ "\"owner\": \"ns2\", \"parent\": \"ns2\"", "\"owner\": \"ns11\", \"parent\": \"ns11\"", "none that stands before it" },
	{ "\"owner\": \"ns2\", \"parent\": \"ns2\"", "\"owner\": \"ns1\", \"parent\": \"ns2\"", "is its parent" },
	{ "\"owner\": \"ns2\", \"parent\": \"ns4\"", "\"owner\": \"ns4\", \"parent\": \"ns4\"", "its owner ns4 is a pid namespace" },
	{ "\"owner\": \"ns2\", \"parent\": \"ns4\"", "\"owner\": \"ns2\", \"parent\": \"ns2\"", "its parent ns2 is a user namespace" },
	{ "\"owner\": \"ns3\", \"parent\": \"ns5\"", "\"owner\": \"ns1\", \"parent\": \"ns5\"", "is not below the owner of its parent" },
	{ "\"owner\": \"ns2\", \"hostname\"", "\"owner\": \"ns2\", \"parent\": null, \"hostname\"", "a uts namespace has no parent" },
	{ "\"owner\": \"ns2\", \"hostname\"", "\"hostname\"", "owner is not there" },
	{ "\"owner\": \"ns2\", \"hostname\"", "\"owner\": 2, \"hostname\"", "owner is not a text" },
	{ "\"owner\": \"out1\"", "\"owner\": \"out2\"", "none that stands before it" },
	{ "\"type\": \"uts\"", "\"type\": \"UTS\"", "no such type" },
	{ "\"type\": \"uts\"", "\"type\": \"time\"", "offsets is not there" },
	{ "\"type\": \"uts\"", "\"type\": null", "type is not a text" },
	/* id maps */
	{ "[20, 2000, 30]", "[5, 2000, 30]", "overlap" },
	{ "[20, 2000, 30]", "[20, 1005, 30]", "overlap in its parent" },
	{ "[20, 2000, 30]", "[20, 2000, 0]", "is empty" },
	{ "[20, 2000, 30]", "[20, 4294967295, 30]", "goes past the last id" },
	{ "[20, 2000, 30]", "[20, 2000]", "three ids" },
	{ "[20, 2000, 30]", "[20, 2000, 30, 40]", "three ids" },
	{ "[20, 2000, 30]", "[20, 2000, -30]", "three ids" },
	{ "[20, 2000, 30]", "[20, 2000, 3.5]", "three ids" },
	{ "[20, 2000, 30]", "\"20 2000 30\"", "three ids" },
	{ "[[0, 21, 5]]", "[[0, 8, 5]]", "that its parent has not" },
	{ "[[0, 21, 5]]", "[[0, 46, 5]]", "that its parent has not" },
	{ "[[0, 21, 5]]", "[[0, 15, 2]]", "that its parent has not" },
	{ "[[0, 21, 5]]", "null", "only one of uid_map and gid_map" },
	{ "\"uid_map\": [[0, 21, 5]]", "\"uid_map\": \"x\"", "uid_map is not a list or null" },
	{ "\"creator\": 1000", "\"creator\": 4294967295", "creator is not a whole number" },
	{ "\"creator\": 1000", "\"creator\": \"root\"", "creator is not a number or null" },
	/* properties */
	{ "\"hostname\": \"a\"", "\"hostname\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "longer than 64" },
	{ "\"hostname\": \"a\"", "\"hostname\": [\"a\"]", "hostname is not a text" },
	{ "\"hostname\": \"a\"", "\"hostname\": \"\xff\"", "is no text in UTF-8" },
	{ "\"hostname\": \"a\"", "\"hostname\": \"\xc0\xaf\"", "is no text in UTF-8" },
	{ "\"hostname\": \"a\"", "\"hostname\": \"\x1b[2J\"", "is no text in UTF-8" },
	{ "[5, 1]", "[5, 1000000000]", "seconds and nanoseconds" },
	{ "[5, 1]", "[5]", "seconds and nanoseconds" },
	{ "[5, 1]", "[1e30, 1]", "seconds and nanoseconds" },
	{ "[5, 1]", "5", "monotonic is not a list" },
	{ "/a/..b", "/a/../b", "without '..'" },
	{ "/a/..b", "/..", "without '..'" },
	{ "/a/..b", "a", "without '..'" },
	{ "/run/netns/x", "/run/../etc/x", "without '..'" },
	{ "/run/netns/x", "netns/x", "without '..'" },
	{ "[\"/run/netns/x\"]", "[7]", "without '..'" },
	{ "\"links\": [{", "\"links\": [7, {", "links has an entry that is no object" },
	{ "\"name\": \"lo\"", "\"name\": 7", "name is not a text" },
	{ "\"members\": [{", "\"members\": [[], {", "members has an entry that is no object" },
	{ "\"pid\": 7", "\"pid\": -7", "pid is not a whole number" },
	{ "\"nprocs\": 1", "\"nprocs\": \"1\"", "nprocs is not a number" },
	{ "\"kind\": \"in_flight\"", "\"kind\": 7", "kind is not a text" },
	{ "\"causes\": [{\"again\": 1}]", "\"causes\": 1", "causes is not a list" },
	{ "\"causes\": [{\"again\": 1}]", "\"causes\": [{\"kind\": \"fd\", \"path\": 7}]", "no text" },
	{ "\"references\": []", "\"references\": 7", "references is not a list" },
	{ "[]}]}\n", "[]}]} x", "stands behind its end" },
};

static char *with(const char *old, const char *new)
{
	const char *at = strstr(good, old);
	char *text = malloc(strlen(good) + strlen(new) + 1);

	assert_non_null(text);
	if (!at)
		fail_msg("the good dump has no %s", old);
	sprintf(text, "%.*s%s%s", (int)(at - good), good, new, at + strlen(old));
	return text;
}

static void what_makes_no_sense_is_refused(void **state)
{
	char why[DUMP_WHY];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		char *text = with(wrong[i].old, wrong[i].new);

		if (is_taken(text, strlen(text), why))
			fail_msg("taken with %s", wrong[i].new);
		if (!strstr(why, wrong[i].said))
			fail_msg("with %s it says: %s", wrong[i].new, why);
		if (strchr(why, '\n'))
			fail_msg("with %s it says more than a line", wrong[i].new);
		free(text);
	}
}

static void what_is_not_known_is_taken(void **state)
{
	static const char *const changes[][2] = {
		{ "\"hostname\": \"a\"", "\"hostname\": null" },
		{ "{\"monotonic\": [5, 1], \"boottime\": [-6, 999999999]}", "null" },
		{ "\"/a/..b\"", "null" },
		{ "\"uid_map\": [[0, 21, 5]], \"gid_map\": [[0, 1, 9]]", "\"uid_map\": null, \"gid_map\": null" },
		{ "\"uid_map\": [[0, 21, 5]], \"gid_map\": [[0, 1, 9]]", "\"uid_map\": [], \"gid_map\": []" },
		{ "\"creator\": 20", "\"creator\": null" },
		{ "\"links\": [{\"name\": \"lo\", \"ifindex\": 1}]", "\"links\": null" },
		{ "\"owner\": \"out1\"", "\"owner\": null" },
		{ "\"root\": null", "\"root\": \"pid:1\", \"more\": {\"to\": \"come\"}" },
		{ "\"boot_id\": \"b\"", "\"boot_id\": null" },
	};
	char why[DUMP_WHY];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		char *text = with(changes[i][0], changes[i][1]);

		if (!is_taken(text, strlen(text), why))
			fail_msg("with %s it says: %s", changes[i][1], why);
		free(text);
	}
}

#define HEAD "{\"format\": \"procns-dump\", \"version\": 1, \"system\": {\"release\": null, \"boot_id\": null}, \"root\": null, \"outside\": [], "

/* Users or pids, each the child of the one before it. */
static char *chain(const char *type, unsigned int count)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	assert_non_null(memory);
	fprintf(memory, HEAD "\"namespaces\": [");
	for (unsigned int i = 1; i <= count; i++) {
		fprintf(memory, "%s{\"id\": \"ns%u\", \"type\": \"%s\", \"inum\": %u, \"kernel_id\": null, \"initial\": false, ",
			i > 1 ? "," : "", i, type, i);
		if (i == 1)
			fprintf(memory, "\"owner\": null, \"parent\": null, ");
		else if (!strcmp(type, "user"))
			fprintf(memory, "\"owner\": \"ns%u\", \"parent\": \"ns%u\", ", i - 1, i - 1);
		else
			fprintf(memory, "\"owner\": null, \"parent\": \"ns%u\", ", i - 1);
		fprintf(memory, "\"uid_map\": [[0, 0, 1]], \"gid_map\": [[0, 0, 1]], \"creator\": 0, " REST);
	}
	fprintf(memory, "]}");
	fclose(memory);
	return text;
}

static void depth_has_its_limit(void **state)
{
	static const struct { const char *type; unsigned int most; } limits[] = { { "user", 34 }, { "pid", 33 } };
	char why[DUMP_WHY];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		char *text = chain(limits[i].type, limits[i].most), *deeper = chain(limits[i].type, limits[i].most + 1);

		if (!is_taken(text, strlen(text), why))
			fail_msg("%s", why);
		assert_false(is_taken(deeper, strlen(deeper), why));
		assert_non_null(strstr(why, "above it"));
		free(text);
		free(deeper);
	}
}

static void brackets_without_end_are_refused(void **state)
{
	static char text[1000000];
	char why[DUMP_WHY];

	(void)state;
	memset(text, '[', sizeof(text));
	assert_false(is_taken(text, sizeof(text), why));
	memset(text, 0, sizeof(text));
	assert_false(is_taken(text, sizeof(text), why));
	assert_non_null(strstr(why, "byte 1 "));
}

static void too_many_ranges_are_refused(void **state)
{
	char list[16384] = "[", why[DUMP_WHY], *text;

	(void)state;
	for (unsigned int i = 0; i <= DUMP_MOST_RANGES; i++)
		sprintf(list + strlen(list), "%s[%u, %u, 1]", i ? "," : "", i, i);
	strcat(list, "]");
	text = with("[[0, 1000, 10], [20, 2000, 30]]", list);
	assert_false(is_taken(text, strlen(text), why));
	assert_non_null(strstr(why, "341 ranges"));
	free(text);
}

static size_t matched(struct dump *a, struct dump *b, const struct dump_match *match)
{
	size_t same = 0;

	for (size_t i = 0; i < a->count; i++)
		same += match->partners[i] == &b->list[i];
	return same;
}

/* By ids it is certain; by structure it must come to the same here, where no two are alike. */
static void a_dump_matches_itself(void **state)
{
	char why[DUMP_WHY];

	(void)state;
	for (int by_structure = 0; by_structure < 2; by_structure++) {
		struct dump_match match = { 0 };
		struct dump a, b;

		assert_int_equal(dump_parse(good, strlen(good), &a, why), 0);
		assert_int_equal(dump_parse(good, strlen(good), &b, why), 0);
		assert_int_equal(dump_match(&a, &b, by_structure, &match), 0);
		assert_int_equal(match.by, by_structure ? DUMP_MATCHED_BY_STRUCTURE : DUMP_MATCHED_BY_NUMBER);
		assert_int_equal(matched(&a, &b, &match), a.count);
		dump_match_free(&match);
		dump_free(&a);
		dump_free(&b);
	}
}

static void what_changed_is_still_matched(void **state)
{
	char why[DUMP_WHY], *text = with("\"hostname\": \"a\"", "\"hostname\": \"z\"");
	struct dump_match match = { 0 };
	struct dump a, b;

	(void)state;
	assert_int_equal(dump_parse(good, strlen(good), &a, why), 0);
	assert_int_equal(dump_parse(text, strlen(text), &b, why), 0);
	assert_int_equal(dump_match(&a, &b, true, &match), 0);
	assert_int_equal(matched(&a, &b, &match), a.count);
	assert_true(a.list[6].shape != b.list[6].shape);
	dump_match_free(&match);
	dump_free(&a);
	dump_free(&b);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_one_is_read),
		cmocka_unit_test(every_part_of_one_is_refused),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(what_is_not_known_is_taken),
		cmocka_unit_test(depth_has_its_limit),
		cmocka_unit_test(brackets_without_end_are_refused),
		cmocka_unit_test(too_many_ranges_are_refused),
		cmocka_unit_test(a_dump_matches_itself),
		cmocka_unit_test(what_changed_is_still_matched),
	};

	return cmocka_run_group_tests_name("dump", tests, NULL, NULL);
}
