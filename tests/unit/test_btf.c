// SPDX-License-Identifier: GPL-2.0-or-later
/* The reader of the kernel's BTF: right answers from good data, and no step outside of bad data. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/btf.h>

#include "btf.h"
#include "util.h"

/* BTF as a compiler would write it, type by type. */
struct writer {
	uint8_t types[4096];
	uint32_t types_size;
	char strings[4096];
	uint32_t strings_size;
	uint32_t type_count;
};

struct field {
	const char *name;		/* "": unnamed */
	uint32_t type;
	uint32_t bit_offset;
	uint32_t bits;			/* of a bit field */
};

static void put(struct writer *writer, uint32_t word)
{
	assert_true(writer->types_size + sizeof(word) <= sizeof(writer->types));
	memcpy(writer->types + writer->types_size, &word, sizeof(word));
	writer->types_size += sizeof(word);
}

static uint32_t put_string(struct writer *writer, const char *string)
{
	uint32_t at = writer->strings_size;

	if (!*string && at)
		return 0;
	assert_true(at + strlen(string) < sizeof(writer->strings));
	strcpy(writer->strings + at, string);
	writer->strings_size += strlen(string) + 1;
	return at;
}

static uint32_t put_type(struct writer *writer, uint32_t kind, const char *name, uint32_t count, bool bit_fields,
			 uint32_t size_or_type)
{
	put(writer, put_string(writer, name));
	put(writer, (uint32_t)bit_fields << 31 | kind << 24 | count);
	put(writer, size_or_type);
	return ++writer->type_count;
}

static uint32_t put_struct(struct writer *writer, uint32_t kind, const char *name, uint32_t size, const struct field *fields,
			   size_t count)
{
	bool bit_fields = false;
	uint32_t id;

	for (size_t i = 0; i < count; i++)
		bit_fields |= fields[i].bits != 0;
	id = put_type(writer, kind, name, count, bit_fields, size);
	for (size_t i = 0; i < count; i++) {
		put(writer, put_string(writer, fields[i].name));
		put(writer, fields[i].type);
		put(writer, fields[i].bits << 24 | fields[i].bit_offset);
	}
	return id;
}

static uint32_t put_int(struct writer *writer, const char *name, uint32_t size)
{
	uint32_t id = put_type(writer, BTF_KIND_INT, name, 0, false, size);

	put(writer, size * 8);
	return id;
}

static struct btf_data finish(const struct writer *writer)
{
	struct btf_header header = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(header),
		.type_len = writer->types_size,
		.str_off = writer->types_size,
		.str_len = writer->strings_size,
	};
	size_t size = sizeof(header) + writer->types_size + writer->strings_size;
	uint8_t *bytes = malloc(size);

	assert_non_null(bytes);
	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), writer->types, writer->types_size);
	memcpy(bytes + sizeof(header) + writer->types_size, writer->strings, writer->strings_size);
	return (struct btf_data){ bytes, size };
}

/*
 * typedef unsigned long long u64;
 * struct list { u64 next, prev; };
 * struct thing {
 *	int number;
 *	union { struct { u64 id; const struct list node; }; u64 rcu[2]; };
 *	int plain : 3, flag : 1;
 *	struct list last;
 *	const struct list *elsewhere;
 * };
 */
static struct btf_data sample(void)
{
	struct writer writer = { 0 };
	uint32_t number, u64, list, const_list, pointer, inner, either;

	put_string(&writer, "");
	number = put_int(&writer, "int", 4);
	u64 = put_type(&writer, BTF_KIND_TYPEDEF, "u64", 0, false, put_int(&writer, "unsigned long long", 8));
	list = put_struct(&writer, BTF_KIND_STRUCT, "list", 16, (struct field[]){ { "next", u64, 0 }, { "prev", u64, 64 } }, 2);
	const_list = put_type(&writer, BTF_KIND_CONST, "", 0, false, list);
	inner = put_struct(&writer, BTF_KIND_STRUCT, "", 24, (struct field[]){ { "id", u64, 0 }, { "node", const_list, 64 } }, 2);
	either = put_struct(&writer, BTF_KIND_UNION, "", 24, (struct field[]){ { "", inner, 0 }, { "rcu", u64, 0 } }, 2);
	pointer = put_type(&writer, BTF_KIND_PTR, "", 0, false, const_list);
	for (int i = 0; i < 200; i++)
		put_type(&writer, BTF_KIND_PTR, "", 0, false, number);
	put_struct(&writer, BTF_KIND_STRUCT, "thing", 64, (struct field[]){
		{ "number", number, 0 }, { "", either, 64 }, { "plain", number, 256, 3 }, { "flag", number, 259, 1 },
		{ "last", list, 320 }, { "elsewhere", pointer, 448 } }, 6);
	return finish(&writer);
}

