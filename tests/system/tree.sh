#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# procns tree draws every namespace once, under its owner, pid namespaces under their parents. The state:
#
#	user A                    (root's)
#	├─ uts U                  a process
#	├─ pid P, pid Q in it     Q's parent P has the same owner
#	├─ net blue               no process, mounted on /run/netns/blue
#	└─ user B
#	   └─ pid R               owned by B, its parent is the one B's maker is in

# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
[ "${1:-}" = inside ] || { in_fresh_world "$0" inside; exit; }

of() { readlink "/proc/$(pgrep -xf "sleep $1")/ns/$2"; }

make_state() {
	drop_inherited_names
	mount -t tmpfs none /run
	unshare --user --map-root-user bash -c '
		mkdir -p /run/netns
		unshare --uts sleep 1001 &
		unshare --pid --fork bash -c "sleep 1002 & unshare --pid --fork sleep 1003; wait" &
		unshare --net sleep 1004 &
		unshare --user --map-root-user --pid --fork sleep 1005 &
		exec sleep 1000' &
	at_exit eval "kill $! 2>/dev/null"
	local n
	for n in 1000 1001 1002 1003 1004 1005; do eventually 20 pgrep -xf "sleep $n" || diag "no sleep $n"; done
	A=$(of 1000 user) U=$(of 1001 uts) P=$(of 1002 pid) Q=$(of 1003 pid) N=$(of 1004 net) B=$(of 1005 user) R=$(of 1005 pid)
	mkdir -p /run/netns
	touch /run/netns/blue
	mount --bind "/proc/$(pgrep -xf 'sleep 1004')/ns/net" /run/netns/blue
	kill "$(pgrep -xf 'sleep 1004')"
	eventually 20 eval '! pgrep -xf "sleep 1004"'
}


# The drawing's characters, and blanks, replaced: UTF-8 or ASCII, as the locale has it.
without_art() { sed "s/[│├└─ ]/$1/g; s/[\`|-]/$1/g; s/ /$1/g"; }

state_is_drawn() {
	local source=$1 got
	got=$(procns tree -n -o NAMESPACE --source="$source" "$A" 2>/dev/null)
	is "$source: the tree of A" "$(without_art ' ' <<<"$got" | awk '{ match($0, /[^ ]/); print (RSTART - 1) / 2, $1 }' | sort)" \
		"$(printf '%s\n' "0 $A" "1 $U" "1 $P" "2 $Q" "1 $N" "1 $B" "2 $R" | sort)"
	is "$source: B's branch has R alone" "$(without_art '' <<<"$got" | grep -A1 -F "$B" | tail -n 1)" "$R"
	is "$source: a namespace without a process has its name" \
		"$(procns tree -n -o NAMESPACE,NAME,NPROCS --source="$source" "$A" 2>/dev/null | grep -F "$N" | awk '{ print $(NF - 1), $NF }')" 'blue 0'
	got=$(procns tree -n -o NAMESPACE,PARENT --source="$source" "$A" 2>/dev/null)
	is "$source: a parent that isn't above is named" "$(grep -F "$R" <<<"$got" | awk '{ print $NF }')" "$(readlink /proc/self/ns/pid)"
	is "$source: a parent that is above is not" "$(grep -F "$Q" <<<"$got" | grep -o 'pid:' | wc -l)" 1
	got=$(procns tree -n -o NAMESPACE --source="$source" "$B" "$P" 2>/dev/null | without_art '' | sort)
	is "$source: of two roots" "$got" "$(printf '%s\n' "$B" "$R" "$P" "$Q" | sort)"
}

each_once() {
	local source=$1
	procns tree -n -o NAMESPACE --source="$source" 2>/dev/null | without_art '' | sort >"$work/tree"
	procns ls -lrn -o NAMESPACE --source="$source" 2>/dev/null | sort >"$work/ls"
	is "$source: every namespace is in the tree, once" "$(diff "$work/ls" "$work/tree")" ''
	is "$source: in JSON too" \
		"$(procns tree -J -o NAMESPACE --source="$source" 2>/dev/null | grep '"namespace"' | grep -o '[a-z]*:\[[0-9]*\]' | sort | diff - "$work/ls")" ''
}

make_state
for source in proc auto; do
	state_is_drawn $source
	# the rest of the machine comes and goes
	[ $source = auto ] || each_once $source
done
if source_works bpf; then
	check 'auto: every namespace is in the tree, once' eventually 30 eval 'each_once auto | grep -c "^ok" | grep -qx 2'
	is 'auto: all hang on the initial user namespace' "$(procns tree -n -o NAMESPACE | grep -c '^[a-z]')" 1
else
	skip 'auto: every namespace is in the tree, once' 'bpf does not work here'
fi
if command -v jq >/dev/null; then
	is 'JSON nests' "$(procns tree -J "$A" 2>/dev/null | jq -r '.namespaces[0] | "\(.namespace) \(.children | length)"')" "$A 4"
	is 'its numbers are numbers' "$(procns tree -J "$A" 2>/dev/null | jq -r '.namespaces[0].nprocs | type')" number
else
	skip 'JSON nests' 'no jq'
fi
done_testing
