#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One line for every living namespace, whatever keeps it alive, and none once it is gone.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

declare -A line_of

# What `ls -l` prints on a terminal, which is where the quotes come from.
list_lines() {
	local line
	line_of=()
	while IFS= read -r line; do
		[[ $line == *" -> "* ]] && line_of[${line##* -> }]=$line
	done < <(ls -l --quoting-style=shell-escape-always $NS)
}

line_is_exact() {
	local name=$1 line=${line_of["'$1'"]:-none}
	[[ $line =~ ^lrwxrwxrwx\ 1\ root\ root\ 0\ [A-Z][a-z]+\ +[0-9]+\ +[0-9:]+\ \'"$name"\'\ -\>\ \'"$name"\'$ ]] && return
	echo "$line"
	return 1
}

initial_namespaces() {
	local type
	list_lines
	for type in "${TYPES[@]}"; do
		check "the initial $type namespace has the line it should" line_is_exact "$(own "$type")"
	done
	is "ls -l counts no blocks" "$(ls -l $NS | head -n 1)" "total 0"
	is "ls -l has a line for each name" "${#line_of[@]}" "$(ls $NS | wc -l)"
	is "no name is there twice" "$(ls -f $NS | sort | uniq -d)" ""
	# shellcheck disable=SC2010 # ls is what is tested
	is "every name is of a known form" "$(ls $NS | grep -vxE '(cgroup|ipc|mnt|net|pid|time|user|uts):\[[1-9][0-9]{0,9}\]')" ""
}

has_gone() { not_listed "$1" && [ ! -L "$NS/$1" ]; }

# All at once: what keeps one must not be what keeps another.
all_kinds() {
	local i ns
	hold_all < <(all_states)
	listing
	list_lines
	for i in "${!all_what[@]}"; do
		take_from "${all_line[i]}" ns
		if [ -n "$ns" ]; then
			check "kept by ${all_what[i]}: listed" in_entries "$ns"
			check "kept by ${all_what[i]}: its line" line_is_exact "$ns"
			check "kept by ${all_what[i]}: found by name" test -L "$NS/$ns"
		elif [[ ${all_line[i]} == *'"listed":0'* ]]; then
			pass "${all_what[i]}: has no name to be listed by"
		elif [ "${all_status[i]}" = 77 ]; then
			skip "kept by ${all_what[i]}" "${all_why[i]}"
		else
			fail "kept by ${all_what[i]}: made" "status ${all_status[i]}: ${all_why[i]}"
		fi
	done
	check "all are let go" let_all_go
	for i in "${!all_what[@]}"; do
		take_from "${all_line[i]}" ns
		[ -z "$ns" ] || check "kept by ${all_what[i]}: gone" eventually 60 has_gone "$ns"
	done
}

# One by one: each goes by itself, with nothing else to set it free.
one_by_one() {
	local kind type ns
	for kind in process thread fd bind detached inflight-stream inflight-cycle socket-udp tun closed-peer; do
		hold "$kind" || { skip "$kind alone" "$WHY"; continue; }
		take ns
		check "$kind alone: listed" listed "$ns"
		check "$kind alone: let go" let_go
		check "$kind alone: gone" eventually 60 has_gone "$ns"
	done
}

# The list does not grow by a pid namespace that has no first process yet.
without_first_process() {
	local with
	hold for_children-empty pid || { fail "a pid namespace without a first process is made" "$WHY"; return; }
	with=$(sorted_listing)
	is "a pid namespace without a first process is not listed" "$with" "$before"
	let_go
}

initial_namespaces
before=$(sorted_listing)
without_first_process
one_by_one
all_kinds
back_to "$before" "after all kinds the list is what it was"
done_testing
