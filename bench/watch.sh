#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2119,SC2154 # bench/lib.sh sets the rest
# What procns watch costs those who make namespaces: a loop of `unshare -u true`, with and without a watch, in turn; medians.

# shellcheck source=bench/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

loop='for i in {1..200}; do unshare -u true; done'
work=$(mktemp -d)
at_exit rm -rf "$work"

is_ready() { [ -s "$work/err" ]; }

# Loops in pairs, one without a watch and one with, which of them first changes each time: a machine that drifts does so for both.
once() { TIMEFORMAT=%R; { time bash -c "$loop" >/dev/null; } 2>&1; }

with_watch() {
	: >"$work/err"
	"$PROCNS" watch "$@" >/dev/null 2>"$work/err" &
	local watch=$!
	eventually 20 is_ready || { echo "no watch: $(cat "$work/err")"; exit 1; }
	once
	end $watch
}

# The median of the ratios of pairs, and the medians themselves, in µs a process.
compare() {
	local pairs=${PAIRS:-15} i plain watched
	for ((i = 0; i < pairs; i++)); do
		if ((i % 2)); then plain=$(once) watched=$(with_watch "$@"); else watched=$(with_watch "$@") plain=$(once); fi
		echo "$plain $watched"
	done | awk '
		function median(a, n,   i, j, t) {
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && a[j - 1] > a[j]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
			return a[int((n + 1) / 2)]
		}
		{ plain[NR] = $1; watched[NR] = $2; ratio[NR] = $2 / $1 }
		END { printf "%.0f µs a process without, %.0f with, %+.1f %%\n", median(plain, NR) * 5000, median(watched, NR) * 5000,
			(median(ratio, NR) - 1) * 100 }'
}

"$PROCNS" watch --timeout 0 2>&1 >/dev/null | head -n 1
for mode in trace walk poll; do
	"$PROCNS" watch --mode=$mode --timeout 0 >/dev/null 2>&1 || { echo "$mode: does not work here"; continue; }
	echo "$mode: $(compare --mode=$mode)"
done
