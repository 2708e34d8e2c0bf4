#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# 20,000 namespaces, each gone as soon as it is born: procns watch tells of every birth and every end, in each mode that traces.
# They are owned by a user namespace of the test's own, so the counts are exact whatever else goes on here. BURST is how many.

# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
: "${BURST:=20000}"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
[ -x "$NSMAKE" ] || skip_all "no $NSMAKE"

unshare --user --map-root-user sleep 1000 &
holder=$!
at_exit end $holder
until_runs $holder sleep
owner=$(readlink "/proc/$holder/ns/user")
inside=(nsenter --user --target "$holder" --setuid 0 --setgid 0)

is_ready() { grep -q 'mode [a-z]*:' "$work/watch.err"; }
all_told() { [ "$(grep -c '  gone  ' "$work/watch.out")" -ge "$BURST" ]; }

burst_in() {
	local mode=$1 made watch
	: >"$work/watch.err"
	"$PROCNS" watch --mode="$mode" -v "$owner" >"$work/watch.out" 2>"$work/watch.err" &
	watch=$!
	eventually 60 is_ready || diag "not ready: $(cat "$work/watch.err")"
	made=$("${inside[@]}" "$NSMAKE" burst "$BURST")
	eventually 60 all_told
	kill -TERM $watch
	wait $watch
	is "$mode: it ends well" $? 0
	diag "$made; $(tail -n 1 "$work/watch.err")"
	is "$mode: every birth is told" "$(grep -c '  born  uts:' "$work/watch.out")" "$BURST"
	is "$mode: and every end" "$(grep -c '  gone  uts:' "$work/watch.out")" "$BURST"
	is "$mode: none after its own end, or before its birth" "$(awk '
		$2 == "born" { if (alive[$3]++) bad++ }
		$2 == "gone" { if (!alive[$3]) bad++; alive[$3] = 0 }
		END { print bad + 0 }' "$work/watch.out")" 0
	is "$mode: nothing else" "$(wc -l <"$work/watch.out")" $((2 * BURST))
	is "$mode: nothing is said to be lost" "$(grep -c '^incomplete' "$work/watch.err")" 0
	is "$mode: each has its process" "$(grep '  born  ' "$work/watch.out" | grep -vc 'by unshare of [0-9]* (nsmake)')" 0
}

for mode in trace walk; do
	if "$PROCNS" watch --mode=$mode --timeout=0 >/dev/null 2>"$work/why"; then
		burst_in $mode
	else
		skip "mode $mode" "$(cat "$work/why")"
	fi
done
done_testing
