#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# procns top in a terminal (tmux): what is on the screen, what the keys do, and how the terminal is left, whatever ends it.

# shellcheck disable=SC2016 # commands in quotes are run later
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

one_line 'standard output that is no terminal is refused' 1 'standard output is no terminal' procns top
one_line 'a delay of 0' 1 'not a number of seconds' procns top -d 0
one_line 'a delay that is none' 1 'not a number of seconds' procns top -d 2x
one_line 'no iterations' 1 'not a number' procns top -n 0
one_line 'an unknown order' 1 'members, age, holders, name' procns top -s colour
one_line 'an unknown type' 1 'unknown namespace type' procns top -t no
one_line 'an operand' 1 'takes no operand' procns top x

run procns top --batch -n 2 -d 0.1 -t user -s name
is '--batch: as often as was asked' "$STATUS $(grep -c '^procns top ' <<<"$OUT") $(grep -c '^NAMESPACE ' <<<"$OUT")" '0 2 2'
is '--type: of that type alone' "$(grep -c '^user:\[' <<<"$OUT") of $(grep -c '^[a-z]*:\[' <<<"$OUT")" "$(grep -c '^[a-z]*:\[' <<<"$OUT") of $(grep -c '^user:\[' <<<"$OUT")"
check 'our own is there' grep -q "^$(readlink /proc/self/ns/user | sed 's/[][]/\\&/g') " <<<"$OUT"
run procns top -b -n 1 -s members
is 'by members' "$(awk '/^[a-z]*:\[/ { print $2 }' <<<"$OUT" | sort -rnc 2>&1)" ''
run procns top -b -n 1 -s holders
is 'by holders' "$(awk '/^[a-z]*:\[/ { print $4 }' <<<"$OUT" | sort -rnc 2>&1)" ''
run procns top -b -n 1 -s holders -r
is 'reversed' "$(awk '/^[a-z]*:\[/ { print $4 }' <<<"$OUT" | sort -nc 2>&1)" ''
procns top -b 2>/dev/null | true
is 'nobody reads: it ends' "$((PIPESTATUS[0] == 0 || PIPESTATUS[0] == 141))" 1

command -v tmux >/dev/null || { skip 'the screen' 'no tmux'; done_testing; exit; }
socket=$work/tmux
tm() { tmux -S "$socket" -f /dev/null "$@"; }
at_exit eval 'tm kill-server 2>/dev/null'
screen() { tm capture-pane -p -t it; }
shows() { screen | grep -q -- "$1"; }
row() { screen | sed -n "$1p"; }

# in a shell whose terminal settings are compared before and after; the marks tell when it is back
in_terminal() {
	tm kill-session -t it 2>/dev/null
	tm new-session -d -s it -x 100 -y 24 "stty -a >$work/before; $1; echo \"status \$?\"; stty -a >$work/after; exec sleep 1000"
}
is_back() {
	check "$1: it ends" eventually 20 shows "^status ${2-0}"
	eventually 20 test -s "$work/after"
	is "$1: the terminal is as it was" "$(cat "$work/after")" "$(cat "$work/before")"
	is "$1: its screen, too" "$(screen | grep -c 'NAMESPACE ')" 0
	is "$1: the cursor is back" "$(tm display-message -p -t it '#{cursor_flag} #{alternate_on}')" '1 0'
	rm -f "$work/after"
}
of_top() { pgrep -P "$(tm display-message -p -t it '#{pane_pid}')" -x procns; }

in_terminal "exec_it() { '$PROCNS' top -d 0.3; }; exec_it"
check 'it shows namespaces' eventually 20 shows '^user:\['
check 'the heading stands in the third line' grep -q '^NAMESPACE .*PROCS.*THREADS.*HOLDERS.*AGE.*OWNER.*WHAT' <<<"$(row 3)"
check 'sorted by members at first' grep -q '^sorted by members, every 0.3 s, types: all' <<<"$(row 2)"
for key in 'a age' 'o holders' 'n name' 'm members'; do
	tm send-keys -t it "${key% *}"
	check "${key% *} sorts by ${key#* }" eventually 20 shows "^sorted by ${key#* },"
