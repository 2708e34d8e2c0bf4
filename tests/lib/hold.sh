# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Namespaces held by nsmake, from bash, alone or after tap.sh. NSMAKE is the program.
#
#	hold KIND [TYPE]	builds one: HELD is its line, HELD_PID nsmake's own process;
#				else nsmake's status (77: this kernel cannot), and WHY
#	hold_all		the same of every "KIND TYPE" line of its input, side by side: all_what, all_line (empty
#				where it could not be), all_status, all_why; one that takes HOLD_TIMEOUT (120 s) is ended
#	take NAME...		sets variables of these names to the fields of HELD, empty where it has none
#	take_from LINE NAME...	the same of another such line
#	let_go [PID]		releases the last one held, or that of PID; its status is nsmake's
#	let_all_go		releases all; for the script's exit trap (with tap.sh it is there already)

: "${NSMAKE:=nsmake}"
held_pids=()
hold_dir=''
if declare -F at_exit >/dev/null; then at_exit let_all_go; fi

hold_here() {
	[ -z "$hold_dir" ] || return 0
	hold_dir=$(mktemp -d)
	mkfifo "$hold_dir/out"
}

hold() {
	local out status
	hold_here
	"$NSMAKE" -s "$@" </dev/null >"$hold_dir/out" 2>"$hold_dir/err" &
	HELD_PID=$!
	exec {out}<"$hold_dir/out"
	HELD='' WHY=''
	read -r -t "${HOLD_TIMEOUT:-60}" -u "$out" HELD
	exec {out}<&-
	if [ -n "$HELD" ]; then
		held_pids+=("$HELD_PID")
		return 0
	fi
	kill "$HELD_PID" 2>/dev/null
	wait "$HELD_PID"
	status=$?
	WHY=$(<"$hold_dir/err")
	return $status
}

# What it waits for is said, for there is no second look at it.
late() {
	local of
	echo "# $2 takes too long: nsmake $1 and its children wait in"
	for of in "$1" $(cat "/proc/$1/task/$1/children"); do
		sed "s/^/# $of: /" "/proc/$of/stack" "/proc/$of/status"
	done
	kill -KILL "$1"
}

hold_all() {
	local kind type i line pids=() until
	all_what=() all_line=() all_status=() all_why=()
	hold_here
	while read -r kind type; do
		i=${#all_what[@]}
		all_what+=("$kind $type")
		"$NSMAKE" -s "$kind" "$type" </dev/null >"$hold_dir/out.$i" 2>"$hold_dir/err.$i" &
		pids+=($!)
	done
	held_pids+=("${pids[@]}")	# waiting again for one that is over gives its status again
	until=$((SECONDS + ${HOLD_TIMEOUT:-120}))
	for i in "${!pids[@]}"; do
		while [ ! -s "$hold_dir/out.$i" ] && kill -0 "${pids[i]}" 2>/dev/null; do
			if [ $SECONDS -gt $until ]; then
				late "${pids[i]}" "${all_what[i]}"
				break
			fi
			read -r -t 0.02 <>"$hold_dir/out"	# a pause without a fork: nobody writes there
		done
		line=''
		IFS= read -r line <"$hold_dir/out.$i"
		all_line[i]=$line all_why[i]='' all_status[i]=0
		[ -z "$line" ] || continue
		wait "${pids[i]}"
		all_status[i]=$?
		all_why[i]=$(<"$hold_dir/err.$i")
	done
	rm -f "$hold_dir"/out.* "$hold_dir"/err.*
}

take_from() {
	local name line=$1
	shift
	for name; do
		if [[ $line =~ \"$name\":(\"([^\"]*)\"|\[([0-9,]*)\]|([0-9]+)) ]]; then
			printf -v "$name" %s "${BASH_REMATCH[2]}${BASH_REMATCH[3]}${BASH_REMATCH[4]}"
		else
			printf -v "$name" %s ''
		fi
	done
}

take() { take_from "$HELD" "$@"; }

let_go() {
	local pid=${1:-$HELD_PID} i
	for i in "${!held_pids[@]}"; do
		[ "${held_pids[i]}" != "$pid" ] || unset "held_pids[i]"
	done
	kill "$pid"
	wait "$pid"
}

let_all_go() {
	local pid status=0
	[ ${#held_pids[@]} -eq 0 ] || kill "${held_pids[@]}" 2>/dev/null
	for pid in "${held_pids[@]}"; do
		wait "$pid"
		case $? in 0 | 77) ;; *) status=1 ;; esac
	done
	held_pids=()
	[ -z "$hold_dir" ] || rm -r "$hold_dir"
	hold_dir=''
	return $status
}
