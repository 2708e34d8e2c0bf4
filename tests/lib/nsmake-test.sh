#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The maker tested itself: every kind of every type holds its namespace alone, where its line says, and lets it go.
# With arguments, only these kinds. That a namespace is alive is asked by its handle (6.18 and later); who has it, of /proc.

here=$(dirname -- "$(readlink -f -- "$0")")
NSMAKE=${NSMAKE:-$here/../../build/tests/nsmake}
# shellcheck source=tests/lib/tap.sh
. "$here/tap.sh"
# shellcheck source=tests/lib/hold.sh
. "$here/hold.sh"

# Every task and descriptor that has the namespace, as "PID LINK" or "PID/TID LINK", "PID fd N".
seen_in_proc() {
	local name=${1/'['/'\['} path
	find /proc/[0-9]*/task/[0-9]*/ns /proc/[0-9]*/task/[0-9]*/fd -lname "$name" 2>/dev/null | sort -u |
		while read -r path; do
			echo "${path#/proc/}"
		done
}

# What a kind's line says /proc must show, and that is all it may show.
wanted_in_proc() {
	local kind=$1 type=$2 pid tid fd
	take pid tid fd
	case $kind in
	process) echo "$pid/task/$pid/ns/$type" && [[ $type != @(pid|time) ]] || echo "$pid/task/$pid/ns/${type}_for_children" ;;
	thread) echo "$pid/task/$tid/ns/$type" ;;
	thread-dead-leader)
		echo "$pid/task/$tid/ns/$type"
		[ "$type" != time ] || echo "$pid/task/$tid/ns/time_for_children" ;;
	zombie) echo "$pid/task/$pid/ns/$type" ;;
	for_children) echo "$pid/task/$pid/ns/${type}_for_children" ;;
	for_children-thread) echo "$pid/task/$tid/ns/${type}_for_children" ;;
	fd | fd-opath) echo "$pid/task/$pid/fd/$fd" ;;
	fd-thread) echo "$pid/task/$tid/fd/$fd" ;;
	esac | sort -u
}

alive() { "$NSMAKE" alive "$1" "$2"; }
gone() { ! alive "$1" "$2"; }

one() {
	local kind=$1 type=$2 ns id
	hold "$kind" "$type"
	case $? in
	0) ;;
	77) skip "$kind $type" "$WHY"; return ;;
	*) fail "$kind $type is made" "$WHY"; return ;;
	esac
	take ns id
	if [ "$kind" = for_children-empty ]; then
		check "$kind $type is released" let_go
		return
	fi
	is "$kind $type is where its line says and nowhere else in /proc" "$(seen_in_proc "$ns")" "$(wanted_in_proc "$kind" "$type")"
	if [ "${id:-0}" = 0 ]; then
		check "$kind $type is released" let_go
		return
	fi
	check "$kind $type is alive while held" alive "$ns" "$id"
	check "$kind $type is released" let_go
	check "$kind $type is gone when released" eventually 10 gone "$ns" "$id"
}

before=$(find /proc/self/mountinfo -exec wc -l {} +)
while read -r kind types _; do
	[ $# -eq 0 ] || [[ " $* " = *" $kind "* ]] || continue
	for type in ${types//,/ }; do one "$kind" "$type"; done
done < <("$NSMAKE" list)
is "no mount is left behind" "$(find /proc/self/mountinfo -exec wc -l {} +)" "$before"

refuse "an unknown kind is refused" "$NSMAKE" no-such-kind
refuse "an unknown type is refused" "$NSMAKE" fd no-such-type
refuse "a type the kind cannot hold is refused" "$NSMAKE" tun uts
done_testing
