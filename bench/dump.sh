#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2119,SC2154 # let_go needs no argument; bench/lib.sh sets the rest
# procns dump beside procns ls -J of the same, and of four times as many; medians of one run in turn.

# shellcheck source=bench/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

row '%-28s %12s %12s %8s\n' state 'procns dump' 'ls -J' 'dump/ls'
for kind in "uts fd" "uts bind" "user fd"; do
	read -r type how <<<"$kind"
	took=()
	for count in 2500 10000; do
		HOLD_TIMEOUT=300 hold many $count "$type" "$how" || { echo "cannot make $count $type namespaces: $WHY"; exit 1; }
		state "$count $type namespaces, by $how"
		medians -n 11 "$PROCNS" dump ::: "$PROCNS" ls -J || exit 1
		let_go
		took+=("${MEDIANS[0]}")
		row '%-28s %9d µs %9d µs %7sx\n' "$count $type, by $how" "${MEDIANS[@]}" "$(ratio "${MEDIANS[@]}")"
	done
	row '%-28s %s times the time\n' "four times as many $type" "$(ratio "${took[1]}" "${took[0]}")"
done
