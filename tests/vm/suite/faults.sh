#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each allocation of an operation fails in turn (tests/lib/faults.h): the operation fails by ENOMEM or does without, the same then
# succeeds, the list stays what it was, the module unloads, and nothing is leaked. Takes a kernel that lets allocations fail: faults-6.12.
# FAULTS names the operations, all unless told.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
: "${FAULTS_PROGRAM:=$suite/../faults}"
read -ra operations <<<"${FAULTS:-list lookup readlink missing follow open enter bind birth remount mount unmount unload load}"

[ -e "/proc/$$/fail-nth" ] || { skip "allocations fail in turn" "this kernel has no fault injection"; done_testing; exit; }

is_mounted() { grep -q " $NS procns " /proc/mounts; }
put_away() { umount $NS && eventually 30 rmmod procns; }
put_back() { insmod "$(module_file)" && mount -t procns procns $NS; }

one() {
	case $1 in
	load | unload)
		check "$1: the module is unloaded before" put_away
		relay < <("$FAULTS_PROGRAM" "$1" $NS "$(module_file)")
		check "$1: the module loads and mounts after" put_back
		;;
	*) relay < <("$FAULTS_PROGRAM" "$1" $NS) ;;
	esac
	back_to "$before" "$1: the list is what it was"
}

# What is said where memory fails, by the module and by what it calls; and by each load that succeeds.
expected_lines='procns: (cannot .*|the scan for namespaces failed): error -12$|procns: the scan is not whole|procns: .* namespaces found|procns: loading out-of-tree'
unexpected_lines() { new_log_lines "$lines" | awk -f "$tests_lib/denied.awk" | grep -aEv "$expected_lines"; }

lines=$(log_lines)
before=$(sorted_listing)
for operation in "${operations[@]}"; do one "$operation"; done
check "procns is mounted as it was" is_mounted
is "nothing is in the log but what could not be had" "$(unexpected_lines)" ""
no_leaks
done_testing