static uint16_t ask(struct btf_data btf, const char *structure, const char *path, enum btf_unit unit)
{
	struct btf_request request = { structure, path, unit };
	uint16_t answer = 0;

	assert_int_equal(btf_answer(btf, &request, 1, &answer), 0);
	return answer;
}

static void finds_members(void **state)
{
	struct btf_data btf = sample();

	(void)state;
	assert_int_equal(ask(btf, "thing", "number", BTF_BYTES), 0);
	assert_int_equal(ask(btf, "thing", "last", BTF_BYTES), 40);
	assert_int_equal(ask(btf, "thing", "last.prev", BTF_BYTES), 48);
	assert_int_equal(ask(btf, "list", "prev", BTF_BYTES), 8);
	free((void *)btf.bytes);
}

static void finds_members_of_unnamed_members(void **state)
{
	struct btf_data btf = sample();

	(void)state;
	assert_int_equal(ask(btf, "thing", "id", BTF_BYTES), 8);
	assert_int_equal(ask(btf, "thing", "node", BTF_BYTES), 16);
	assert_int_equal(ask(btf, "thing", "node.prev", BTF_BYTES), 24);
	assert_int_equal(ask(btf, "thing", "rcu", BTF_BYTES), 8);
	free((void *)btf.bytes);
}

static void follows_pointers(void **state)
{
	struct btf_data btf = sample();

	(void)state;
	assert_int_equal(ask(btf, "thing", "elsewhere", BTF_BYTES), 56);
	assert_int_equal(ask(btf, "thing", "elsewhere>prev", BTF_BYTES), 8);
	assert_int_equal(ask(btf, "thing", "last>prev", BTF_BYTES), BTF_ABSENT);
	assert_int_equal(ask(btf, "thing", "elsewhere.prev", BTF_BYTES), BTF_ABSENT);
	free((void *)btf.bytes);
}

static void takes_the_first_name_that_exists(void **state)
{
	struct btf_data btf = sample();

	(void)state;
	assert_int_equal(ask(btf, "thing", "count|number", BTF_BYTES), 0);
	assert_int_equal(ask(btf, "thing", "last.tail|last.prev|id", BTF_BYTES), 48);
	assert_int_equal(ask(btf, "thing", "count|refs", BTF_BYTES), BTF_ABSENT);
	free((void *)btf.bytes);
}

static void knows_bits_and_sizes(void **state)
{
	struct btf_data btf = sample();

	(void)state;
	assert_int_equal(ask(btf, "thing", "flag", BTF_BITS), 259);
	assert_int_equal(ask(btf, "thing", "flag", BTF_BYTES), BTF_ABSENT);
	assert_int_equal(ask(btf, "thing", "", BTF_SIZE), 64);
	assert_int_equal(ask(btf, "thing", "last", BTF_SIZE), 16);
	assert_int_equal(ask(btf, "thing", "number", BTF_SIZE), BTF_ABSENT);
	free((void *)btf.bytes);
}

static void says_what_is_absent(void **state)
{
	struct btf_data btf = sample();

	(void)state;
	assert_int_equal(ask(btf, "nothing", "number", BTF_BYTES), BTF_ABSENT);
	assert_int_equal(ask(btf, "thing", "num", BTF_BYTES), BTF_ABSENT);
	assert_int_equal(ask(btf, "thing", "numbers", BTF_BYTES), BTF_ABSENT);
	assert_int_equal(ask(btf, "thing", "number.next", BTF_BYTES), BTF_ABSENT);
	assert_int_equal(ask(btf, "thing", "last.", BTF_BYTES), 40);
	free((void *)btf.bytes);
}

