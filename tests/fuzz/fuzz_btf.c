// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's description of its types, asked for all the walkers need. */
#include "fuzz.h"

#include "bpf/offsets_fill.h"

static void ask(struct btf_data btf)
{
	static const struct btf_request requests[] = {
		{ "ns_common", "inum", BTF_BYTES },
		{ "ns_common", "ns_tree_node.ns_list_entry|ns_tree_node", BTF_BYTES },
		{ "task_struct", "nsproxy>net_ns", BTF_BYTES },
		{ "task_struct", "comm", BTF_SIZE },
		{ "unix_sock", "recursion_level", BTF_BITS },
		{ "a", "b", BTF_BYTES },
		{ "a", "b.c>d|e", BTF_BYTES },
		{ "a", "", BTF_SIZE },
	};
	uint16_t answers[ARRAY_SIZE(requests)], again[ARRAY_SIZE(requests)];

	if (btf_answer(btf, requests, ARRAY_SIZE(requests), answers))
		return;
	must(!btf_answer(btf, requests, ARRAY_SIZE(requests), again));
	must(!memcmp(answers, again, sizeof(answers)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = malloc(size ? size : 1);	/* of exactly that size: one byte further is found */
	const struct btf_data btf = { .bytes = bytes, .size = size };
	const struct btf_request *missing;
	struct offsets offsets;

	must(bytes);
	memcpy(bytes, data, size);
	ask(btf);
	offsets_fill(&offsets, btf, ~0u, &missing);
	free(bytes);
	return 0;
}
