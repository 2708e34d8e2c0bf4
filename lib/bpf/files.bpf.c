// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the walkers of descriptors, rings, queues and watches share, declared to them by file.bpf.h. */
#include "walker.bpf.h"
#include "files.h"

struct file_walk file_walk;

RECORDS(file_records, struct file_record);
RECORDS(ring_records, struct ring_record);
RECORDS(sock_records, struct sock_record);
RECORDS(group_records, struct group_record);

struct {
	__uint(type, MAP_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u32);
} seen SEC(".maps");
