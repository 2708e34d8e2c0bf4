#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2119,SC2154 # let_go needs no argument; bench/lib.sh sets the rest
# procns ls beside lsns, on states made for it; medians of one run in turn.

# shellcheck source=bench/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

newest_lsns || exit 1
echo "procns ls against $("${LSNS[@]}" --version | sed 's/.*from //') (newest of Debian) and $(lsns --version | sed 's/.*from //') (installed)"
echo
row '%-44s %10s %10s %10s %8s %8s\n' state 'procns ls' newest installed 'newest/' 'inst./'

compare() {
	local state=$1 runs=$2
	state "$state"
	medians -n "$runs" "$PROCNS" ls ::: "${LSNS[@]}" ::: lsns || return 1
	row '%-44s %7d µs %7d µs %7d µs %7sx %7sx\n' "$state" "${MEDIANS[@]}" \
		"$(ratio "${MEDIANS[1]}" "${MEDIANS[0]}")" "$(ratio "${MEDIANS[2]}" "${MEDIANS[0]}")"
}

compare "this machine as it is" 11
for state in "2000 20" "8000 4"; do
	# shellcheck disable=SC2086 # two numbers
	HOLD_TIMEOUT=300 hold procs $state || { echo "cannot make $state: $WHY"; exit 1; }
	compare "${state% *} processes x ${state#* } descriptors" 5
	let_go_and_settle
done

echo
state 'this machine as it is'
medians -n 41 /bin/true ::: "$PROCNS" ls -n -r -o NS,TYPE,PNS,ONS || exit 1
row 'idle machine, -o NS,TYPE,PNS,ONS: %d µs, /bin/true %d µs: %sx\n' "${MEDIANS[1]}" "${MEDIANS[0]}" "$(ratio "${MEDIANS[1]}" "${MEDIANS[0]}")"

without_members=()
for procs in 200 2000; do
	hold procs $procs 0 || exit 1
	state "$procs processes"
	medians -n 41 "$PROCNS" ls -n -r -o NS,TYPE || exit 1
	without_members+=("${MEDIANS[0]}")
	let_go_and_settle
done
row 'without member columns, 200 processes %d µs, 2000 processes %d µs: %sx\n' "${without_members[@]}" \
	"$(ratio "${without_members[1]}" "${without_members[0]}")"

state 'this machine as it is'
medians -n 21 "$PROCNS" ls -n -r -o NS,TYPE || exit 1
few=${MEDIANS[0]}
HOLD_TIMEOUT=300 hold many 10000 uts || { echo "cannot make 10000 namespaces: $WHY"; exit 1; }
state '10,000 namespaces'
medians -n 21 "$PROCNS" ls -n -r -o NS,TYPE || exit 1
let_go_and_settle
row '10,000 namespaces, -n -r -o NS,TYPE: %d µs, that is %s µs a namespace beyond the fixed %d µs\n' "${MEDIANS[0]}" \
	"$(ratio $((MEDIANS[0] - few)) 10000)" "$few"
