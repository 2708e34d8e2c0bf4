# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What a console log must not have.

alarming='WARNING: |WARNING \(|BUG: |BUG [a-z]|kernel BUG|Oops|Kernel panic|KASAN|KCSAN|UBSAN|ODEBUG'
alarming+='|general protection fault|unable to handle|invalid opcode|divide error|Call Trace:'
alarming+='|INFO: (task|rcu|possible|trying|suspicious|inconsistent|lockdep)|(self-detected|detected) stalls?|soft lockup|hard LOCKUP'
alarming+='|possible (recursive|circular|irq|deadlock)|lock(dep)? (held|debugging|warning)|held lock freed|bad unlock|DEBUG_LOCKS_WARN'
alarming+='|kmemleak: [1-9].* new suspected|unreferenced object|list_(add|del) corruption|Slab corruption|double free|Poison overwritten'
alarming+='|unregister_netdevice: waiting|refcount_t:|procns is still in use'

# Lines of a healthy boot that look like the above: mitigations that say what they do, on old kernels.
harmless='(Spectre V2|MDS|TAA|MMIO|spectre_v2|RETBleed|Mitigation).*(WARNING|BUG)|WARNING: Unprivileged eBPF'

# Of a kernel that lets allocations fail, without what it says itself of that, and without its own leak: a cache that sysfs has no memory
# for leaves its name behind.
without_faults() {
	case $1 in
	faults-*) awk -f "$tree/tests/lib/denied.awk" | awk -v known=sysfs_slab_add -f "$tree/tests/lib/leaks.awk" ;;
	*) cat ;;
	esac
}

# alarming_lines LOG KERNEL
alarming_lines() {
	local -x LC_ALL=C
	awk -f "$tree/tests/lib/races.awk" "$1" | without_faults "$2" | grep -aE "$alarming" | grep -avE "$harmless" || true
}