static void ends_where_types_go_in_circles(void **state)
{
	struct writer writer = { 0 };
	struct field endless[64];
	struct btf_data btf;
	struct btf_request request = { "endless", "member", BTF_BYTES };
	uint16_t answer;

	(void)state;
	put_string(&writer, "");
	put_type(&writer, BTF_KIND_TYPEDEF, "a", 0, false, 2);
	put_type(&writer, BTF_KIND_TYPEDEF, "b", 0, false, 1);
	for (size_t i = 0; i < ARRAY_SIZE(endless); i++)
		endless[i] = (struct field){ "", i ? 3 : 1, 0 };
	put_struct(&writer, BTF_KIND_STRUCT, "endless", 8, endless, ARRAY_SIZE(endless));
	btf = finish(&writer);
	assert_int_equal(btf_answer(btf, &request, 1, &answer), -EINVAL);
	free((void *)btf.bytes);
}

static const struct btf_request every_kind_of_question[] = {
	{ "thing", "last.prev|number", BTF_BYTES }, { "thing", "node.prev", BTF_BYTES }, { "thing", "flag", BTF_BITS },
	{ "thing", "", BTF_SIZE },		    { "list", "x|prev", BTF_BYTES },	 { "nothing", "at.all", BTF_BYTES },
	{ "thing", "elsewhere>next", BTF_BYTES },
};

/* In memory of its own and of just that size, so that the address sanitizer and valgrind see a step too far. */
static int ask_everything(const uint8_t *bytes, size_t size)
{
	uint16_t answers[ARRAY_SIZE(every_kind_of_question)];
	cleanup_free uint8_t *copy = malloc(size ?: 1);

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	return btf_answer((struct btf_data){ copy, size }, every_kind_of_question, ARRAY_SIZE(every_kind_of_question), answers);
}

static void refuses_data_that_is_cut_off(void **state)
{
	struct btf_data btf = sample();

	(void)state;
	for (size_t size = 0; size < btf.size; size++)
		assert_int_equal(ask_everything(btf.bytes, size), -EINVAL);
	assert_int_equal(ask_everything(btf.bytes, btf.size), 0);
	free((void *)btf.bytes);
}

static void survives_damaged_data(void **state)
{
	struct btf_data btf = sample();
	uint8_t *bytes = (uint8_t *)btf.bytes;
	unsigned int seed = 1;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct {
			size_t at;
			uint8_t was;
		} changes[3];

		for (size_t k = 0; k < ARRAY_SIZE(changes); k++) {
			changes[k].at = rand_r(&seed) % btf.size;
			changes[k].was = bytes[changes[k].at];
			bytes[changes[k].at] = rand_r(&seed) % 4 ? rand_r(&seed) : 0xff;
		}
		assert_in_range(-ask_everything(bytes, btf.size), 0, EINVAL);
		for (size_t k = ARRAY_SIZE(changes); k--;)
			bytes[changes[k].at] = changes[k].was;
	}
	free(bytes);
}

static void reads_the_running_kernel(void **state)
{
	struct btf_data btf;
	int err = btf_open("/sys/kernel/btf/vmlinux", &btf);
	int word;	/* of the kernel, which may be larger than ours */

	(void)state;
	if (err == -ENOENT)
		skip();
	assert_int_equal(err, 0);
	assert_int_not_equal(ask(btf, "task_struct", "nsproxy", BTF_BYTES), BTF_ABSENT);
	word = ask(btf, "list_head", "prev", BTF_BYTES);
	assert_true(word == 8 || word == sizeof(void *));
	assert_int_equal(ask(btf, "list_head", "", BTF_SIZE), 2 * word);
	btf_close(&btf);
	assert_int_equal(btf_open("/", &btf), -EISDIR);
	assert_int_equal(btf_open("/nowhere", &btf), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_members),
		cmocka_unit_test(finds_members_of_unnamed_members),
		cmocka_unit_test(follows_pointers),
		cmocka_unit_test(takes_the_first_name_that_exists),
		cmocka_unit_test(knows_bits_and_sizes),
		cmocka_unit_test(says_what_is_absent),
		cmocka_unit_test(ends_where_types_go_in_circles),
		cmocka_unit_test(refuses_data_that_is_cut_off),
		cmocka_unit_test(survives_damaged_data),
		cmocka_unit_test(reads_the_running_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
