#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2317 # functions are called by check
#
# The manual pages: there is one of each command, and man, groff and mandoc have nothing to say about any.
# MANUALS is the directory those made from tables were built in.

# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
: "${MANUALS:=$(dirname -- "$(readlink -f -- "$PROCNS")")}"

[ -e "$MANUALS/procns.1" ] || skip_all "no manual pages in $MANUALS"
pages=("$MANUALS"/procns*.1 "$top"/man/*.[1-9])

# What a tool says about any page, on stderr or, for those that check, on stdout. mandoc minds that a page has no date, which none has:
# the day of a build is nothing to a reader.
said_by() {
	local page said
	for page in "${pages[@]}"; do
		case $1 in
		man) said=$(man --warnings -E UTF-8 -l "$page" 2>&1 >/dev/null) ;;
		groff) said=$(groff -ww -K utf8 -man -t -Tutf8 -z "$page" 2>&1) ;;
		mandoc) said=$(mandoc -T lint -W warning "$page" 2>&1 | grep -v 'missing date') ;;
		esac
		[ -z "$said" ] || echo "${page##*/}: $said"
	done
}

# As apropos and whatis read it.
has_its_name() { grep -F "\"$1 - " <(lexgrog "$MANUALS/$1.1"); }

links_lead_somewhere() {
	local name missing=0
	for name in $(sed -n 's/\\-/-/g; s/^\.BR \(procns[a-z-]*\) (\([0-9]\)).*/\1.\2/p' "${pages[@]}" | sort -u); do
		[ -e "$MANUALS/$name" ] || [ -e "$top/man/$name" ] || { echo "no page $name"; missing=1; }
	done
	return $missing
}

for tool in man groff mandoc; do
	if command -v $tool >/dev/null; then
		is "$tool renders each page without a warning" "$(said_by $tool)" ''
	else
		skip "$tool renders each page without a warning" "no $tool here"
	fi
done

for command in $(procns --help | sed -n '/^Commands/,/^$/s/^ \([a-z]*\) .*/\1/p'); do
	check "procns $command has a page" has_its_name "procns-$command"
done
check 'pages that are referred to are there' links_lead_somewhere
done_testing
