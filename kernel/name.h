/* SPDX-License-Identifier: GPL-2.0-only */
/* The name of a namespace: "net:[4026531840]". */
#ifndef PROCNS_NAME_H
#define PROCNS_NAME_H

#include <linux/dcache.h>
#include <linux/types.h>

#define NS_NAME_SIZE sizeof("cgroup:[4294967295]")

struct ns_name {
	unsigned int type;	/* one CLONE_NEW* bit */
	unsigned int inum;
};

/* Takes exactly what ns_name_format() makes: no spaces, signs, leading zeros or trailing bytes. */
bool ns_name_parse(const struct qstr *text, struct ns_name *name);

/* Returns the length without the final zero byte, 0 for a type this module does not know. */
size_t ns_name_format(const struct ns_name *name, char text[NS_NAME_SIZE]);

#endif
