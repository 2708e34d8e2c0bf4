// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Every open descriptor of the tables user space names. A table belongs to many threads; user space names each once, with one
 * thread that had it a moment ago.
 */
#include "file.bpf.h"

#define BITS 64

RECORDS(table_records, struct table_record);

/* Which bit of a word with one bit set it is, by what a de Bruijn sequence leaves at the top. (BPF can't count zeros.) */
#define SEQUENCE 0x03f79d71b4cb0a89ULL
const __u8 bit_of[BITS] = {
	0, 1, 48, 2, 57, 49, 28, 3, 61, 58, 50, 42, 38, 29, 17, 4,
	62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12, 5,
	63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11,
	46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9, 13, 8, 7, 6,
};

static __always_inline __u32 lowest_bit(__u64 word)
{
	return bit_of[((word & -word) * SEQUENCE) >> 58];
}

/* On to the next table; one that its thread has no more is passed over. */
static __always_inline long enter_table(void)
{
	__u32 i = file_walk.tables_done++;
	const struct table_record *table = bpf_map_lookup_elem(&table_records, &i);
	__u64 fdt;

	if (!table || i >= file_walk.table_count)
		return STOP;
	file_walk.container = CONTAINER(IN_TABLE, i);
	file_walk.slot_count = 0;
	if (read_u64(table->task + at.task.files) != table->files)
		return GO_ON;
	fdt = read_u64(table->files + at.files.fdt);
	file_walk.slot = 0;
	file_walk.slot_count = read_u32(fdt + at.fdt.max_fds);
	file_walk.slots = read_u64(fdt + at.fdt.fd);
	file_walk.open_words = read_u64(fdt + at.fdt.open_fds);
	file_walk.open_word = read_u64(file_walk.open_words);
	return GO_ON;
}

/* One step is one descriptor, going on to the next word of the bitmap of open ones, or going on to the next table. */
static long step(__u32 i, void *unused)
{
	__u64 word = file_walk.open_word;
	__u32 slot;

	if (file_walk.slot >= file_walk.slot_count)
		return enter_table();
	if (!word) {
		file_walk.slot += BITS;
		file_walk.open_words += BITS / 8;
		file_walk.open_word = file_walk.slot < file_walk.slot_count ? read_u64(file_walk.open_words) : 0;
		return GO_ON;
	}
	file_walk.open_word = word & (word - 1);
	slot = file_walk.slot + lowest_bit(word);
	record_file(read_u64(file_walk.slots + (__u64)slot * sizeof(__u64)), file_walk.container, slot);
	return GO_ON;
}

SEC("?raw_tp")
int walk_descriptors(void *unused)
{
	bpf_loop(MAX_STEPS, step, 0, 0);
	return 0;
}
