# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154,SC2317 # for whoever sources it; tests/system/lib.sh sets the rest
# What the tests of procns watch share: something to watch, and reading what it says. Sourced after tests/system/lib.sh.
#
#	owner, holder, inside		a user namespace of our own, the process that holds it, the words before a command to run it there
#	begin ARGS...			begins to watch; it is ready when this returns
#	finish				ends it: STATUS is its status
#	has_events KIND N		in JSON: whether it told of so many
#	value KIND KEY			in JSON: what the events of this kind have there
#	modes				those that work here, best first; the others are skipped, and why

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
[ -x "$NSMAKE" ] || skip_all "no $NSMAKE"

# A user namespace of our own, held by a process; commands behind "${inside[@]}" run there.
unshare --user --map-root-user sleep 1000 &
holder=$!
at_exit end $holder
eventually 20 eval "[ \"\$(readlink /proc/$holder/ns/user)\" != \"$(readlink /proc/self/ns/user)\" ]"
until_runs $holder sleep
owner=$(readlink "/proc/$holder/ns/user")
inside=(nsenter --user --target "$holder" --setuid 0 --setgid 0)

# Begins to watch what is owned there; it is ready when this returns.
is_ready() { grep -q 'mode [a-z]*:' "$work/watch.err"; }
begin() {
	: >"$work/watch.err"	# what the last one said is not this one's
	"$PROCNS" watch "$@" >"$work/watch.out" 2>"$work/watch.err" &
	watch=$!
	eventually 60 is_ready || diag "not ready: $(cat "$work/watch.err")"
}
# Ends it as ^C does not (a shell's background jobs ignore that): STATUS is its status.
finish() {
	kill -TERM $watch
	wait $watch
	STATUS=$?
}
events() { grep -c "\"$1\"" "$work/watch.out"; }
has_events() { [ "$(events "$1")" -ge "$2" ]; }
# What the events of this kind have there, one a line. Each event is one line, and no value has a quotation mark or a comma here.
value() { sed -n "/\"event\": \"$1\"/s/.*\"$2\": \"\{0,1\}\([^\",}]*\).*/\1/p" "$work/watch.out"; }

modes=()
for mode in trace walk poll; do
	if "$PROCNS" watch --mode=$mode --timeout=0 >/dev/null 2>"$work/why"; then modes+=("$mode"); else skip "mode $mode" "$(cat "$work/why")"; fi
done
check 'some mode works' test ${#modes[@]} -gt 0
