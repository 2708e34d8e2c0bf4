#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# procns watch, by the mode that is taken here: text, what chooses events, --exec, when it ends, and with what.

# shellcheck disable=SC2016 # commands in quotes are run later
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/lib/watch.sh
. "$top/tests/lib/watch.sh"

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
sleeper=$!
until_runs $sleeper sleep
begin "$(readlink /proc/$sleeper/ns/uts)"
end $sleeper
wait $watch
is 'when all that were named are gone it ends' "$? $(awk '{ print $2 }' "$work/watch.out")" '0 gone'


# and one that goes while it begins, too: at all moments of that
late=0 said=0
for ms in 0 5 10 15 20 25 30 35 40 50 60 70 80 100 120 140 170 200 260 340 450 700 1100 1700 2600; do
	# a busy machine may take longer to begin with
	if [ $ms -gt 450 ] && [ $said -gt 0 ]; then break; fi
	: >"$work/race.out"
	"${inside[@]}" unshare --uts sh -c 'readlink /proc/self/ns/uts; exec sleep "$0"' "$(printf '0.%03d' "$ms")" >"$work/race.ns" &
	sleeper=$!
	eventually 20 test -s "$work/race.ns"
	timeout 30 "$PROCNS" watch "$(cat "$work/race.ns")" >"$work/race.out" 2>"$work/race.err"
	case $? in
	0) said=$((said + 1)); [ "$(awk '{ print $2, $3 }' "$work/race.out")" = "gone $(cat "$work/race.ns")" ] || late=$((late + 1)) ;;
	1) grep -q 'no namespace' "$work/race.err" || late=$((late + 1)) ;;
	*) late=$((late + 1)) ;;
	esac
	wait $sleeper
done
is 'one that goes while the watch begins is told to have gone, or is not found' "$late" 0
check 'some of them were found' test $said -gt 0

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
