# SPDX-License-Identifier: GPL-2.0-or-later
# Of a kernel's log, without what the slab allocator says where a cache cannot be made for want of memory, which it says with a
# backtrace of at most sixty lines. Only of a kernel that lets allocations fail, or of a piece of its log: where it is known to be another, all is passed on.
/Linux version / { other = !/-procns-faults/ }
!other && /kmem_cache_create[a-z_]*\(.*failed with error -12/ { denied = 60 }
denied <= 0 { print }
{ denied = /<\/TASK>/ ? 0 : denied - 1 }
