// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched.h>
#include <linux/nsproxy.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>
#include "registry.h"
static struct ns_common *all[2];
int registry_init(void) { all[0]=&init_uts_ns.ns; all[1]=&init_net.ns; pr_info("stub registry\n"); return 0; }
void registry_exit(void) {}
struct ns_common *registry_find(unsigned int type, unsigned int inum)
{ int i; for (i=0;i<2;i++) if (all[i]->inum==inum && ns_common_flag(all[i])==type && __ns_ref_get(all[i])) return all[i]; return NULL; }
size_t registry_next(u64 birth, struct registry_entry *batch, size_t max)
{ size_t n=0; while (birth < 2 && n<max) { if (__ns_ref_get(all[birth])) { batch[n].ns = all[birth]; batch[n++].birth=birth+1; } birth++; } return n; }
