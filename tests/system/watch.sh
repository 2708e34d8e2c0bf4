#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# procns watch, in each mode that works here: what is told of namespaces that are born and go.
# All that is watched is owned by a user namespace of the test's own, so that what else goes on here does not matter.

# shellcheck disable=SC2016 # commands in quotes are run later
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

# shellcheck source=tests/lib/watch.sh
. "$top/tests/lib/watch.sh"

a_life_in() {
	local mode=$1 uts
	begin -J --mode="$mode" --interval=0.1 "$owner"
	"${inside[@]}" unshare --uts sleep 1001 &
	local sleeper=$!
	check "$mode: a birth is told" eventually 30 has_events born 1
	until_runs $sleeper sleep
	uts=$(readlink /proc/$sleeper/ns/uts)
	end $sleeper
	check "$mode: its end is told" eventually 30 has_events gone 1
	finish
	is "$mode: SIGTERM ends it well" "$STATUS" 0
	is "$mode: both are of one namespace" "$(value born namespace) $(value gone namespace)" "$uts $uts"
	is "$mode: it has an owner" "$(value born owner)" "$owner"
	is "$mode: nothing else is told" "$(value '[a-z]*' event | grep -vx incomplete | paste -sd ' ')" 'start born gone end'
	is "$mode: the first line says how" "$(value start version) $(value start mode)" "1 $mode"
	if [ "$mode" != poll ]; then
		is "$mode: who and how" "$(value born comm) $(value born call) $(value born noticed)" 'unshare unshare false'
		check "$mode: how old it was" test "$(value gone age_ns)" -gt 0
		is "$mode: nothing was missed" "$(events incomplete)" 0
	else
		check "$mode: that some may be missed is said" grep -q '^incomplete: polling' "$work/watch.err"
		is "$mode: in JSON, too" "$(value incomplete reason | grep -c polling)" 1
	fi
}

# Every type, by unshare; one by clone3.
every_type_in() {
	local mode=$1 wanted='cgroup ipc mnt net pid time uts'
	begin -J --mode="$mode" "$owner"
	"${inside[@]}" "$NSMAKE" burst 1 net >/dev/null
	"${inside[@]}" unshare --mount --uts --ipc --pid --cgroup --time --fork true
	check "$mode: every type is told of" eventually 30 has_events gone 7
	finish
	is "$mode: each once" "$(value born type | sort | paste -sd ' ')" "$wanted"
	is "$mode: each goes" "$(value gone type | sort | paste -sd ' ')" "$wanted"
	begin -J --mode="$mode" -t uts "$owner"
	"${inside[@]}" "$NSMAKE" -s process uts >/dev/null &
	local maker=$!
	check "$mode: one made by clone3" eventually 30 has_events born 1
	"${inside[@]}" "$NSMAKE" burst 1 ipc >/dev/null
	end $maker
	check "$mode: and gone" eventually 30 has_events gone 1
	finish
	is "$mode: --type leaves out all others" "$(value born type) $(value born call)" 'uts clone3'
}

for mode in "${modes[@]}"; do a_life_in "$mode"; done
for mode in "${modes[@]}"; do [ "$mode" = poll ] || every_type_in "$mode"; done
if command -v jq >/dev/null; then
	procns watch -J --initial --timeout=0 >"$work/watch.out" 2>/dev/null
	is 'every line is an object' "$(jq -r type "$work/watch.out" | sort | uniq -c | awk '{ print $1, $2 }')" "$(wc -l <"$work/watch.out") object"
else
	skip 'every line is an object' 'no jq'
fi
done_testing
