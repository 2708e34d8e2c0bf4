/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROCNS_HEAP_H
#define PROCNS_HEAP_H

/* Before the first allocation: has malloc give memory from large pages, where the kernel has them to give. */
void heap_use_large_pages(void);

extern void *heap_margin;

#endif
