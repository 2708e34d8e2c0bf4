#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# On a machine where lsns(8) can see everything, `procns ls` by its default source prints what lsns prints, line for line.
# Elsewhere it is skipped: where a process refuses root a look, or a namespace is one lsns does not find.

TEST_SECONDS=300
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
: "${LSNS:=lsns}"

[ "$(id -u)" = 0 ] || skip_all "needs root"
command -v "$LSNS" >/dev/null || skip_all "no $LSNS to compare with"
sees_all_of_proc || skip_all "a process here refuses root a look, and lsns leaves it out"
source_works bpf || skip_all "the default source here is not bpf: $(procns source -nr | grep '^bpf')"
missing=$(comm -13 <("$LSNS" -lrn -o NS | sort -u) <(procns ls -lrn -o NS | sort -u) | paste -sd ' ')
[ -z "$missing" ] || skip_all "lsns does not find: $missing"

# The rest of the machine is alive: the two are compared until they meet.
meet() {
	"$LSNS" "$@" >"$work/lsns.out" 2>/dev/null
	"$work/lsns" "$@" >"$work/procns.out" 2>/dev/null
	cmp -s "$work/lsns.out" "$work/procns.out"
}

same() {
	if eventually 10 meet "$@"; then
		pass "lsns $* prints the same"
	else
		fail "lsns $* prints the same" "$(diff "$work/lsns.out" "$work/procns.out")"
	fi
}

# Something to look at.
for type in uts ipc net cgroup mount pid user time; do
	unshare --$type --fork sleep 1000 &
	at_exit eval "pkill -P $! 2>/dev/null; kill $! 2>/dev/null"
	until_runs $! unshare
done
sleep 1

for arguments in '' -l -J -r -n -T '-T parent' '-T process' '-J -T' --output-all '-J --output-all' '-l -r --output-all' '-t user' \
	'-t net' '-p 1' "-l -p $$"; do
	# shellcheck disable=SC2086
	same $arguments
done
# 2.38 draws owners of other types too, against what -t says
if "$LSNS" --help | grep -q -- --persistent; then
	same -t pid -T
else
	skip 'lsns -t pid -T prints the same' "$("$LSNS" --version) draws owners of types not asked for"
fi
done_testing
