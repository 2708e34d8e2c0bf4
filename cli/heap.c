// SPDX-License-Identifier: GPL-2.0-or-later
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "heap.h"

#define LARGE_PAGE ((uintptr_t)2 * 1024 * 1024)
#define LARGE_PAGES 15

/* From the heap's beginning to the border: kept and never used, so that all else lies behind the border. */
void *heap_margin;

/*
 * A list of a large system takes some megabytes for a few milliseconds, and most of its time would go to the faults that bring them
 * page by page: 0.2 µs each on bare metal, 10 µs and more in some virtual machines. So the heap gets room for what mostly
 * suffices, beginning at the border of a large page. What is not used of it stays address space alone.
 */
void heap_use_large_pages(void)
{
	const size_t room = (LARGE_PAGES + 1) * LARGE_PAGE;
	size_t margin;
	char *all;

	/* from the heap and back to it, not to the kernel; without all three it would be for nothing */
	if (!mallopt(M_MMAP_THRESHOLD, room) || !mallopt(M_TRIM_THRESHOLD, 2 * room) || !mallopt(M_TOP_PAD, LARGE_PAGE))
		return;
	all = malloc(room - LARGE_PAGE / 4);
	if (!all)
		return;
	margin = -(uintptr_t)all & (LARGE_PAGE - 1);
	madvise(all + margin, LARGE_PAGES * LARGE_PAGE - LARGE_PAGE / 4, MADV_HUGEPAGE);
	free(all);
	heap_margin = malloc(margin);
}
