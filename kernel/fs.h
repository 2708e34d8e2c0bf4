/* SPDX-License-Identifier: GPL-2.0-only */
/* The filesystem: its superblocks, their one directory, its entries. */
#ifndef PROCNS_FS_H
#define PROCNS_FS_H

int fs_init(void);
void fs_exit(void);

#endif
