/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every walker uses. See README.md for how one is written, and why so. */
#ifndef PROCNS_WALKER_BPF_H
#define PROCNS_WALKER_BPF_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
#define __aligned_u64 __u64		/* so it is here; in a 32-bit user space it is not */
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#define false 0
#define true 1

#include <bpf/bpf_helpers.h>

#include "walker.h"
#include "offsets.h"

#define MAP_ARRAY 2			/* BPF_MAP_TYPE_ARRAY */
#define MAP_HASH 1			/* BPF_MAP_TYPE_HASH */
#define MAP_MMAPABLE (1 << 10)		/* BPF_F_MMAPABLE */
#define MAP_NO_EXIST 1			/* BPF_NOEXIST: add, never replace */
#define MAX_STEPS (1 << 23)		/* of one bpf_loop: as many as the kernel allows */

enum { GO_ON = 0, STOP = 1 };		/* what a step of bpf_loop returns */

/* An array of records; user space sets its size. */
#define RECORDS(name, record)			\
	struct {				\
		__uint(type, MAP_ARRAY);	\
		__uint(map_flags, MAP_MMAPABLE); \
		__uint(max_entries, 1);		\
		__type(key, __u32);		\
		__type(value, record);		\
	} name SEC(".maps")


extern const volatile struct offsets at;

static __always_inline bool present(__u16 offset)
{
	return offset != ABSENT;
}

/* The verifier must see that an index is bounded, even where the compiler knows already that it is. */
static __always_inline __u32 bounded(__u32 index, __u32 power_of_two)
{
	asm volatile("" : "+r"(index));
	return index & (power_of_two - 1);
}

static __always_inline __u32 type_index(__u32 type)
{
	return bounded(type, NS_TYPES);
}

/*
 * The next free record, NULL where the array is full. *count goes on counting: user space then knows how large the array must
 * be, and runs the walker again.
 */
static __always_inline void *next_record(void *records, __u32 *count)
{
	__u32 i = (*count)++;

	return bpf_map_lookup_elem(records, &i);
}

/* Fills *to; with zeros where the address can't be read. */
#define read(to, address) bpf_probe_read_kernel(to, sizeof(*(to)), (void *)(address))

static __always_inline __u64 read_u64(__u64 address)
{
	__u64 value;

	read(&value, address);
	return value;
}

static __always_inline __u32 read_u32(__u64 address)
{
	__u32 value;

	read(&value, address);
	return value;
}

#endif
