#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2119,SC2154 # bench/lib.sh sets the rest
# What procns watch costs those who make namespaces: a loop of `unshare -u true`, with and without a watch, in turn; medians.

# shellcheck source=bench/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

LOOPS=${LOOPS:-100}
loop="for ((i = 0; i < $LOOPS; i++)); do unshare -u true; done"
work=$(mktemp -d)
at_exit rm -rf "$work"

is_ready() { [ -s "$work/err" ]; }

# Elapsed seconds, and those of processors.
once() { TIMEFORMAT='%R %U %S'; { time bash -c "$loop" >/dev/null; } 2>&1 | awk '{ print $1, $2 + $3 }'; }

with_watch() {
	: >"$work/err"
	"$PROCNS" watch "$@" >/dev/null 2>"$work/err" &
	local watch=$!
	eventually 20 is_ready || { echo "no watch: $(cat "$work/err")"; exit 1; }
	once
	end $watch
}

# Loops in pairs, one without a watch and one with, which of them first changes each time: a machine that drifts does so for both.
# The median of the ratios of pairs, and the medians themselves, a process.
compare() {
	local pairs=${PAIRS:-21} i plain watched
	for ((i = 0; i < pairs; i++)); do
		if ((i % 2)); then plain=$(once) watched=$(with_watch "$@"); else watched=$(with_watch "$@") plain=$(once); fi
		echo "$plain $watched"
	done | awk -v each=$((1000000 / LOOPS)) '
		function median(a, n,   i, j, t) {
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && a[j - 1] > a[j]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
			return a[int((n + 1) / 2)]
		}
		function line(what, plain, watched, ratio) {
			return sprintf("%s %.0f µs without, %.0f with: %+.1f %%", what, median(plain, NR) * each, median(watched, NR) * each,
				(median(ratio, NR) - 1) * 100)
		}
		{
			plain[NR] = $1; watched[NR] = $3; ratio[NR] = $3 / $1
			cpu_plain[NR] = $2; cpu_watched[NR] = $4; cpu_ratio[NR] = $4 / $2
		}
		END { print line("elapsed", plain, watched, ratio) "; " line("processors", cpu_plain, cpu_watched, cpu_ratio) }'
}

"$PROCNS" watch --timeout 0 2>&1 >/dev/null | head -n 1
for mode in trace walk poll; do
	"$PROCNS" watch --mode=$mode --timeout 0 >/dev/null 2>&1 || { echo "$mode: does not work here"; continue; }
	echo "$mode: $(compare --mode=$mode)"
done
