// SPDX-License-Identifier: LGPL-2.1-or-later
/* bpf(2) as it is. What libbpf does beyond is the same at each start, and done when this is built (bpf/pack.py). */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source_bpf_load.h"
#include "util.h"
#include "walkers.h"

/* Where in a program the descriptor of a map goes. */
struct patch {
	uint16_t instruction, map;
};

struct packed {
	const char *name;
	const struct bpf_insn *instructions;
	const struct patch *patches;
	const struct bpf_func_info *functions;
	uint32_t instruction_count, patch_count, function_count;
};

#define PACKED(walker) { #walker, walker##_instructions, walker##_patches, walker##_functions, \
	ARRAY_SIZE(walker##_instructions), ARRAY_SIZE(walker##_patches), ARRAY_SIZE(walker##_functions) }

#include "walkers.tables.h"

#define MAX_TRIES 5			/* a signal makes the verifier give up: EAGAIN */

int walkers_make_map(struct walkers *walkers, enum packed_map map, struct map_request request)
{
	union bpf_attr attr = {
		.map_type = request.type,
		.key_size = request.key_size,
		.value_size = request.value_size,
		.max_entries = request.entries,
		.map_flags = request.flags,
	};
	int fd;

	snprintf(attr.map_name, sizeof(attr.map_name), "%s", packed_map_names[map]);
	fd = sys_bpf(BPF_MAP_CREATE, &attr);
	if (fd < 0)
		return fd;
	walkers->maps[map] = fd;
	return 0;
}

/* Frozen, they are constants to the verifier, which leaves out what depends on others. */
static int make_constants(struct walkers *walkers, const struct offsets *at)
{
	const uint32_t key = 0;
	uint8_t constants[CONSTANTS_SIZE];
	union bpf_attr update = { .key = (uintptr_t)&key, .value = (uintptr_t)constants }, freeze = { 0 };
	int err = walkers_make_map(walkers, MAP_CONSTANTS, (struct map_request){
		BPF_MAP_TYPE_ARRAY, sizeof(key), sizeof(constants), 1, BPF_F_RDONLY_PROG });

	if (err)
		return err;
	memcpy(constants, packed_constants, sizeof(constants));
	memcpy(constants + IN_CONSTANTS_at, at, sizeof(*at));
	update.map_fd = freeze.map_fd = walkers->maps[MAP_CONSTANTS];
	err = sys_bpf(BPF_MAP_UPDATE_ELEM, &update);
	return err ?: sys_bpf(BPF_MAP_FREEZE, &freeze);
}

static int make_variables(struct walkers *walkers)
{
	int err = walkers_make_map(walkers, MAP_VARIABLES, (struct map_request){
		BPF_MAP_TYPE_ARRAY, sizeof(uint32_t), VARIABLES_SIZE, 1, BPF_F_MMAPABLE });
	void *variables;

	if (err)
		return err;
	variables = mmap(NULL, VARIABLES_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, walkers->maps[MAP_VARIABLES], 0);
	if (variables == MAP_FAILED)
		return -errno;
	walkers->variables = variables;
	return 0;
}

static int load_names(struct walkers *walkers)
{
	union bpf_attr attr = { .btf = (uintptr_t)packed_btf, .btf_size = sizeof(packed_btf) };
	int fd = sys_bpf(BPF_BTF_LOAD, &attr);

	if (fd < 0)
		return fd;
	walkers->names = fd;
	return 0;
}

int walkers_open(struct walkers *walkers, const struct offsets *at)
{
	int err;

	*walkers = (struct walkers){ .names = -1 };
	memset(walkers->maps, -1, sizeof(walkers->maps));
	memset(walkers->programs, -1, sizeof(walkers->programs));
	err = make_constants(walkers, at);
	if (!err)
		err = make_variables(walkers);
	return err ?: load_names(walkers);
}

/*
 * Both halves of the load of a map that was not made become the call of a function that is not there: the verifier refuses the program
 * if it can get to it, and drops it if not.
 */
static void forbid(struct bpf_insn *instruction)
{
	const struct bpf_insn call = { .code = BPF_JMP | BPF_CALL, .imm = INT32_MAX };

	instruction[0] = instruction[1] = call;
}

static struct bpf_insn *with_maps(const struct walkers *walkers, const struct packed *packed)
{
	struct bpf_insn *instructions = malloc(packed->instruction_count * sizeof(*instructions));

	if (!instructions)
		return NULL;
	memcpy(instructions, packed->instructions, packed->instruction_count * sizeof(*instructions));
	for (uint32_t i = 0; i < packed->patch_count; i++) {
		struct bpf_insn *at = &instructions[packed->patches[i].instruction];
		int fd = walkers->maps[packed->patches[i].map];

		if (fd < 0)
			forbid(at);
		else
			at->imm = fd;
	}
	return instructions;
}

static int load_program(union bpf_attr *attr)
{
	int fd, tries = 0;

	do
		fd = sys_bpf(BPF_PROG_LOAD, attr);
	while (fd == -EAGAIN && ++tries < MAX_TRIES);
	return fd;
}

/* It is refused: once more, for the reason. The verifier fills the log even where it does not suffice, and says ENOSPC then. */
static int load_and_log(struct walkers *walkers, union bpf_attr *attr)
{
	cleanup_free char *log = calloc(1, VERIFIER_LOG_SIZE);
	int fd;

	if (!log)
		return -ENOMEM;
	attr->log_buf = (uintptr_t)log;
	attr->log_size = VERIFIER_LOG_SIZE;
	attr->log_level = 1;
	fd = load_program(attr);
	if (fd < 0)
		snprintf(walkers->complaint, sizeof(walkers->complaint), "%s", last_complaint(log));
	return fd;
}

int walkers_load(struct walkers *walkers, enum packed_program program)
{
	const struct packed *packed = &packed_programs[program];
	cleanup_free struct bpf_insn *instructions = with_maps(walkers, packed);
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = (uintptr_t)instructions,
		.insn_cnt = packed->instruction_count,
		.license = (uintptr_t)PACKED_LICENCE,
		.prog_btf_fd = walkers->names,
		.func_info_rec_size = sizeof(*packed->functions),
		.func_info = (uintptr_t)packed->functions,
		.func_info_cnt = packed->function_count,
	};
	int fd;

	if (!instructions)
		return -ENOMEM;
	snprintf(attr.prog_name, sizeof(attr.prog_name), "%s", packed->name);
	fd = load_program(&attr);
	if (fd < 0 && fd != -EPERM && fd != -ENOMEM) {
		int err = fd;

		fd = load_and_log(walkers, &attr);
		if (fd == -ENOSPC)
			fd = err;
	}
	if (fd < 0)
		return fd;
	walkers->programs[program] = fd;
	return 0;
}

static bool uses(const struct packed *packed, enum packed_map map)
{
	for (uint32_t i = 0; i < packed->patch_count; i++)
		if (packed->patches[i].map == map)
			return true;
	return false;
}

static void drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void walkers_drop_map(struct walkers *walkers, enum packed_map map)
{
	drop(&walkers->maps[map]);
	for (size_t i = 0; i < PROGRAM_COUNT; i++)
		if (uses(&packed_programs[i], map))
			drop(&walkers->programs[i]);
}

static void drop_all(int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		drop(&fds[i]);
}

void walkers_close(struct walkers *walkers)
{
	if (walkers->variables)
		munmap(walkers->variables, VARIABLES_SIZE);
	drop(&walkers->names);
	drop_all(walkers->programs, PROGRAM_COUNT);
	drop_all(walkers->maps, MAP_COUNT);
	*walkers = (struct walkers){ 0 };
}
