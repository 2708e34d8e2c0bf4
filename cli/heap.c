// SPDX-License-Identifier: GPL-2.0-or-later
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "heap.h"

#define LARGE_PAGE ((uintptr_t)2 * 1024 * 1024)
#define LARGE_PAGES 15
#define SMALL_ROOM ((uintptr_t)256 * 1024)

/* From the heap's beginning to where the small room begins: kept and never used. */
void *heap_margin;

/*
 * A list of a large system takes some megabytes for a few milliseconds, and most of its time would go to the faults that bring them
 * page by page: 0.2 µs each on bare metal, 10 µs and more in some virtual machines. So the heap gets room for what mostly
 * suffices, in large pages. But where little is needed, clearing a large page takes longer than all the rest: so the heap begins with a
 * room of small ones, just below the border of the first large one. What is not used of either stays address space alone.
 */
void heap_use_large_pages(void)
{
	const size_t room = (LARGE_PAGES + 2) * LARGE_PAGE;
	uintptr_t begin, border;
	char *all;

	/* from the heap and back to it, not to the kernel; without all three it would be for nothing */
	if (!mallopt(M_MMAP_THRESHOLD, room) || !mallopt(M_TRIM_THRESHOLD, 2 * room) || !mallopt(M_TOP_PAD, LARGE_PAGE))
		return;
	all = malloc(room - LARGE_PAGE / 4);
	if (!all)
		return;
	begin = (uintptr_t)all;
	border = (begin + SMALL_ROOM + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
	madvise(all + (border - begin), LARGE_PAGES * LARGE_PAGE, MADV_HUGEPAGE);
	free(all);
	if (border - SMALL_ROOM > begin)
		heap_margin = malloc(border - SMALL_ROOM - begin);
}
