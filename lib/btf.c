// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "btf.h"
#include "util.h"

/* Ids lead to types only by counting from the front: a mark at each 64th makes that short and costs little to keep. */
#define MARK_EVERY 64

/* Far more steps than any kernel's structures take, few enough to give up soon on data that goes in circles. */
#define MAX_STEPS 1000000
#define MAX_DEPTH 16

/* Kinds newer than the oldest linux/btf.h this is built with. */
#define KIND_DECL_TAG 17
#define KIND_TYPE_TAG 18
#define KIND_ENUM64 19

struct reader {
	const uint8_t *types;
	uint32_t types_size;
	const char *strings;		/* ends with a NUL */
	uint32_t strings_size;

	uint32_t *marks;		/* where types 1, 1 + MARK_EVERY, … begin */
	uint32_t type_count;		/* types read so far; the pass stops as soon as nothing more is wanted */
	uint32_t next_at;		/* where the next one begins */
	uint32_t steps;			/* taken so far */
};

/* A named structure that is asked for. */
struct wanted {
	const char *name;
	uint32_t hash;
	uint32_t at;			/* where its type begins, or NOT_FOUND */
};

#define NOT_FOUND UINT32_MAX

struct wanted_table {
	struct wanted *slots;		/* half of them free: name is NULL */
	uint32_t mask;
	size_t missing;			/* how many are not found yet */
	uint64_t beginnings[16];	/* bits for the first two characters of names wanted: few others pass, and are hashed */
};