done
tm send-keys -t it r
check 'r: the other way' eventually 20 shows 'sorted by members (reversed)'
tm send-keys -t it t
check 't: one type alone' eventually 20 eval "shows 'types: cgroup ' && ! shows '^user:'"
for _ in {1..8}; do tm send-keys -t it t; done
check 'and all again' eventually 20 shows 'types: all'
tm send-keys -t it n r
tm send-keys -t it h
check 'h: help' eventually 20 shows 'sort by members: most processes first'
tm send-keys -t it '?'
check 'and back' eventually 20 shows '^NAMESPACE '
tm send-keys -t it +
check '+: more often' eventually 20 shows 'every 0.15 s'

# one more namespace comes, stands out, and goes
if [ "$(id -u)" = 0 ]; then
	unshare --uts sleep 1001 &
	sleeper=$!
	at_exit end $sleeper
	until_runs $sleeper sleep
	uts=$(readlink /proc/$sleeper/ns/uts)
	tm send-keys -t it a
	check 'a new namespace appears' eventually 20 eval 'screen | grep -qF "$uts"'
	check 'its age is known' eval "screen | grep -F '$uts' | grep -Eq ' [0-9]+s '"
	# rows that look alike share one change of attributes: among them, the first has it
	check 'what is new is bold' eval "tm capture-pane -e -p -t it | sed -n '4,\$p' | grep -q \$'\\033\\[\\(.*;\\)*1[;m]'"
	end $sleeper
	check 'and disappears' eventually 20 eval '! screen | grep -qF "$uts"'
else
	skip 'a new namespace appears' 'needs root'
fi

tm resize-window -t it -x 50 -y 10
check 'a smaller window: it fits' eventually 20 eval '[ "$(screen | grep -c .)" -le 10 ] && shows "^NAMESPACE "'
tm resize-window -t it -x 120 -y 40
check 'a larger one is used' eventually 20 eval 'screen | grep -q "OWNER WHAT"'
tm resize-window -t it -x 1 -y 1
tm resize-window -t it -x 100 -y 24
check 'one of a single character is survived' eventually 20 shows '^NAMESPACE '
tm send-keys -t it q
is_back 'q'

for signal in INT TERM HUP QUIT; do
	in_terminal "'$PROCNS' top"
	check "SIG$signal: it runs" eventually 20 shows '^NAMESPACE '
	kill -$signal "$(of_top)"
	is_back "SIG$signal"
done
in_terminal "'$PROCNS' top"
eventually 20 shows '^NAMESPACE '
tm send-keys -t it C-c
is_back '^C'
in_terminal "'$PROCNS' top"
eventually 20 shows '^NAMESPACE '
kill -SEGV "$(of_top)"
is_back 'a fault of its own' 139
in_terminal "'$PROCNS' top -n 1"
is_back '--iterations'

in_terminal "'$PROCNS' top"
eventually 20 shows '^NAMESPACE '
check 'colours' eventually 20 eval "tm capture-pane -e -p -t it | grep -q \$'\\033\\[[0-9;]*3[0-7]m'"
tm send-keys -t it q
is_back 'with colours'
in_terminal "NO_COLOR=1 '$PROCNS' top"
eventually 20 shows '^NAMESPACE '
is 'NO_COLOR: none' "$(tm capture-pane -e -p -t it | grep -c $'\033\[[0-9;]*3[0-7]m')" 0
tm send-keys -t it q
is_back 'without colours'
in_terminal "TERM=no-such '$PROCNS' top 2>$work/term"
check 'an unknown terminal is refused' eventually 20 shows '^status 1'
check 'and named' grep -q 'cannot use the terminal: TERM=no-such' "$work/term"
done_testing
