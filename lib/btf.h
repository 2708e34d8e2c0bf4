/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the members of structures are, by the kernel's own description of its types (BTF).
 *
 * Reads the data once from front to back and understands nothing but structures and their members. The data is not trusted:
 * whatever its bytes, nothing outside of it is read and every loop ends.
 */
#ifndef PROCNS_BTF_H
#define PROCNS_BTF_H

#include <stddef.h>
#include <stdint.h>

#define BTF_ABSENT UINT16_MAX

enum btf_unit {
	BTF_BYTES,			/* the member's offset in bytes */
	BTF_BITS,			/* in bits: of bit fields */
	BTF_SIZE,			/* the size of the structure, or of what `path` leads to */
};

struct btf_request {
	const char *structure;		/* "ns_common" */
	/*
	 * "ns_tree_node.ns_list_entry". Several, the first that exists counts: "__ns_ref|count". Through a pointer, counted from
	 * what it points to: "exec_state>user_ns".
	 */
	const char *path;
	enum btf_unit unit;
};

struct btf_data {
	const void *bytes;
	size_t size;
};

/*
 * Answers each request: answers[i] is BTF_ABSENT where there is no such structure or member. A member inside an unnamed
 * structure or union is found as C finds it. Returns 0; -EINVAL: not BTF, or damaged; -ENOMEM.
 */
int btf_answer(struct btf_data btf, const struct btf_request *requests, size_t count, uint16_t *answers);

/* The running kernel's BTF, mapped where the kernel lets it be, else read. Returns 0 or a negative errno. */
int btf_open(const char *path, struct btf_data *btf);
void btf_close(struct btf_data *btf);

#endif
