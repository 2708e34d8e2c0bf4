#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What `procns ls` has beside lsns: columns of its own, names of namespaces, colours, and saying what it could not see.

TEST_SECONDS=200
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
[ "${1:-}" = inside ] || { in_fresh_world "$0" inside; exit; }

cell() { procns ls -lrn -o "NS,$2" "${@:3}" 2>/dev/null | awk -v ns="$1" '$1 == ns { print $2 }'; }
number_of() { readlink "$1" | grep -o '[0-9]*'; }
in_terminal() { script -qec "stty cols 200; $*" /dev/null </dev/null; }

make_state() {
	drop_inherited_names
	mount -t tmpfs none /run
	ip netns add blue
	touch /run/elsewhere
	mount --bind /run/netns/blue /run/elsewhere
	blue=$(stat -c %i /run/netns/blue)
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare --user --map-root-user sleep 1000 &
	nobody=$!
	at_exit eval "kill $nobody 2>/dev/null"
	until_runs $nobody sleep
	user=$(number_of "/proc/$nobody/ns/user")
	own_uts=$(number_of /proc/self/ns/uts)
}

columns_of_its_own() {
	local source=$1
	is "$source: NAMESPACE" "$(cell "$blue" NAMESPACE --source="$source")" "net:[$blue]"
	is "$source: NAME is short under /run/netns" "$(cell "$blue" NAME --source="$source")" blue
	is "$source: NSFS has every path" "$(cell "$blue" NSFS --source="$source")" /run/netns/blue,/run/elsewhere
	is "$source: THREADS counts tasks" "$(cell "$user" THREADS --source="$source")" 1
	is "$source: no members, no threads" "$(cell "$blue" THREADS --source="$source")" 0
	is "$source: USER of a user namespace" "$(cell "$user" USER --source="$source")" nobody
	[[ $(cell "$own_uts" HOLDERS --source="$source") = *member* ]] &&
		pass "$source: HOLDERS has members" || fail "$source: HOLDERS has members" "$(cell "$own_uts" HOLDERS --source="$source")"
	[[ $(cell "$blue" HOLDERS --source="$source") = *'2\x20mounts'* ]] &&
		pass "$source: HOLDERS has mounts" || fail "$source: HOLDERS has mounts" "$(cell "$blue" HOLDERS --source="$source")"
}

columns_of_bpf() {
	is 'MAPS of a user namespace' "$(cell "$user" MAPS)" 'uid\x200:65534:1\x20gid\x200:65534:1'
	check 'REFS is a number' eval '[ "$(cell $blue REFS)" -ge 1 ]'
	if [ "$(cell "$blue" ID)" ]; then
		is 'an id names it too' "$(procns ls -lrn -o NS "id:$(cell "$user" ID)" 2>&1 | head -n 1)" "$user"
	else
		skip 'an id names it too' "this kernel ($(uname -r)) gives no ids"
	fi
}

# All name the same namespace: its processes are listed.
names_of_namespaces() {
	local name
	for name in "user:[$user]" "$user" "pid:$nobody/user" "/proc/$nobody/ns/user"; do
		is "named $name" "$(procns ls -lrn -o PID,NS "$name" 2>/dev/null)" "$nobody $user"
		is "named $name, without 'ls'" "$(procns "$name" -lrn -o PID,NS 2>/dev/null)" "$nobody $user"
	done
	is 'named by a path where it is mounted: no process' "$(procns ls -lrn /run/netns/blue 2>/dev/null)" ''
}

forms() {
	local list
	list=$(procns ls -lrn -o NS,TYPE --source=proc 2>/dev/null)
	is 'plain procns is ls' "$(procns -lrn -o NS,TYPE --source=proc 2>/dev/null)" "$list"
	is 'columns in any case' "$(procns ls -lrn -o ns,Type --source=proc 2>/dev/null)" "$list"
	is 'the columns are listed' "$(procns ls -rH | awk '{ print $1 }' | tail -n 1)" MAPS
	is 'of lsns only its own' "$(as_lsns -rH | awk '{ print $1 }' | tail -n 1)" ONS
	is 'of all columns lsns has its own' "$(as_lsns -lr --output-all 2>/dev/null | head -n 1 | wc -w)" 13
	is 'of all columns procns has more' "$(procns ls -lr --output-all 2>/dev/null | head -n 1 | wc -w)" "$(procns ls -rH | wc -l)"
	is 'a type twice is a type once' "$(procns ls -t net -t net -lrn -o NS --source=proc 2>/dev/null)" \
		"$(procns ls -t net -lrn -o NS --source=proc 2>/dev/null)"
	check 'help names every option' eval 'procns ls --help | grep -q -- "--strict"'
	check 'the version is said' eval 'procns --version | grep -q "procns [0-9]"'
}

