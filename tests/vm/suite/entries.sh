#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An entry behaves as the kernel's own link to the same namespace, whatever is done with it.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

mount_at_namespace() {
	touch "$where" && mount --bind "$NS/$1" "$where"
}

compare_own() {
	local type
	for type in "${TYPES[@]}"; do
		relay < <("$FSCHECK" compare "$NS/$(own "$type")" "/proc/self/ns/$type")
	done
}

option_of() {
	case $1 in
	mnt) echo --mount ;;
	*) echo "--$1" ;;
	esac
}

one() {
	local type=$1 ns pid
	hold process "$type" || { fail "a process in a $type namespace" "$WHY"; return; }
	take ns pid
	relay < <("$FSCHECK" compare "$NS/$ns" "/proc/$pid/ns/$type")
	is "stat -L of $ns is as of its process" "$(stat -L -c '%d %i %F %A %h' "$NS/$ns")" "$(stat -L -c '%d %i %F %A %h' "/proc/$pid/ns/$type")"
	is "nsenter by $type entry" "$(nsenter "$(option_of "$type")=$NS/$ns" readlink "/proc/self/ns/$type")" "$ns"
	is "readlink of $ns" "$(readlink "$NS/$ns")" "$ns"
	stay_alive "$type" "$ns"
}

# By a descriptor, by O_PATH and by a bind mount made through the entry, each after the process is gone.
stay_alive() {
	local type=$1 ns=$2 fd
	exec {fd}<"$NS/$ns"
	check "the process in $ns ends" let_go
	check "$ns stays while opened by its entry" listed "$ns"
	# a mount namespace cannot be mounted in one that is newer or itself: ours is older
	check "$ns can be mounted by its entry" mount_at_namespace "$ns"
	exec {fd}<&-
	sleep 0.2
	check "$ns stays while mounted" listed "$ns"
	is "what is mounted is $ns" "$(stat -c '%i' "$where")" "$(tr -dc 0-9 <<<"$ns")"
	check "$ns is unmounted" umount "$where"
	check "$ns is gone then" eventually 60 not_listed "$ns"
}

initial_only_once() {
	local before after
	before=$(sorted_listing)
	for _ in 1 2 3; do stat -L "$NS"/* >/dev/null; done
	after=$(sorted_listing)
	is "opening and following everything leaves the list as it was" "$after" "$before"
}

where=$(mktemp)
at_exit rm -f "$where"
compare_own
for type in "${TYPES[@]}"; do one "$type"; done
initial_only_once
done_testing
