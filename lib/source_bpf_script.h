/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In what order walkers run, and what each is told of what those before it found. */
#ifndef PROCNS_SOURCE_BPF_SCRIPT_H
#define PROCNS_SOURCE_BPF_SCRIPT_H

#include "source_bpf_walk.h"

struct script {
	uint32_t types;			/* bits 1 << enum ns_type */
};

/* The walkers for these facts (PROCNS_FACT_*), on a kernel that has lists of namespaces, or none. */
unsigned int script_walkers(uint32_t want, bool has_lists);

/* Takes a sample. Returns 0 or a negative errno with the message set. */
int script_run(struct walk *walk, const struct script *script);

#endif