persistent() {
	is '-P lists what no task is in' "$(procns ls -P -t net -lrn -o NS --source=proc 2>/dev/null)" "$blue"
	is '-p lists what a task is in' "$(procns ls -p $nobody -t user -lrn -o NS --source=proc 2>/dev/null)" "$user"
}

colors() {
	command -v script >/dev/null || { skip 'colours' 'no script(1) to make a terminal'; return; }
	local escape=$'\e\\['
	count() { grep -c "$escape"; }
	check 'colours on a terminal' eval '[ "$(TERM=xterm in_terminal "$PROCNS" ls | count)" -gt 0 ]'
	is 'none with NO_COLOR' "$(TERM=xterm NO_COLOR=1 in_terminal "$PROCNS" ls | count)" 0
	is 'none with --color=never' "$(TERM=xterm in_terminal "$PROCNS" ls --color=never | count)" 0
	is 'none on a dumb terminal' "$(TERM=dumb in_terminal "$PROCNS" ls | count)" 0
	is 'none in JSON' "$(TERM=xterm in_terminal "$PROCNS" ls -J --color | count)" 0
	is 'none in a raw list' "$(TERM=xterm in_terminal "$PROCNS" ls -r --color | count)" 0
	is 'none under the name lsns' "$(TERM=xterm in_terminal "$work/lsns" | count)" 0
	is 'none to a file' "$(procns ls 2>/dev/null | count)" 0
	check 'to a file with --color' eval '[ "$(procns ls --color=always 2>/dev/null | count)" -gt 0 ]'
	is 'a namespace without a member is dim' \
		"$(procns ls -l --color=always -o NS,TYPE,NPROCS 2>/dev/null | grep "$blue" | grep -c $'^\e\\[2m')" 1
	# no pipe here: it would be one more process to count
	procns ls -l --color=always --source=proc >"$work/coloured" 2>/dev/null
	procns ls -l --source=proc >"$work/plain" 2>/dev/null
	is 'colours change nothing but colour' "$(sed $'s/\e\\[[0-9;]*m//g' "$work/coloured")" "$(cat "$work/plain")"
}

# /proc never shows everything, and says so.
incomplete() {
	run procns ls --source=proc
	is 'a partial list is a success' "$STATUS" 0
	check 'and is said to be partial' grep -q '^incomplete: ' "$work/stderr"
	local gaps
	gaps=$(sed 's/^incomplete: //' "$work/stderr")
	run procns ls --source=proc --strict
	is 'with --strict it is status 3' "$STATUS" 3
	check 'and is printed all the same' grep -q "$user" "$work/stdout"
	run procns tree --source=proc --strict
	is 'tree: with --strict it is status 3' "$STATUS" 3
	if command -v jq >/dev/null; then
		is 'in JSON the same lines are a member' "$(procns ls -J --source=proc 2>/dev/null | jq -r '.incomplete[]')" "$gaps"
		is 'beside the list, which is as ever' "$(procns ls -J --source=proc 2>/dev/null | jq -r 'keys | join(",")')" \
			incomplete,namespaces
		is 'tree: in JSON too' "$(procns tree -J --source=proc 2>/dev/null | jq -r 'keys | join(",")')" incomplete,namespaces
	else
		skip 'in JSON the same lines are a member' 'no jq'
	fi
	source_works bpf || { skip 'a whole list' 'bpf does not work here'; return; }
	run procns ls --strict
	is 'a whole list is a success with --strict' "$STATUS" 0
	is 'and nothing is said' "$ERR" ''
	! command -v jq >/dev/null || is 'nor in JSON' "$(procns ls -J 2>/dev/null | jq -r 'keys | join(",")')" namespaces
}

filters() {
	run procns ls -Q 'NS == 1'
	if [ "$STATUS" != 0 ]; then
		is 'built with an old libsmartcols, a filter is refused with the reason' \
			"$STATUS $(grep -c 'needs libsmartcols 2.40' <<<"$ERR")" '1 1'
		return
	fi
	is 'a filter by number' "$(procns ls -lrn -o TYPE -Q "NS == $user")" user
	is 'by a column not shown' "$(procns ls -lrn -o NS -Q 'NAME == "blue"')" "$blue"
	is 'by several' "$(procns ls -lrn -o NS -Q "NPROCS == 0 and TYPE == 'net' and NAME == 'blue'")" "$blue"
	is 'of processes' "$(procns ls -lrn -o PID -Q "PID == $nobody" "$user")" "$nobody"
	one_line 'a filter that is none' 1 'cannot parse' procns ls -Q 'NS =='
	one_line 'a filter by an unknown column' 1 'FOO' procns ls -Q 'FOO == 1'
}

make_state
columns_of_its_own proc
if source_works bpf; then
	columns_of_its_own auto
	columns_of_bpf
else
	skip 'columns only bpf knows' 'bpf does not work here'
fi
names_of_namespaces
forms
persistent
colors
incomplete
filters
done_testing
