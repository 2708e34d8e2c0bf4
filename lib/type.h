/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of each type of namespace, and how namespaces are written. */
#ifndef PROCNS_TYPE_H
#define PROCNS_TYPE_H

#include "procns.h"

/* A /proc/PID/ns link: where it is, what it leads to, and whether that is for the children of the task. */
struct type_link {
	const char *path;		/* below /proc/PID */
	enum procns_type type;
	bool for_children;
};

extern const struct type_link type_links[];
extern const size_t type_link_count;

/* "net:[4026531840]": no spaces, signs, leading zeros or trailing bytes. Returns 0 or -EINVAL. */
int type_parse_name(const char *name, enum procns_type *type, uint32_t *inum);

/* Digits alone, no leading zero, at most `max`. Returns 0 or -EINVAL. `end` is where the digits end; NULL: they must end the text. */
int parse_number(const char *text, uint64_t max, uint64_t *number, const char **end);

/* The type that has this CLONE_NEW* bit. Returns 0 or -EINVAL. */
int type_of_clone_flag(int flag, enum procns_type *type);

/* Was it there when the kernel came up? Known by its number. */
bool type_initial(enum procns_type type, uint32_t inum);
uint32_t type_initial_inum(enum procns_type type);

#endif
