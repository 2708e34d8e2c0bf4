#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The scenario of the 2020 discussion. Mount namespace M is kept by a descriptor nested two deep in unix sockets alone; in
# M, / is mounted over, and a bind mount below it alone keeps network namespace N:
#
#	fd of nsmake ── socket ◄─ in flight ─ socket ◄─ in flight ─ socket ◄─ in flight ─ M ◄─ bind mount ─ N

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

in_no_proc() {
	local found
	found=$(find /proc/[0-9]*/task/*/ns /proc/[0-9]*/task/*/fd -lname "${1/'['/'\['}" 2>/dev/null)
	[ -z "$found" ] || { echo "$found"; return 1; }
}

hold scenario-mn || { fail "the scenario is made" "$WHY"; done_testing; exit 1; }
take ns mntns path
# shellcheck disable=SC2154
N=$ns M=$mntns
# shellcheck disable=SC2154
diag "M is $M, N is $N at $path"

check "no process and no descriptor of /proc shows M" in_no_proc "$M"
check "no process and no descriptor of /proc shows N" in_no_proc "$N"
check "M is listed" listed "$M"
check "N is listed" listed "$N"

is "N can be entered" "$(nsenter --net="$NS/$N" readlink /proc/self/ns/net)" "$N"
is "N has a loopback device of its own" "$(nsenter --net="$NS/$N" ip -o link show lo | grep -c 'state DOWN')" 1
# there is no program in M to run: one that is running steps in
within=$("$FSCHECK" within "$NS/$M")
check "M can be entered" grep -qxF "$M" <<<"$within"
is "in M an empty filesystem is mounted over /" "$(tail -n 1 <<<"$within")" "/ is tmpfs of 0 names"

exec {kept}<"$NS/$M"
check "the sockets are let go" let_go
check "M, opened, is kept by the descriptor" listed "$M"
check "and N by the bind mount in M" listed "$N"
exec {kept}<&-
check "M goes with the last descriptor" eventually 60 not_listed "$M"
check "and N with M" eventually 60 not_listed "$N"
done_testing
