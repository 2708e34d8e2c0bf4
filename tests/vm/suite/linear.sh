#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Thousands of namespaces: all are listed, each is found by name. (How long it takes is for the benchmarks to say.)

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

COUNT=${COUNT:-2000}
for limit in /proc/sys/user/max_*_namespaces; do echo 100000 >"$limit"; done

many() {
	local type=$1 count=$2 before held shown pid names
	before=$(sorted_listing)
	hold many "$count" "$type" || { fail "$count $type namespaces are made" "$WHY"; return; }
	take pid
	held=$(names_held "$pid" "$type")
	mapfile -t names <<<"$held"
	shown=$(sorted_listing | comm -13 <(echo "$before") -)
	# the maker is in the last of those it makes in its own place: no more than those may be listed
	is "$count $type namespaces and no other are listed" "$(md5sum <<<"$shown")" "$(md5sum <<<"$held")"
	is "each is found by its name" "$(cd $NS && stat -c %N -- "${names[@]}" | wc -l)" "$count"
	is "each opens as itself" "$(cd $NS && stat -L -c %i -- "${names[@]}" | sort -u | wc -l)" "$count"
	is "ls -l shows each as itself" "$(ls -l $NS | sed -n "s/.* \($type:\[[0-9]*\]\) -> \1\$/\1/p" | sort | comm -12 - <(echo "$held") | wc -l)" "$count"
	check "$count $type namespaces are let go" let_go
	back_to "$before" "after $count $type namespaces the list is what it was"
}

many uts "$COUNT"
many ipc $((COUNT / 10))
many user $((COUNT / 10))
done_testing
