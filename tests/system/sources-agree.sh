#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every kind of holder at the same time, listed by each source that works here: what two of them see they tell alike, and each
# sees at least what it is there for.

TEST_SECONDS=600
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
[ -x "$NSMAKE" ] || skip_all "no $NSMAKE: make -C tests/lib"

columns=NAMESPACE,PNS,ONS,ID,NPROCS,THREADS,PID,PPID,UID

# What /proc has a trace of; listns(2) hides none of these either, as all of them are uses.
seen_through_proc=' process thread thread-dead-leader zombie for_children for_children-thread fd fd-opath fd-thread bind bind-here
	bind-several bind-other-mntns detached owner parent '

# What is found on no kernel without a tree of namespaces but by the module: docs/lsns.md names them.
unseen_without_tree=' fscontext inotify io_uring '
has_tree() { [ -n "$(procns ls -nrl --source=bpf -t user -o ID | head -n 1)" ]; }

in_words() { [[ $2 =~ [[:space:]]$1[[:space:]] ]]; }

pairs() {
	local kind types type
	while read -r kind types _; do
		for type in ${types//,/ }; do echo "$kind $type"; done
	done < <("$NSMAKE" list)
}

# What the source is there for, of what is held: a line each, "KIND TYPE NAMESPACE".
wanted_of() {
	local kind type ns
	while read -r kind type ns; do
		case $1 in
		proc | listns) in_words "$kind" "$seen_through_proc" || continue ;;
		bpf) [ $tree = yes ] || ! in_words "$kind" "$unseen_without_tree" || continue ;;
		esac
		echo "$kind $type $ns"
	done <"$work/held"
}

# Lines of the first list, for namespaces that both have, that the second has not alike.
told_otherwise() {
	grep -wFf "$work/numbers" "$work/list.$1" | sort >"$work/one"
	grep -wFf "$work/numbers" "$work/list.$2" | sort >"$work/other"
	join <(cut -d ' ' -f 1 "$work/one") <(cut -d ' ' -f 1 "$work/other") >"$work/both"
	diff <(join "$work/both" "$work/one") <(join "$work/both" "$work/other")
}

missed() {
	wanted_of "$1" | while read -r kind type ns; do
		grep -qF "$ns " "$work/list.$1" || echo "$kind $type $ns"
	done
}

hold_all < <(pairs)
for i in "${!all_what[@]}"; do
	[ -n "${all_line[i]}" ] || continue
	take_from "${all_line[i]}" ns listed
	# shellcheck disable=SC2154 # take_from sets them
	[ -z "$ns" ] || [ "$listed" = 0 ] || echo "${all_what[i]} $ns"
done >"$work/held"
cut -d ' ' -f 3 "$work/held" >"$work/numbers"
check 'something is held' test -s "$work/held"

sources=()
for name in dir bpf listns proc; do
	if ! source_works $name; then
		skip "$name sees what it is there for" "$(procns source -nr | grep "^$name ")"
		continue
	fi
	sources+=("$name")
	procns ls -nrl --source=$name -o $columns >"$work/list.$name" 2>"$work/gaps.$name"
	is "$name lists nothing twice" "$(cut -d ' ' -f 1 "$work/list.$name" | sort | uniq -d | grep -v 'mnt:\[4026531575\]')" ''
done
# names are found through the members, which then are listed one by one
if source_works bpf; then
	procns ls -nrl --source=bpf -o $columns,NAME 2>/dev/null | cut -d ' ' -f 1-9 >"$work/list.members"
	is 'tasks that are only counted give the same numbers as tasks that are listed' "$(told_otherwise bpf members)" ''
fi
tree=no
! source_works bpf || ! has_tree || tree=yes

for name in "${sources[@]}"; do
	is "$name sees what it is there for" "$(missed "$name")" ''
	case $name in
	proc | listns) check "$name says that it does not see all" grep -q '^incomplete: ' "$work/gaps.$name" ;;
	*) is "$name leaves nothing to be said" "$(cat "$work/gaps.$name")" '' ;;
	esac
	for other in "${sources[@]}"; do
		[[ $name < $other ]] || continue
		is "$name and $other tell the same of what both see" "$(told_otherwise "$name" "$other")" ''
	done
done
done_testing
