# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Namespaces held by nsmake, from bash. NSMAKE is the program.
#
#	hold KIND [TYPE]	builds one: HELD is its line, HELD_PID nsmake's own process;
#				else nsmake's status (77: this kernel cannot), and WHY
#	field NAME [LINE]	of HELD, or of another such line; empty where it has none
#	let_go [PID]		releases the last one held, or that of PID; its status is nsmake's
#	let_all_go		releases all, for traps

: "${NSMAKE:=nsmake}"
held_pids=()

hold() {
	local dir out status
	dir=$(mktemp -d)
	mkfifo "$dir/out"
	"$NSMAKE" -s "$@" </dev/null >"$dir/out" 2>"$dir/err" &
	HELD_PID=$!
	exec {out}<"$dir/out"
	HELD='' WHY=''
	read -r -t "${HOLD_TIMEOUT:-60}" -u "$out" HELD
	exec {out}<&-
	if [ -n "$HELD" ]; then
		rm -r "$dir"
		held_pids+=("$HELD_PID")
		return 0
	fi
	kill "$HELD_PID" 2>/dev/null
	wait "$HELD_PID"
	status=$?
	WHY=$(cat "$dir/err")
	rm -r "$dir"
	return $status
}

field() {
	local line=${2:-$HELD}
	[[ $line =~ \"$1\":(\"([^\"]*)\"|\[([0-9,]*)\]|([0-9]+)) ]] || return 1
	echo "${BASH_REMATCH[2]}${BASH_REMATCH[3]}${BASH_REMATCH[4]}"
}

let_go() {
	local pid=${1:-$HELD_PID} i
	for i in "${!held_pids[@]}"; do
		[ "${held_pids[i]}" != "$pid" ] || unset "held_pids[i]"
	done
	kill "$pid"
	wait "$pid"
}

let_all_go() {
	local pid
	for pid in "${held_pids[@]}"; do let_go "$pid"; done
}
