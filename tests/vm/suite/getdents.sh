#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Reading the directory a few bytes at a time while namespaces come and go: no living entry is missed or met twice.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

EACH=${EACH:-4}

before=$(sorted_listing)
lasting=()
for type in "${TYPES[@]}"; do
	for kind in fd process bind; do
		hold "$kind" "$type" || continue
		take ns mntns
		lasting+=("$ns" ${mntns:+"$mntns"})
	done
done
for type in "${TYPES[@]}"; do lasting+=("$(own "$type")"); done
diag "${#lasting[@]} entries that stay"

in_order() {
	local name last=0 position
	listing_unsorted=$(ls -U $NS)
	for name in "$@"; do
		position=$(grep -nxF "$name" <<<"$listing_unsorted" | cut -d: -f1)
		[ "${position:-0}" -gt $last ] || { echo "$name is at ${position:-none}, after $last"; return 1; }
		last=$position
	done
}

born=()
for type in uts net user pid; do
	hold fd "$type" && take ns && born+=("$ns")
done
check "the directory is in order of birth" in_order "${born[@]}"
relay < <("$FSCHECK" seek $NS)

"$NSMAKE" churn $((EACH * 8 + 10)) 3 >/dev/null 2>&1 &
churn=$!
at_exit end $churn
for size in 40 64 100 500 4096 65536; do
	relay < <("$FSCHECK" getdents $NS $size "$EACH" "${lasting[@]}")
done
"$FSCHECK" getdents $NS 40 "$EACH" "${lasting[@]}" >"$tap_output.other" &
relay < <("$FSCHECK" getdents $NS 72 "$EACH" "${lasting[@]}")
wait $!
relay <"$tap_output.other"
rm -f "$tap_output.other"
end $churn

let_all_go 2>/dev/null
back_to "$before" "after the churn the list is what it was"
done_testing
