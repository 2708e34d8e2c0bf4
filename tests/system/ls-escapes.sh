#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Names are others' choice: of processes, of files namespaces are mounted on. None reaches the terminal raw, in any format;
# JSON is JSON whatever they hold; what is UTF-8 stays as it is.

# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
[ "${1:-}" = inside ] || { in_fresh_world "$0" inside; exit; }

# ESC, CR, BEL, DEL, TAB, newline, C1 as a byte and as UTF-8 (U+009B starts a sequence too), broken UTF-8, an overlong '/'
hostile=$'esc\e[31m cr\r bel\a del\x7f tab\t nl\n c1\x9b csi\xc2\x9b31m broken\xe2\x82 overlong\xc0\xaf quote" back\\ euro\xe2\x82\xac'
control=$'[\x01-\x08\x0b-\x1f\x7f]'
c1=$'\xc2[\x80-\x9f]'

# A lone byte of C1 or any other that is no UTF-8 is met by the second test.
no_control() {
	if LC_ALL=C grep -qE "$control|$c1" "$1"; then
		fail "$2" "$(LC_ALL=C grep -nE "$control|$c1" "$1" | head -n 3 | od -c | head -n 20)"
	else
		pass "$2"
	fi
	[ -z "$utf8" ] || check "$2: valid UTF-8" is_utf8 "$1"
}

is_utf8() { [[ $(cat "$1") =~ ^([[:print:]]|[[:space:]])*$ ]]; }

drop_inherited_names
mount -t tmpfs none /run
unshare --uts bash -c 'exec -a "$0" sleep 1001' "$hostile" &
pid=$!
at_exit eval "kill $pid 2>/dev/null"
until_runs $pid sleep
path="/run/${hostile//\//}"
touch "$path"
mount --bind "/proc/$pid/ns/uts" "$path"
ns=$(readlink "/proc/$pid/ns/uts")
number=${ns//[^0-9]/}

for source in auto proc; do
	for form in '' -l -r -J -T '-l --output-all' '-J --output-all' '-W -l -o NS,NSFS,NAME,COMMAND'; do
		# shellcheck disable=SC2086
		procns ls --source=$source $form >"$work/out" 2>"$work/err"
		no_control "$work/out" "ls --source=$source $form"
		[ ! -s "$work/err" ] || no_control "$work/err" "ls --source=$source $form: what it says"
	done
	procns tree --source=$source >"$work/out" 2>/dev/null
	no_control "$work/out" "tree --source=$source"
	procns tree -J --source=$source >"$work/out" 2>/dev/null
	no_control "$work/out" "tree -J --source=$source"
done

row=$(procns ls -lrn -o NS,COMMAND --source=proc 2>/dev/null | grep "^$number ")
is 'in a raw list the command is one word' "$(wc -w <<<"$row")" 2
is 'an escape sequence is shown as one' "$(grep -c 'esc\\x1b\[31m' <<<"$row")" 1
row=$(procns ls -ln -o NS,COMMAND --source=proc 2>/dev/null | grep "$number ")
if [ "$utf8" ]; then
	is 'UTF-8 stays as it is in a table' "$(grep -c $'euro\xe2\x82\xac' <<<"$row")" 1
else
	skip 'UTF-8 stays as it is in a table' 'no UTF-8 locale'
fi
row=$(LC_ALL=C procns ls -ln -o NS,COMMAND --source=proc 2>/dev/null | grep "$number ")
is 'and is escaped where the locale has no such characters' "$(LC_ALL=C grep -c 'euro\\xe2\\x82\\xac' <<<"$row")" 1
if command -v jq >/dev/null; then
	wanted=$'esc\e[31m cr\r bel\a del\x7f tab\t nl\n c1\\x9b csi\xc2\x9b31m broken\\xe2\\x82 overlong\\xc0\\xaf quote" back\\ euro\xe2\x82\xac 1001'
	is 'a JSON parser gets every character, and bytes that are none as \xNN' \
		"$(procns ls -J -o NS,COMMAND --source=proc 2>/dev/null | jq -r ".namespaces[] | recurse(.children[]?) | select(.ns == $number) | .command")" \
		"$wanted"
else
	skip 'a JSON parser gets every character' 'no jq'
fi
done_testing
