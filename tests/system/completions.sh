#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion in bash, asked as bash asks it; those of zsh and fish are parsed, where there is such a shell.
# COMPLETIONS is the directory they were built in.

# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
: "${COMPLETIONS:=$(dirname -- "$(readlink -f -- "$PROCNS")")}"

[ -e "$COMPLETIONS/procns.bash" ] || skip_all "no completions in $COMPLETIONS"
# shellcheck disable=SC1091
. "$COMPLETIONS/procns.bash"

# What is offered for a line, the cursor at its end.
offered() {
	COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
	read -ra COMP_WORDS <<<"$1"
	[[ $1 != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_procns 2>/dev/null
	echo "${COMPREPLY[*]}"
}

is 'commands' "$(offered 'procns sou')" source
is 'options' "$(offered 'procns ls --nohead')" --noheadings
is 'options of ls without ls' "$(offered 'procns --nohead')" --noheadings
is 'options of another command' "$(offered 'procns why --orph')" --orphans
is 'types' "$(offered 'procns ls -t us')" user
is 'types, of the long option' "$(offered 'procns ls --type=us')" user
is 'sources' "$(offered 'procns ls --source pr')" proc
is 'columns' "$(offered 'procns ls -o NSF')" NSFS
is 'columns behind a comma' "$(offered 'procns ls -o NS,THR')" NS,THREADS
is 'columns behind a plus' "$(offered 'procns ls -o +THR')" +THREADS
is 'kinds of trees' "$(offered 'procns ls --tree=pa')" parent
is 'processes' "$(offered "procns ls -p $$" | tr ' ' '\n' | grep -cx "$$")" 1
ns=$(readlink /proc/self/ns/user)
is 'namespaces' "$(offered "procns ls ${ns%??}")" "${ns#*:}"
is 'files' "$(offered 'procns ls /proc/self/ns/use')" /proc/self/ns/user
is 'the options of every command' "$(for command in $(procns --help | sed -n '/^Commands/,/^$/s/^ \([a-z]*\) .*/\1/p'); do
	[ "$(offered "procns $command --hel")" = --help ] || echo "$command"
done)" ''

for shell in zsh fish; do
	file=$COMPLETIONS/_procns
	[ $shell = zsh ] || file=$COMPLETIONS/procns.fish
	if command -v $shell >/dev/null; then
		check "$shell can read its own" $shell -n "$file"
	else
		skip "$shell can read its own" "no $shell"
	fi
done
done_testing
