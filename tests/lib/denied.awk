# SPDX-License-Identifier: GPL-2.0-or-later
# Of the log of a kernel that lets allocations fail, without what it says itself where there is no memory, for a cache of objects or for
# pages, with a backtrace of at most sixty lines. All of any other kernel's.
/Linux version / { faults = /-procns-faults/ }
faults && /kmem_cache_create[a-z_]*\(.*failed with error -12|vmalloc error: |page allocation failure: / { denied = 60 }
denied <= 0 { print }
{ denied = /<\/TASK>/ ? 0 : denied - 1 }
