# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the scripts of the module's suite share. They run as root in a virtual machine that has procns mounted on
# /proc/namespaces and nothing else to lose; each prints TAP.

suite=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
for tests_lib in "$suite/../lib" "$suite/../../lib"; do
	[ ! -e "$tests_lib/tap.sh" ] || break
done
: "${NSMAKE:=$suite/../nsmake}" "${FSCHECK:=$suite/../fscheck}"
# shellcheck source=tests/lib/tap.sh
. "$tests_lib/tap.sh"
# shellcheck source=tests/lib/hold.sh
. "$tests_lib/hold.sh"

NS=/proc/namespaces
TYPES=(cgroup ipc mnt net pid time user uts)

modprobe -qa tun vsock vsock_loopback 2>/dev/null

# Without a fork: there are thousands of these.
listing() {
	local dir=${1:-$NS}
	entries=("$dir"/*)
	entries=("${entries[@]##*/}")	# "*" itself where there is none, which no test expects
}

# Whether the last listing has a name.
in_entries() {
	local name
	for name in "${entries[@]}"; do
		[ "$name" != "$1" ] || return 0
	done
	return 1
}

listed() {
	listing "${2:-$NS}"
	in_entries "$1"
}

not_listed() { ! listed "$@"; }

sorted_listing() {
	listing "$@"
	printf '%s\n' "${entries[@]}" | sort
}

# The list as it was, once what was released has gone.
list_is() { [ "$(sorted_listing)" = "$1" ]; }

# Mounts of the queues of ipc namespaces: each has an inode in a cache of its own, whose slabs count what is left when they are shrunk.
queue_mounts() {
	local cache=/sys/kernel/slab/mqueue_inode_cache
	{ echo 1 >$cache/shrink && cut -d' ' -f1 $cache/objects; } 2>/dev/null || echo 0
}

# Whoever is killed while an ipc namespace is made for it leaves the mount of its queues in the kernel for ever, and with that the user
# namespace (create_ipc_ns() until 2025; with procns and without). Such are listed rightly; there are no more of them than such mounts.
left_by_kernel() {
	local before=$1 queues=$2 more
	more=$(comm -3 <(echo "$before") <(sorted_listing))
	! grep -qv $'^\tuser:' <<<"$more" && [ "$(wc -l <<<"$more")" -le $(($(queue_mounts) - queues)) ]
}

# back_to LIST TEXT [QUEUES]: with as many queue_mounts as there were then, where the test kills at random.
back_to() {
	local before=$1 text=$2 queues=${3:-}
	if eventually 120 list_is "$before"; then
		pass "$text"
	elif [ -n "$queues" ] && left_by_kernel "$before" "$queues"; then
		pass "$text"
		diag "but for what the kernel leaves of ipc namespaces half made: $(comm -13 <(echo "$before") <(sorted_listing) | tr '\n' ' ')"
	else
		fail "$text" "$(diff <(echo "$before") <(sorted_listing))"
	fi
}

# Every kind of every type it can hold, one a line.
all_states() {
	local kind types type
	"$NSMAKE" list | while read -r kind types _; do
		for type in ${types//,/ }; do echo "$kind $type"; done
	done
}

# The namespace of a type this process is in.
own() { readlink "/proc/self/ns/$1"; }

# The namespaces of a type a process has descriptors of.
names_held() { find "/proc/$1/fd" -lname "$2:*" -printf '%l\n' | sort; }

# The log since the last call is compared by tests that must leave nothing in it.
log_lines() { dmesg | wc -l; }
new_log_lines() { dmesg | tail -n "+$(($1 + 1))"; }

# What a kernel tells, for information, of a machine that is busy, and of a module that something made was the first to need.
information='rcu_tasks grace period [0-9]* is [0-9]* jiffies old\|hrtimer: interrupt took'
information+='\|NET: Registered PF_[A-Z]* protocol family\|tun: Universal TUN/TAP device driver'

# log_is_quiet TEXT LINES PATTERN: that the log has got nothing since, but lines of PATTERN, and such information.
log_is_quiet() {
	if [ -e /sys/kernel/debug/kcsan ]; then
		skip "$1" "this kernel tells of its own data races; of those of procns the machine room tells"
	else
		is "$1" "$(new_log_lines "$2" | grep -v "$3" | grep -v "$information")" ""
	fi
}

# no_leaks [PATTERN]: but those of the kernel itself, of whose backtrace a line is of PATTERN. An object is reported from the second scan
# on; nothing is said where there is no kmemleak.
no_leaks() {
	local leaks=/sys/kernel/debug/kmemleak
	[ -w $leaks ] || return 0
	echo scan >$leaks && sleep 6 && echo scan >$leaks
	is "kmemleak has found nothing" "$(awk -v "known=${1:-^$}" -f "$tests_lib/leaks.awk" $leaks)" ""
}

# What the module said at its last load, and from that which registry it keeps: tree, or tracked.
load_line() { dmesg | sed -n 's/.*\(procns: .* namespaces found.*\)/\1/p' | tail -n 1; }

registry() {
	case $(load_line) in
	*tracked*) echo tracked ;;
	*tree*) echo tree ;;
	*) echo unknown ;;
	esac
}

module_file() { echo "/lib/modules/$(uname -r)/updates/procns.ko"; }
