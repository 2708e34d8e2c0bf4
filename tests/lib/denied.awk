# SPDX-License-Identifier: GPL-2.0-or-later
# Of a kernel's log, without what it says itself where there is no memory, for a cache of objects or for pages, with a backtrace of at most
# sixty lines. Only of a kernel that lets allocations fail, or of a piece of its log: where it is known to be another, all is passed on.
/Linux version / { other = !/-procns-faults/ }
!other && /kmem_cache_create[a-z_]*\(.*failed with error -12|vmalloc error: |page allocation failure: / { denied = 60 }
denied <= 0 { print }
{ denied = /<\/TASK>/ ? 0 : denied - 1 }