static bool reader_init(struct reader *reader, struct btf_data btf)
{
	struct btf_header header;
	const uint8_t *bytes = btf.bytes;
	uint64_t types_at, strings_at;

	if (btf.size < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	types_at = (uint64_t)header.hdr_len + header.type_off;
	strings_at = (uint64_t)header.hdr_len + header.str_off;
	if (header.magic != BTF_MAGIC || header.hdr_len < sizeof(header) || types_at % 4 ||
	    types_at + header.type_len > btf.size || strings_at + header.str_len > btf.size || !header.str_len ||
	    bytes[strings_at + header.str_len - 1] != '\0')
		return false;
	*reader = (struct reader){
		.types = bytes + types_at,
		.types_size = header.type_len,
		.strings = (const char *)bytes + strings_at,
		.strings_size = header.str_len,
	};
	return true;
}

static const char *string_at(const struct reader *reader, uint32_t offset)
{
	return offset < reader->strings_size ? reader->strings + offset : "";
}

/* How many bytes follow a type's head. */
static bool tail_size(uint32_t info, uint32_t *size)
{
	static const struct {
		uint8_t fixed, each;
	} kinds[] = {
		[BTF_KIND_INT] = { 4, 0 },	 [BTF_KIND_PTR] = { 0, 0 },	    [BTF_KIND_ARRAY] = { 12, 0 },
		[BTF_KIND_STRUCT] = { 0, 12 },	 [BTF_KIND_UNION] = { 0, 12 },	    [BTF_KIND_ENUM] = { 0, 8 },
		[BTF_KIND_FWD] = { 0, 0 },	 [BTF_KIND_TYPEDEF] = { 0, 0 },	    [BTF_KIND_VOLATILE] = { 0, 0 },
		[BTF_KIND_CONST] = { 0, 0 },	 [BTF_KIND_RESTRICT] = { 0, 0 },    [BTF_KIND_FUNC] = { 0, 0 },
		[BTF_KIND_FUNC_PROTO] = { 0, 8 }, [BTF_KIND_VAR] = { 4, 0 },	    [BTF_KIND_DATASEC] = { 0, 12 },
		[BTF_KIND_FLOAT] = { 0, 0 },	 [KIND_DECL_TAG] = { 4, 0 },	    [KIND_TYPE_TAG] = { 0, 0 },
		[KIND_ENUM64] = { 0, 12 },
	};
	uint32_t kind = BTF_INFO_KIND(info);

	if (kind == 0 || kind >= ARRAY_SIZE(kinds))
		return false;
	*size = kinds[kind].fixed + kinds[kind].each * BTF_INFO_VLEN(info);
	return true;
}

/* The type at this offset, and where the next one begins; NULL where none is whole. */
static const struct btf_type *type_at(const struct reader *reader, uint32_t at, uint32_t *next)
{
	const struct btf_type *type = (const void *)(reader->types + at);
	uint32_t tail;

	if (at > reader->types_size || reader->types_size - at < sizeof(*type) || !tail_size(type->info, &tail) ||
	    tail > reader->types_size - at - sizeof(*type))
		return NULL;
	*next = at + sizeof(*type) + tail;
	return type;
}

/* The next type of the pass; NULL at the end. What follows a type of an unknown kind can't be read, and isn't. */
static const struct btf_type *read_type(struct reader *reader)
{
	uint32_t at = reader->next_at;
	const struct btf_type *type = type_at(reader, at, &reader->next_at);

	if (!type)
		return NULL;
	if (reader->type_count++ % MARK_EVERY == 0)
		reader->marks[(reader->type_count - 1) / MARK_EVERY] = at;
	return type;
}

static const struct btf_type *type_by_id(struct reader *reader, uint32_t id)
{
	const struct btf_type *type = NULL;
	uint32_t at, left;

	while (reader->type_count < id)
		if (!read_type(reader))
			return NULL;
	if (id == 0)
		return NULL;
	at = reader->marks[(id - 1) / MARK_EVERY];
	for (left = (id - 1) % MARK_EVERY + 1; left; left--)
		type = type_at(reader, at, &at);
	reader->steps += MARK_EVERY;
	return type;
}

static bool is_composite(const struct btf_type *type)
{
	return BTF_INFO_KIND(type->info) == BTF_KIND_STRUCT || BTF_INFO_KIND(type->info) == BTF_KIND_UNION;
}

static uint32_t hash_name(const char *name, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return hash;
}

static uint32_t beginning_bit(const char *name)
{
	return ((uint8_t)name[0] * 37 + (*name ? (uint8_t)name[1] : 0)) & 1023;
}

static bool begins_like_one(const struct wanted_table *table, const char *name)
{
	uint32_t bit = beginning_bit(name);

	return table->beginnings[bit / 64] >> bit % 64 & 1;
}

static struct wanted *wanted_slot(const struct wanted_table *table, const char *name)
{
	size_t length = strlen(name);
	uint32_t hash = hash_name(name, length), i = hash & table->mask;

	while (table->slots[i].name && (table->slots[i].hash != hash || strcmp(table->slots[i].name, name)))
		i = (i + 1) & table->mask;
	table->slots[i].hash = hash;
	return &table->slots[i];
}

static int wanted_init(struct wanted_table *table, const struct btf_request *requests, size_t count)
{
	uint32_t size = 64;

	while (size < 2 * count)
		size *= 2;
	table->slots = calloc(size, sizeof(*table->slots));
	if (!table->slots)
		return -ENOMEM;
	table->mask = size - 1;
	for (size_t i = 0; i < count; i++) {
		struct wanted *wanted = wanted_slot(table, requests[i].structure);
		uint32_t bit = beginning_bit(requests[i].structure);

		table->beginnings[bit / 64] |= UINT64_C(1) << bit % 64;
		table->missing += !wanted->name;
		wanted->name = requests[i].structure;
		wanted->at = NOT_FOUND;
	}
	return 0;
}

/* The one pass, up to the last structure wanted. */
static int find_structures(struct reader *reader, struct wanted_table *table)
{
	const struct btf_type *type;

	reader->marks = malloc((reader->types_size / sizeof(*type) / MARK_EVERY + 1) * sizeof(*reader->marks));
	if (!reader->marks)
		return -ENOMEM;
	while (table->missing && (type = read_type(reader))) {
		const char *name = string_at(reader, type->name_off);
		struct wanted *wanted;

		if (BTF_INFO_KIND(type->info) != BTF_KIND_STRUCT || !begins_like_one(table, name))
			continue;
		wanted = wanted_slot(table, name);
		if (wanted->name && wanted->at == NOT_FOUND) {
			wanted->at = (const uint8_t *)type - reader->types;
			table->missing--;
		}
	}
	return 0;
}

/* Through typedefs and qualifiers to what they stand for. */
static const struct btf_type *resolve(struct reader *reader, uint32_t id)
{
	for (int depth = 0; depth < MAX_DEPTH; depth++) {
		const struct btf_type *type = type_by_id(reader, id);

		if (!type)
			return NULL;
		switch (BTF_INFO_KIND(type->info)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case KIND_TYPE_TAG:
			id = type->type;
			break;
		default:
			return type;
		}
	}
	return NULL;
}

/* The member of that name, also inside unnamed members; *bits grows by where it is. */
static const struct btf_member *find_member(struct reader *reader, const struct btf_type *type, const char *name, size_t length,
					    uint64_t *bits, int depth)
{
	const struct btf_member *members = (const void *)(type + 1);

	if (!is_composite(type) || depth > MAX_DEPTH)
		return NULL;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info) && reader->steps < MAX_STEPS; i++) {
		const char *member_name = string_at(reader, members[i].name_off);
		uint32_t offset = BTF_INFO_KFLAG(type->info) ? BTF_MEMBER_BIT_OFFSET(members[i].offset) : members[i].offset;
		const struct btf_member *found = NULL;

		reader->steps++;
		if (!strncmp(member_name, name, length) && member_name[length] == '\0') {
			found = &members[i];
		} else if (*member_name == '\0') {
			const struct btf_type *inner = resolve(reader, members[i].type);

			found = inner ? find_member(reader, inner, name, length, bits, depth + 1) : NULL;
		}
		if (found) {
			*bits += offset;
			return found;
		}
	}
	return NULL;
}

