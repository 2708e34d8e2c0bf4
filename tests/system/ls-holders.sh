#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every kind of holder of every type of namespace (`nsmake list`), all at the same time: procns lists each once, with the members
# it has, and says what holds it; when they are let go it lists none of them. With arguments, only these kinds.

TEST_SECONDS=600
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
[ -x "$NSMAKE" ] || skip_all "no $NSMAKE: make -C tests/lib"
source_works bpf || skip_all "bpf does not work here, and nothing else sees them all: $(procns source -nr | grep '^bpf')"

# What keeps a namespace from being found where the kernel has no tree of namespaces (before 6.18); docs/lsns.md names them.
unseen_without_tree=' fscontext inotify io_uring '
has_tree() { [ -n "$(procns ls -nrl -t user -o ID | head -n 1)" ]; }
tree=no
! has_tree || tree=yes

pairs() {
	local kind types type
	while read -r kind types _; do
		[ $# = 0 ] || [[ " $* " = *" $kind "* ]] || continue
		for type in ${types//,/ }; do echo "$kind $type"; done
	done < <("$NSMAKE" list)
}

# processes, threads
wanted_members() {
	case $1 in
	process | zombie) echo '1 1' ;;
	thread | thread-dead-leader) echo '0 1' ;;
	*) echo '0 0' ;;
	esac
}

list() { procns ls -nrl -o NAMESPACE,NPROCS,THREADS >"$work/list" 2>"$work/incomplete"; }

one() {
	local what=$1 line=$2 why=$3 ns listed found
	if [ -z "$line" ]; then
		skip "$what" "${why:-nsmake did not say why}"
		return
	fi
	take_from "$line" ns listed
	found=$(grep -F "$ns " "$work/list")
	if [ "$listed" = 0 ]; then
		is "$what is not listed" "${ns:+$found}" ''
	elif [ -z "$found" ] && [ $tree = no ] && [[ $unseen_without_tree = *" ${what% *} "* ]]; then
		skip "$what is listed" "the kernel ($(uname -r)) keeps no list that has it"
	else
		is "$what is listed once, with its members" "$(cut -d ' ' -f 2,3 <<<"$found")" "$(wanted_members "${what% *}")"
		check "$what is said to be held" grep -qF "$ns " "$work/holders"
	fi
	[ -z "$ns" ] || echo "$ns" >>"$work/held"
}

none_is_left() {
	list
	! grep -wFf "$work/held" "$work/list"
}

hold_all < <(pairs "$@")
list
procns ls -nrl -o NAMESPACE,HOLDERS 2>>"$work/incomplete" | grep '[^ ] [^ ]' >"$work/holders"
is 'nothing could not be seen' "$(cat "$work/incomplete")" ''
is 'no namespace is listed twice' "$(cut -d ' ' -f 1 "$work/list" | grep -v 'mnt:\[4026531575\]' | sort | uniq -d)" ''
: >"$work/held"
for i in "${!all_what[@]}"; do
	one "${all_what[i]}" "${all_line[i]}" "${all_why[i]}"
done
check 'all are let go' let_all_go
eventually 30 none_is_left
check 'none is listed any more' none_is_left
done_testing
