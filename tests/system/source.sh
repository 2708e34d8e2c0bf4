#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# procns source: what it says of each source is what happens when that one is used.

# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

run procns source
is 'it works for everybody' "$STATUS $ERR" '0 '
is 'it has a heading' "$(head -n 1 <<<"$OUT" | tr -s ' ')" 'SOURCE WORKS FACTS REASON'
run procns source -nr
table=$OUT
sources=$(awk '{ print $1 }' <<<"$table")
check 'proc is one' grep -qx proc <<<"$sources"
while read -r name works facts reason; do
	run procns ls -lrn -o NS --source="$name"
	if [ "$works" = yes ]; then
		is "$name works: it lists" "$STATUS $(wc -l <<<"$OUT" | sed 's/^[1-9][0-9]*$/something/')" '0 something'
		check "$name works: it knows something" test -n "$facts"
	else
		one_line "$name does not work: it says why" 1 "$name" procns ls --source="$name"
		check "$name does not work: there is a reason" test -n "$facts$reason"
	fi
done <<<"$table"

if command -v jq >/dev/null; then
	is 'in JSON it is the same list' "$(procns source -J | jq -r '.sources[].source')" "$sources"
	is 'whether it works is a boolean' "$(procns source -J | jq -r '.sources[].works | type' | sort -u)" boolean
	is 'facts are an array' "$(procns source -J | jq -r '.sources[].facts | type' | sort -u)" array
	is 'proc knows members' "$(procns source -J | jq -r '.sources[] | select(.source == "proc") | .facts | index("members") != null')" true
else
	skip 'JSON' 'no jq'
fi
done_testing