static uint16_t as_answer(uint64_t value)
{
	return value < BTF_ABSENT ? value : BTF_ABSENT;
}

/* What a pointer leads to. */
static const struct btf_type *pointed_to(struct reader *reader, const struct btf_type *type)
{
	return type && BTF_INFO_KIND(type->info) == BTF_KIND_PTR ? resolve(reader, type->type) : NULL;
}

/* Follows one path, "a.b>c", `length` long. */
static uint16_t follow(struct reader *reader, const struct btf_type *type, const char *path, size_t length, enum btf_unit unit)
{
	const char *end = path + length;
	uint64_t bits = 0;

	while (path < end) {
		size_t name_length = strcspn(path, ".>|");
		const struct btf_member *member;

		member = type ? find_member(reader, type, path, name_length, &bits, 0) : NULL;
		if (!member)
			return BTF_ABSENT;
		type = resolve(reader, member->type);
		path += name_length;
		if (*path == '>') {
			type = pointed_to(reader, type);
			bits = 0;
		}
		path += path < end;
	}
	if (unit == BTF_SIZE)
		return type && is_composite(type) ? as_answer(type->size) : BTF_ABSENT;
	if (unit == BTF_BYTES)
		return bits % 8 ? BTF_ABSENT : as_answer(bits / 8);
	return as_answer(bits);
}

static uint16_t answer(struct reader *reader, const struct wanted_table *table, const struct btf_request *request)
{
	const struct wanted *wanted = wanted_slot(table, request->structure);
	const struct btf_type *type;
	const char *path = request->path;
	uint32_t next;

	if (wanted->at == NOT_FOUND)
		return BTF_ABSENT;
	type = type_at(reader, wanted->at, &next);
	for (;;) {
		size_t length = strcspn(path, "|");
		uint16_t found = follow(reader, type, path, length, request->unit);

		if (found != BTF_ABSENT || path[length] == '\0')
			return found;
		path += length + 1;
	}
}

int btf_answer(struct btf_data btf, const struct btf_request *requests, size_t count, uint16_t *answers)
{
	struct wanted_table table = { 0 };
	struct reader reader;
	int err;

	if (!reader_init(&reader, btf))
		return -EINVAL;
	err = wanted_init(&table, requests, count);
	if (!err)
		err = find_structures(&reader, &table);
	for (size_t i = 0; !err && i < count; i++)
		answers[i] = answer(&reader, &table, &requests[i]);
	if (!err && reader.steps >= MAX_STEPS)
		err = -EINVAL;
	free(reader.marks);
	free(table.slots);
	return err;
}
