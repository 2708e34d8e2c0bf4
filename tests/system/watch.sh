#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# procns watch, in each mode that works here: what is told of namespaces that are born and go, when it ends, and with what.
# All that is watched is owned by a user namespace of the test's own, so that what else goes on here does not matter.

# shellcheck disable=SC2016 # commands in quotes are run later
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
[ -x "$NSMAKE" ] || skip_all "no $NSMAKE"

# A user namespace of our own, held by a process; inside COMMAND... runs there.
unshare --user --map-root-user sleep 1000 &
holder=$!
at_exit end $holder
eventually 20 eval "[ \"\$(readlink /proc/$holder/ns/user)\" != \"$(readlink /proc/self/ns/user)\" ]"
until_runs $holder sleep
owner=$(readlink "/proc/$holder/ns/user")
# shellcheck disable=SC2206 # words
inside=(nsenter --user --target $holder --setuid 0 --setgid 0)

# Begins to watch what is owned there; it is ready when this returns.
is_ready() { grep -q 'mode [a-z]*:' "$work/watch.err"; }
begin() {
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

a_life_in() {
	local mode=$1 uts
	begin -J --mode="$mode" --interval=0.1 "$owner"
	"${inside[@]}" unshare --uts sleep 1001 &
	local sleeper=$!
	check "$mode: a birth is told" eventually 30 has_events born 1
	eventually 30 eval 'pgrep -xf "sleep 1001"'
	uts=$(readlink "/proc/$(pgrep -xf 'sleep 1001')/ns/uts")
	kill "$(pgrep -xf 'sleep 1001')"
	wait $sleeper 2>/dev/null
	check "$mode: its end is told" eventually 30 has_events gone 1
	finish
	is "$mode: SIGTERM ends it well" "$STATUS" 0
	is "$mode: both are of one namespace" "$(value born namespace) $(value gone namespace)" "$uts $uts"
	is "$mode: it has an owner" "$(value born owner)" "$owner"
	is "$mode: nothing else is told" "$(value '[a-z]*' event | grep -vx incomplete | paste -sd ' ')" 'start born gone end'
	is "$mode: the first line says how" "$(value start version) $(value start mode)" "1 $mode"
	if [ "$mode" != poll ]; then
		is "$mode: who and how" "$(value born comm) $(value born call) $(value born noticed)" 'unshare unshare false'
		check "$mode: how old it was" test "$(value gone age_ns)" -gt 0
		is "$mode: nothing was missed" "$(events incomplete)" 0
	else
		check "$mode: that some may be missed is said" grep -q '^incomplete: polling' "$work/watch.err"
		is "$mode: in JSON, too" "$(value incomplete reason | grep -c polling)" 1
	fi
}

# Every type, by unshare; one by clone3.
every_type_in() {
	local mode=$1 wanted='cgroup ipc mnt net pid time uts'
	begin -J --mode="$mode" "$owner"
	"${inside[@]}" "$NSMAKE" burst 1 net >/dev/null
	"${inside[@]}" unshare --mount --uts --ipc --pid --cgroup --time --fork true
	check "$mode: every type is told of" eventually 30 has_events gone 7
	finish
	is "$mode: each once" "$(value born type | sort | paste -sd ' ')" "$wanted"
	is "$mode: each goes" "$(value gone type | sort | paste -sd ' ')" "$wanted"
	begin -J --mode="$mode" -t uts "$owner"
	"${inside[@]}" "$NSMAKE" -s process uts >/dev/null &
	local maker=$!
	check "$mode: one made by clone3" eventually 30 has_events born 1
	"${inside[@]}" "$NSMAKE" burst 1 ipc >/dev/null
	end $maker
	check "$mode: and gone" eventually 30 has_events gone 1
	finish
	is "$mode: --type leaves out all others" "$(value born type) $(value born call)" 'uts clone3'
}

for mode in "${modes[@]}"; do a_life_in "$mode"; done
for mode in "${modes[@]}"; do [ "$mode" = poll ] || every_type_in "$mode"; done
if command -v jq >/dev/null; then
	procns watch -J --initial --timeout=0 >"$work/watch.out" 2>/dev/null
	is 'every line is an object' "$(jq -r type "$work/watch.out" | sort | uniq -c | awk '{ print $1, $2 }')" "$(wc -l <"$work/watch.out") object"
else
	skip 'every line is an object' 'no jq'
fi

# The rest by the mode that is taken here.
begin "$owner"
"${inside[@]}" "$NSMAKE" burst 1 >/dev/null
if [ "${modes[0]}" != poll ]; then
	check 'text: a line for a birth' eventually 30 grep -Eq "^[0-9T:.-]+Z  born  uts:\[[0-9]+\].*  owner user:\[[0-9]+\]  by unshare of [0-9]+ \(nsmake\)" "$work/watch.out"
	check 'text: a line for an end' eventually 30 grep -Eq '^[0-9T:.-]+Z  gone  uts:\[[0-9]+\].* lived ' "$work/watch.out"
else
	skip 'text' 'only polling works here'
fi
finish
is 'without -v the end is silent' "$(grep -c 'born,' "$work/watch.err")" 0

is '--initial: those alive come first, of one type' "$(procns watch --initial --timeout=0 -t user 2>/dev/null | awk '{ print $2, $3 }' | sort)" \
	"$(procns ls -lrn -t user -o NAMESPACE 2>/dev/null | sed 's/^/alive /' | sort)"
run procns watch --initial --count=1 "$owner"
is '--count ends it' "$STATUS $(wc -l <<<"$OUT") $(awk '{ print $3 }' <<<"$OUT")" "0 1 $owner"
run procns watch --timeout=0.1 -v "$owner"
check '-v says in the end how much there was' grep -q ' born, .* gone, .* lost' "$work/stderr"

# an operand that is gone is the end of it
"${inside[@]}" unshare --uts sleep 1002 &
eventually 30 eval 'pgrep -xf "sleep 1002"'
sleeper=$(pgrep -xf 'sleep 1002')
begin "$(readlink "/proc/$sleeper/ns/uts")"
kill "$sleeper"
wait $watch
is 'when all that were named are gone it ends' "$? $(awk '{ print $2 }' "$work/watch.out")" '0 gone'

# --exec, in order, with what happened in its environment
echo 0 >"$work/n"
if [ "${modes[0]}" != poll ]; then
	begin --exec "read -r n <$work/n; echo \$((n + 1)) >$work/n; echo \"\$n \$PROCNS_EVENT \$PROCNS_TYPE \$PROCNS_NAMESPACE \$PROCNS_COMM\" >>$work/exec" "$owner"
	"${inside[@]}" "$NSMAKE" burst 10 >/dev/null
	check '--exec: for each event' eventually 60 eval "[ \"\$(wc -l <$work/exec)\" = 20 ]"
	finish
	is '--exec: in order' "$(cut -d ' ' -f 1 "$work/exec" | paste -sd ' ')" "$(seq 0 19 | paste -sd ' ')"
	is '--exec: what happened' "$(awk '$2 == "born" { print $2, $3, $5 }' "$work/exec" | sort | uniq -c | awk '{ $1 = $1 } 1')" '10 born uts nsmake'
else
	skip '--exec' 'only polling works here'
fi

# whoever reads it goes away
"$PROCNS" watch 2>/dev/null | true
is 'nobody reads: it ends as by SIGPIPE, though nothing happens' "${PIPESTATUS[0]}" 141
one_line 'nobody reads, and SIGPIPE is ignored' 1 'cannot write the output' \
	env PROCNS="$PROCNS" bash -c 'trap "" PIPE; { sleep 0.2; "$PROCNS" watch 2>&1 >&3 | grep -v "mode [a-z]*:" >&2; exit ${PIPESTATUS[0]}; } 3>&1 | true; exit ${PIPESTATUS[0]}'
one_line 'standard output is closed' 1 'cannot write the output' eval '"$PROCNS" watch --timeout=0 >&-'

one_line 'an unknown mode' 1 'it is one of auto, trace, walk, poll' procns watch --mode=sometimes
one_line 'an interval of 0' 1 'not a number of seconds' procns watch --interval=0
one_line 'an interval that is none' 1 'not a number of seconds' procns watch --interval=1x
one_line 'a count of 0' 1 'not a number' procns watch --count=0
one_line 'a negative count' 1 'not a number' procns watch --count=-1
one_line 'a timeout that is none' 1 'not a number of seconds' procns watch --timeout=nan
one_line 'an unknown type' 1 'unknown namespace type' procns watch -t no
one_line 'an unknown namespace' 1 'net:[1]' procns watch 'net:[1]'
one_line 'a process that is none' 1 'not a number' procns watch -p x
one_line 'a source without polling' 1 'mode=poll' procns watch --source=proc

# someone who may nothing
run setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$PROCNS" watch --timeout=0.1
is 'without rights it polls' "$STATUS $(sed -n 's/.*: mode \([a-z]*\):.*/\1/p' "$work/stderr")" '0 poll'
check 'and says that it sees not all' grep -q '^incomplete: ' "$work/stderr"
run setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$PROCNS" watch --timeout=0.1 --strict
is 'which --strict makes a status' "$STATUS" 3
done_testing
