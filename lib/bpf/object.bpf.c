// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the linked object has once: the table of offsets, and the licence the kernel asks for. */
#include "walker.bpf.h"

const volatile struct offsets at SEC(".rodata");

char _license[] SEC("license") = "Dual BSD/GPL";
