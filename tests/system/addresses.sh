#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Records are joined by kernel address inside the library; none of them gets out. Whatever holder there is, no command, in no
# format, prints a number that could be one, in hexadecimal or as a decimal of 64 bits.

TEST_SECONDS=120
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to see what holds namespaces"

# Kernel addresses of x86-64, arm64 and most others begin with 16 bits of one; -1 and other marks are not printed either.
addresses_in() {
	LC_ALL=C grep -oiE '\bf{4}[0-9a-f]{12}\b|0x[0-9a-f]{12,16}\b' "$1"
	LC_ALL=C grep -oE '\b1[0-9]{19}\b' "$1" | awk '$0 >= "18446462598732840960"'
}

no_address() {
	local what=$1
	shift
	"$@" >"$work/said" 2>&1
	check "$what: says something" [ -s "$work/said" ]
	is "$what: no address" "$(addresses_in "$work/said")" ""
}

printf 'at ffff888003c1a000\n' >"$work/sample"
is "an address is recognised" "$(addresses_in "$work/sample")" ffff888003c1a000
printf '{"at":18446612682124566528}\n' >"$work/sample"
is "and as a decimal number" "$(addresses_in "$work/sample")" 18446612682124566528
printf '{"id":4026531840, "mac":"ff:ff:88:80:03:c1"}\n' >"$work/sample"
is "a number that is none is not taken for one" "$(addresses_in "$work/sample")" ""

hold_all <<-'END'
	inflight-stream net
	socket-udp net
	closed-peer net
	proc-net net
	thread uts
	detached uts
	bind uts
	owner user
END
for i in "${!all_what[@]}"; do
	is "held: ${all_what[i]}" "${all_status[i]} ${all_why[i]}" "0 "
done

no_address "ls" "$PROCNS" ls --output-all
no_address "ls -J" "$PROCNS" ls -J --output-all
no_address "tree" "$PROCNS" tree
no_address "why --all" "$PROCNS" why --all
no_address "why --all -J" "$PROCNS" why --all -J
no_address "why --all --dot" "$PROCNS" why --all --dot
no_address "net" "$PROCNS" net
no_address "net -J" "$PROCNS" net -J
no_address "source" "$PROCNS" source
no_address "a namespace that isn't there" "$PROCNS" why 'net:[1]'
done_testing
