# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the system tests share: TAP and holders from tests/lib, procns, and a time bound. Sourced first by each.
#
#	PROCNS, NSMAKE			the programs; from the build tree unless the environment names others
#	TEST_SECONDS			how long the script may run (set it before sourcing; 300)
#	TEST_PATIENCE			times that, where machines are emulated (1)
#	utf8				"yes" where there is a UTF-8 locale
#	work				a directory of its own, gone when the script ends
#	procns ARGS...			the program, in a UTF-8 locale, without colour and with nothing of the caller's terminal
#	as_lsns ARGS...			the same under the name lsns
#	run COMMAND...			runs it: OUT, ERR and STATUS tell how it ended
#	one_line TEXT STATUS WANTED COMMAND...	it ends with STATUS, prints nothing, says one line on stderr that has WANTED
#					(beside those that tell what could not be seen)
#	skip_all WHY			ends the script, everything skipped
#	source_works NAME		whether procns says so
#	sees_all_of_proc		whether /proc hides nothing from us, so that lsns sees what there is
#	in_fresh_world COMMAND...	in namespaces of its own of every type but user and time, with a /proc of its own
#	until_runs PID NAME		waits until the process has become that program
#	drop_inherited_names		there: unmounts the bind mounts of namespaces that came with the mount namespace

system_dir=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
top=$(readlink -f -- "$system_dir/../..")

if [ -z "${TEST_BOUNDED:-}" ]; then
	export TEST_BOUNDED=yes
	exec timeout -k 5 $((${TEST_SECONDS:-300} * ${TEST_PATIENCE:-1})) "$(readlink -f -- "$0")" "$@"
fi

# shellcheck source=tests/lib/tap.sh
. "$top/tests/lib/tap.sh"
: "${PROCNS:=$top/build/procns}" "${NSMAKE:=$top/build/tests/nsmake}"
# shellcheck source=tests/lib/hold.sh
. "$top/tests/lib/hold.sh"

# Small systems have no locale but C: then trees are drawn in ASCII, and nothing beyond it is printable.
utf8=yes
[ -z "$(LC_ALL=C.UTF-8 bash -c : 2>&1)" ] || utf8=
export LC_ALL=C${utf8:+.UTF-8}
unset COLUMNS NO_COLOR

work=$(mktemp -d)
at_exit rm -rf "$work"

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

[ -x "$PROCNS" ] || skip_all "no program at $PROCNS: make, or set PROCNS"
ln -s "$(readlink -f -- "$PROCNS")" "$work/lsns"

procns() { "$PROCNS" "$@"; }
as_lsns() { "$work/lsns" "$@"; }

# shellcheck disable=SC2034 # OUT, ERR and STATUS are for the caller
run() {
	STATUS=0
	"$@" >"$work/stdout" 2>"$work/stderr" || STATUS=$?
	OUT=$(cat "$work/stdout")
	ERR=$(cat "$work/stderr")
}

one_line() {
	local text=$1 status=$2 wanted=$3
	shift 3
	run "$@"
	if [ "$STATUS" = "$status" ] && [ -z "$OUT" ] && [ "$(grep -vc '^incomplete: ' "$work/stderr")" = 1 ] && [[ $ERR = *"$wanted"* ]]; then
		pass "$text"
	else
		fail "$text" "status $STATUS, wanted $status and one line with: $wanted"$'\n'"$ERR"$'\n'"$OUT"
	fi
}

source_works() {
	[ "$(procns source -nr 2>/dev/null | awk -v name="$1" '$1 == name { print $2 }')" = yes ]
}

sees_all_of_proc() {
	! LC_ALL=C readlink -v /proc/[0-9]*/ns/uts 2>&1 | grep -q 'Permission denied'
}

# In two steps: the unshare that waits outside is in the namespaces made with the pid namespace, and has no pid in that.
in_fresh_world() {
	unshare --fork --pid --mount-proc --kill-child -- \
		unshare --mount --propagation private --uts --ipc --net --cgroup -- "$@"
}

# shellcheck disable=SC2317
is_named() { [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]; }
until_runs() { eventually 20 is_named "$1" "$2" || diag "process $1 did not become $2"; }

drop_inherited_names() {
	local where
	awk '$3 == "nsfs" { print $2 }' /proc/self/mounts | while read -r where; do
		umount -l "$(printf '%b' "$where")" 2>/dev/null
	done
}
