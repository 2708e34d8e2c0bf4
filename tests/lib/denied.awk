# SPDX-License-Identifier: GPL-2.0-or-later
# Of the log of a kernel that lets allocations fail, without what it says itself where there is no memory, for a cache of objects or for
# pages, with a backtrace of at most sixty lines; and without the count of leaks: some are its own (leaks.awk), each is told besides.
/kmem_cache_create[a-z_]*\(.*failed with error -(12|22)|vmalloc error: |page allocation failure: / { denied = 60 }
/kmemleak: [0-9]+ new suspected/ { next }
denied <= 0 { print }
{ denied = /<\/TASK>/ ? 0 : denied - 1 }
