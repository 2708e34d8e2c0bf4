#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What can go wrong with `procns ls`, tree and source: one clear line and the right status; nothing printed that looks whole.

TEST_SECONDS=400
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

usage_errors() {
	one_line 'an unknown option is named' 1 "--nothing" procns ls --nothing
	one_line 'an unknown letter is named' 1 "-z" procns ls -z
	one_line 'an ambiguous option is named' 1 "--out" procns ls --out=x
	one_line 'an option without its argument is named' 1 "--type" procns ls -t
	one_line 'a long option without its argument is named' 1 "--output" procns ls --output
	one_line 'an argument too many is named' 1 "--json=yes" procns ls --json=yes
	one_line 'an unknown column is named' 1 'unknown column: FOO' procns ls -o NS,FOO
	one_line 'an empty column is refused' 1 'column' procns ls -o ''
	one_line 'a comma at the end is refused' 1 'column' procns ls -o NS,
	one_line 'too many columns are refused' 1 'too many columns' procns ls -o "NS$(printf ',NS%.0s' {1..100})"
	one_line 'an unknown type is named' 1 'unknown namespace type: foo' procns ls -t foo
	one_line 'an unknown tree is named' 1 'unknown tree type: foo' procns ls -Tfoo
	one_line 'a PID that is none is named' 1 "'12x'" procns ls -p 12x
	one_line 'a PID out of range is named' 1 "'99999999999999999999'" procns ls -p 99999999999999999999
	one_line 'an unknown source is named' 1 "'foo'" procns ls --source=foo
	one_line 'an unknown time for colours is named' 1 "'foo'" procns ls --color=foo
	one_line 'JSON and raw exclude each other' 1 '--json --raw' procns ls -J -r
	one_line 'persistent and task exclude each other' 1 '--persistent --task' procns ls -P -p 1
	one_line 'task and a namespace exclude each other' 1 '--task' procns ls -p 1 4026531837
	one_line 'a second namespace is named' 1 "'4026531836'" procns ls 4026531837 4026531836
	one_line 'an unknown command is named' 1 'frobnicate' procns frobnicate
	one_line 'tree: an unknown column is named' 1 'unknown column: FOO' procns tree -o FOO
	one_line 'tree: columns without a tree are refused' 1 'NAMESPACE' procns tree -o TYPE
	one_line 'source: an operand is refused' 1 "'foo'" procns source foo
	run procns ls --nothing
	is 'messages name the command' "${ERR%%:*}" 'procns ls'
	run as_lsns --nothing
	is 'under the name lsns they name that' "${ERR%%:*}" lsns
}

absent_namespaces() {
	one_line 'a number that is not there' 1 '4026530000' procns ls 4026530000
	one_line 'a name that is not there' 1 'net:[4026530000]' procns ls 'net:[4026530000]'
	one_line 'an id that is not there' 1 'id:18446744073709551614' procns ls id:18446744073709551614
	one_line 'a path that is not there' 1 '/nonexistent/ns' procns ls /nonexistent/ns
	one_line 'a path that is no namespace' 1 '/etc/passwd' procns ls /etc/passwd
	one_line 'a process that is not there' 1 'pid:999999999' procns ls pid:999999999/net
	one_line 'a type no process has' 1 'pid:1/foo' procns ls "pid:1/foo"
	for text in foo 'net:[]' 'net:[12' 'net:[012]' 'net:[ 12]' 'net:[-1]' 'net:[99999999999]' 'foo:[12]' '12x' 99999999999999999999 id: \
		id:x pid:x/net ''; do
		one_line "'$text' is no name of a namespace" 1 "$text" procns ls "$text"
	done
	one_line 'a process that is not there: an empty list, as of lsns, and why' 0 'process 4000000' procns ls -p 4000000
	one_line 'tree: a namespace that is not there' 1 'net:[4026530000]' procns tree 'net:[4026530000]'
}

