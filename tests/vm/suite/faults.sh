#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each allocation of an operation fails in turn (tests/lib/faults.h): the operation fails by ENOMEM or does without, the same then
# succeeds, the list stays what it was, the module unloads, and nothing is leaked. Takes a kernel that lets allocations fail: faults-6.12.
# FAULTS names the operations, all unless told. starve: while procns gets no memory at all, more is born than it has kept memory for.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
: "${FAULTS_PROGRAM:=$suite/../faults}"
read -ra operations <<<"${FAULTS:-list lookup readlink missing follow open enter bind birth remount mount unmount starve unload load}"

[ -e "/proc/$$/fail-nth" ] || { skip "allocations fail in turn" "this kernel has no fault injection"; done_testing; exit; }

is_mounted() { grep -q " $NS procns " /proc/mounts; }
put_away() { umount $NS && eventually 30 rmmod procns; }
put_back() { insmod "$(module_file)" && mount -t procns procns $NS; }

# The namespaces listed now and not before.
newly_listed() { sorted_listing | comm -13 <(echo "$before") -; }

STARVED=1500	# the registry has memory for 1024

starve() {
	local denier held listed made=yes
	if [ "$(registry)" != tracked ]; then
		skip "starve: births without memory" "this kernel lists its namespaces itself"
		return
	fi
	echo 100000 >/proc/sys/user/max_uts_namespaces
	coproc DENIER { "$FAULTS_PROGRAM" deny; }
	denier=$DENIER_PID
	read -r -t 60 -u "${DENIER[0]}" _
	hold many $STARVED uts || made=
	take pid
	held=$(names_held "$pid" uts)
	listed=$(newly_listed)
	# shellcheck disable=SC1083,SC2093 # closes what the coprocess reads
	exec {DENIER[1]}>&-
	wait "$denier"
	[ $made ] || { fail "starve: $STARVED namespaces are made" "$WHY"; return; }
	check "starve: without memory only some are listed" [ "$(wc -l <<<"$listed")" -lt $STARVED ]
	is "starve: and those are of them" "$(comm -23 <(echo "$listed") <(echo "$held"))" ""
	is "starve: with memory again all are listed" "$(newly_listed | md5sum)" "$(md5sum <<<"$held")"
	is "starve: each opens as itself" "$(cd $NS && xargs stat -L -c 'uts:[%i]' <<<"$held" | sort)" "$held"
	check "starve: they are let go" let_go
}

one() {
	case $1 in
	load | unload)
		check "$1: the module is unloaded before" put_away
		relay < <("$FAULTS_PROGRAM" "$1" $NS "$(module_file)")
		check "$1: the module loads and mounts after" put_back
		;;
	starve) starve ;;
	*) relay < <("$FAULTS_PROGRAM" "$1" $NS) ;;
	esac
	back_to "$before" "$1: the list is what it was"
}

# Where memory fails, and what each load that succeeds says. What the kernel says of the same is no concern here, and of what is wrong the
# machine room tells.
expected='procns: (cannot .*: error -12$|cannot (find|learn from) /proc/self/.*: error -2$|the scan for namespaces failed: error -12$|the scan is not whole|a new scan found|.* namespaces found|loading out-of-tree)'
unexpected_lines() { new_log_lines "$lines" | grep -a 'procns: ' | grep -avE "$expected"; }

lines=$(log_lines)
before=$(sorted_listing)
for operation in "${operations[@]}"; do one "$operation"; done
check "procns is mounted as it was" is_mounted
is "procns has said in the log only what there was no memory for" "$(unexpected_lines)" ""
# the kernel's own: a cache that sysfs has no memory for leaves its name behind
no_leaks sysfs_slab_add
done_testing
