# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2119
# What the benchmarks share. Sourced first by each.
#
#	inturn [-n RUNS] A... [::: B...]	medians, least and most in µs, a line for each command (bench/inturn.c)
#	medians [-n RUNS] A... [::: B...]	sets MEDIANS to the medians
#	state TEXT				what the next medians are of, in docs/benchmarks.md
#	ratio A B				A / B with two digits
#	let_go_and_settle			let_go, and wait until that is over
#	newest_lsns				sets LSNS to the newest lsns of Debian, as a command: an array
#	hold ARGS...				tests/lib/hold.sh
#	row FORMAT ARGS...			a line of a table

bench=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source=tests/vm/room.sh
. "$bench/../tests/vm/room.sh"
set +eu

# shellcheck disable=SC2034 # for hold.sh and the scripts
PROCNS=$tree/build/procns NSMAKE=$tree/build/tests/nsmake
# shellcheck source=tests/lib/tap.sh
. "$tree/tests/lib/tap.sh"
# shellcheck source=tests/lib/hold.sh
. "$tree/tests/lib/hold.sh"

make -s -C "$tree/tests/lib" || exit 1
mkdir -p "$tree/build/bench"
if [ "$bench/inturn.c" -nt "$tree/build/bench/inturn" ]; then
	cc -D_GNU_SOURCE -O2 -Wall -Wextra -o "$tree/build/bench/inturn" "$bench/inturn.c" || exit 1
fi

inturn() { "$tree/build/bench/inturn" "$@"; }

bench_state='this machine as it is'
state() { bench_state=$1; }

# A line for each command into the file BENCH_ROWS names, for bench/table.
record_rows() {
	local lines=$1 words=() commands=()
	shift
	[ "$1" != -n ] || shift 2
	for word in "$@" :::; do
		if [ "$word" = ::: ]; then
			commands+=("${words[*]}") words=()
		else
			words+=("${word##*/}")
		fi
	done
	paste <(printf '%s\n' "${commands[@]}") <(tr ' ' '\t' <<<"$lines") | sed "s|^|$bench_state\t|" >>"$BENCH_ROWS"
}

medians() {
	local lines
	lines=$(inturn "$@") || return 1
	[ -z "${BENCH_ROWS:-}" ] || record_rows "$lines" "$@"
	# shellcheck disable=SC2034 # for the caller
	mapfile -t MEDIANS < <(cut -d' ' -f1 <<<"$lines")
}

# What is held is let go, and the kernel given time to take thousands of processes apart: it does so when they are gone, beside what is measured next.
let_go_and_settle() {
	let_go
	sleep 10
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

row() {
	# shellcheck disable=SC2059 # the format is the first argument
	printf "$@"
}

fetch_newest() {
	# shellcheck disable=SC2317,SC1091 # world_tree calls it
	world_sources() { echo "deb [signed-by=$(keyring)] $(mirror_of Debian "$(. /etc/os-release && echo "$VERSION_CODENAME")") sid main"; }
	world_tree bench-sid "$1" util-linux
}

# Run by its own loader with its own libraries: no shell and nothing else is timed with it.
newest_lsns() {
	local root=$cache/bench/sid
	(set -e; make_once "$root" fetch_newest) || return 1
	# shellcheck disable=SC2034 # for the caller
	LSNS=("$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/usr/bin/lsns")
}