# A message holds no control character, whatever it quotes.
messages_are_escaped() {
	run procns ls -o $'N\e[31mS'
	is 'an escape sequence in an argument is shown, not sent' "$(LC_ALL=C grep -c $'\e' <<<"$ERR") ${ERR#*: }" \
		'0 unknown column: N\x1b[31mS'
}

broken_outputs() {
	local form
	for form in '' -J -r -l --help --version -H; do
		# shellcheck disable=SC2086
		run sh -c '"$@" >/dev/full' - "$PROCNS" ls $form
		is "ls $form to a full device" "$STATUS $(grep -c 'No space left' <<<"$ERR")" '1 1'
		# shellcheck disable=SC2086
		run sh -c '"$@" >&-' - "$PROCNS" ls $form
		is "ls $form to nowhere" "$STATUS $(grep -c 'standard output is closed' <<<"$ERR")" '1 1'
	done
	run sh -c 'trap "" PIPE; ("$0" ls -l --output-all; echo "status $?" >&2) | true' "$PROCNS"
	is 'to a pipe nobody reads, where that is no signal' \
		"$(grep -c 'Broken pipe' <<<"$ERR") $(grep -o 'status .*' <<<"$ERR")" '1 status 1'
	run sh -c '"$0" tree >/dev/full' "$PROCNS"
	is 'tree to a full device' "$STATUS $(grep -c 'No space left' <<<"$ERR")" '1 1'
	run sh -c '"$0" source >/dev/full' "$PROCNS"
	is 'source to a full device' "$STATUS $(grep -c 'No space left' <<<"$ERR")" '1 1'
	run sh -c '"$0" ls -n -o TYPE <&- 2>&-' "$PROCNS"
	is 'without standard input and error' "$STATUS $(grep -c user <<<"$OUT" | sed 's/[1-9].*/listed/')" '0 listed'
}

# Processes come and go all the time: none of it shows but in the list.
churn_is_survived() {
	local i bad=''
	(while :; do
		for _ in 1 2 3 4 5 6 7 8; do unshare -U true 2>/dev/null & done
		wait
	done) &
	local churner=$!
	at_exit eval "kill $churner 2>/dev/null"
	for ((i = 0; i < LOOKS; i++)); do
		run procns ls -l -r -n -o NS,PID,COMMAND,USER,PATH
		[ "$STATUS" = 0 ] && [ -n "$OUT" ] && ! grep -v '^incomplete: ' <<<"$ERR" | grep -q . || bad+="status $STATUS: $ERR"$'\n'
		run procns tree -J
		[ "$STATUS" = 0 ] || bad+="tree: status $STATUS: $ERR"$'\n'
	done
	kill $churner
	is "$LOOKS lists and trees while processes come and go" "$bad" ''
}

# Less and less memory: either it works, or it says so; it never dies of it.
little_memory_is_survived() {
	local kilobytes statuses='' bad=''
	command -v prlimit >/dev/null || { skip 'little memory' 'no prlimit'; return; }
	for ((kilobytes = 65536; kilobytes > 3000; kilobytes = kilobytes * 15 / 16)); do
		prlimit --as=$((kilobytes * 1024)) "$PROCNS" --version >/dev/null 2>&1 || break
		run prlimit --as=$((kilobytes * 1024)) "$PROCNS" ls -J --output-all
		statuses+=" $STATUS"
		case $STATUS in
		0) ;;
		1) [ -z "$OUT" ] && [ "$(grep -vc '^incomplete: ' <<<"$ERR")" = 1 ] || bad+="$kilobytes KiB: $ERR"$'\n' ;;
		*) bad+="$kilobytes KiB: status $STATUS: $ERR"$'\n' ;;
		esac
	done
	is "little memory: it works or says so (statuses$statuses)" "$bad" ''
}

: "${LOOKS:=60}"
usage_errors
absent_namespaces
messages_are_escaped
broken_outputs
churn_is_survived
little_memory_is_survived
done_testing
