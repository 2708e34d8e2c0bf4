#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# procns dump: what is in it, in what order, and what a part of it says of the rest; procns diff: what it tells between two.

TEST_SECONDS=300
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"
: "${JSONGET:=$top/build/tests/jsonget}"
mkfifo "$work/ready"
children=()
# unshare takes no notice of SIGTERM while its child runs
let_children_go() { [ ${#children[@]} -eq 0 ] || { kill -KILL "${children[@]}"; wait "${children[@]}"; } 2>/dev/null; }
at_exit let_children_go

# in JSON of the last dump
has() { "$JSONGET" "$1" <"$work/dump" 2>/dev/null; }
of() { has "namespaces[inum=$1].$2"; }
number() { readlink "/proc/$1/ns/$2" | tr -dc 0-9; }
dump() { procns dump "$@" >"$work/dump" 2>"$work/dump.err"; }

# start COMMAND...: runs it in the background; it says on fd 9 when it is ready, and waits; STARTED is its pid
start() {
	local line
	"$@" 9>"$work/ready" &
	children+=($!)
	STARTED=$!
	read -r -t 30 line <"$work/ready"
}

# shellcheck disable=SC2016
start unshare --user --map-root-user --uts --ipc --net --cgroup --mount --time --monotonic 500 --boottime 7000 --pid --fork --kill-child -- \
	sh -c 'echo alpha >/proc/sys/kernel/hostname; echo ready >&9; exec 9>&-; exec sleep 1000'
init=$(pgrep -P "$STARTED")
user=$(number "$init" user)

dump
is "it is a dump" "$(has format) $(has version)" 'procns-dump 1'
is "of this boot" "$(has system.boot_id)" "$(cat /proc/sys/kernel/random/boot_id)"
is "with the maps" "$(of "$user" uid_map | tr -d ' \n') $(of "$user" gid_map | tr -d ' \n')" '[[0,0,1]] [[0,0,1]]'
is "the creator" "$(of "$user" creator)" 0
is "the host name" "$(of "$(number "$init" uts)" hostname)" alpha
is "the clocks" "$(of "$(number "$init" time)" offsets.monotonic | tr -d ' \n') $(of "$(number "$init" time)" offsets.boottime | tr -d ' \n')" \
	'[500,0] [7000,0]'
is "the cgroup root" "$(of "$(number "$init" cgroup)" cgroup_root)" "$(sed -n 's/^0:://p' /proc/self/cgroup)"
# shellcheck disable=SC2016
start unshare --user -- sh -c 'echo ready >&9; exec 9>&-; exec sleep 1000'
printf '0 1000 100\n' >"/proc/$STARTED/uid_map"
env printf '0 2000 50\n60 10 5\n' >"/proc/$STARTED/gid_map"
dump
is "maps of several ranges" "$(of "$(number "$STARTED" user)" uid_map | tr -d ' \n') $(of "$(number "$STARTED" user)" gid_map | tr -d ' \n')" \
	'[[0,1000,100]] [[0,2000,50],[60,10,5]]'
is "links" "$(of "$(number "$init" net)" 'links[0].name')" lo
is "members" "$(of "$(number "$init" pid)" 'members[0].pid') $(of "$(number "$init" pid)" nprocs)" "$init 1"
owner=$(of "$(number "$init" uts)" owner)
is "an owner by its id" "$(has "namespaces[id=$owner].inum")" "$user"
is "a parent by its id" "$(has "namespaces[id=$(of "$(number "$init" pid)" parent)].inum")" "$(number self pid)"

# every owner and parent stands before
order_is_right() {
	has 'namespaces[*].id' >"$work/ids"
	has 'namespaces[*].owner' >"$work/owners"
	paste "$work/ids" "$work/owners" | awk '$2 != "null" && !($2 in seen) { print; bad = 1 } { seen[$1] = 1 } END { exit bad }'
}
check "owners come first" order_is_right
numbers() { procns ls -nr -o NS 2>/dev/null | sort -u; }
numbers >"$work/ls"
dump
is "all that ls has before and after" "$(comm -12 "$work/ls" <(numbers) | comm -23 - <(has 'namespaces[*].inum' | sort -u))" ''

# a dump is for who wrote it, unless he has said otherwise before; the same dump each time is small
mode_after_dump() { procns dump --root "user:[$user]" -o "$1" 2>/dev/null; stat -c %a:%g "$1"; }
is "a new file is its owner's alone" "$(umask 022; mode_after_dump "$work/new")" 600:0
is "also where the umask allows less" "$(umask 0277; mode_after_dump "$work/less")" 400:0
chmod 640 "$work/new"
is "one that is there keeps its mode" "$(umask 077; mode_after_dump "$work/new")" 640:0
chgrp 65533 "$work/new"
dump_as_member() { setpriv --groups 65533 "$PROCNS" dump --root "user:[$user]" -o "$1" 2>/dev/null; }
is "for the group it was for" "$(dump_as_member "$work/new"; stat -c %a:%g "$work/new")" 640:65533
is "what it can't be given to, since its maker is not in that group, can do nothing" "$(mode_after_dump "$work/new")" 600:0
chmod 644 "$work/new"
ln -s new "$work/link"
is "of a link that is replaced: the mode of what it led to" "$(mode_after_dump "$work/link") $(stat -c %F "$work/link")" '644:0 regular file'
is "nothing is left beside them" "$(find "$work" -name 'new.*' -o -name 'less.*' -o -name 'link.*')" ''

# ids do not come from numbers
ids() { has 'namespaces[*].id' | tr '\n' ' '; }
dump --root "user:[$user]"
first=$(ids)
types=$(has 'namespaces[*].type' | tr '\n' ' ')
is "a part: what it owns" "$types" 'user pid cgroup ipc mnt net time uts '
is "its owner is outside" "$(has 'namespaces[id=ns1].owner') $(has "outside[id=$(has 'namespaces[id=ns1].owner')].references[0].by")" \
	"$(has 'namespaces[id=ns1].owner') owner"
is "outside is the initial one" "$(has "outside[id=$(has 'namespaces[id=ns1].owner')].inum")" "$(number self user)"
is "and its pid namespace's parent" "$(has "outside[type=pid].references[by=parent].of")" ns2
dump --root "pid:$init"
is "of the task: the same" "$(ids)$(has 'namespaces[*].type' | tr '\n' ' ')" "$first$types"

# ---- roots in a hierarchy of version 1: below us, above us, and beside our own root
export groups=$work/groups
hierarchy=procns-$$
leave_hierarchy() {
	[ -z "$there" ] || { kill -KILL "$there"; wait "$there"; } 2>/dev/null
	there=
	rmdir "$groups/a b/c" "$groups/a b" "$groups/d" 2>/dev/null
	eventually 20 hierarchy_goes || umount "$groups"
}
mount_hierarchy() { mount -t cgroup -o "none,name=$hierarchy" procns "$groups" 2>"$work/err"; }
# shellcheck disable=SC2317
hierarchy_is_gone() { ! grep -q ":name=$hierarchy:" /proc/self/cgroup; }
# a moment after its last mount, but only where no cgroup is in it any more: these go a moment after their directories
# shellcheck disable=SC2317
hierarchy_goes() {
	umount "$groups" 2>/dev/null
	eventually 2 hierarchy_is_gone || ! mount_hierarchy
}
# GROUP COMMAND...: runs it there
# shellcheck disable=SC2016
in_group=(sh -c 'echo 0 >"$groups/$0/cgroup.procs" && exec "$@"')
there=
v1_root() { of "$(number "$1" cgroup)" "cgroup_v1_roots[hierarchy=name=$hierarchy].root"; }
mkdir "$groups"
if mount_hierarchy; then
	at_exit leave_hierarchy
	mkdir "$groups/a b" "$groups/a b/c" "$groups/d"
	# shellcheck disable=SC2016
	start "${in_group[@]}" 'a b' unshare --cgroup sh -c 'echo ready >&9; exec 9>&-; exec sleep 1000'
	there=$STARTED
	unset 'children[-1]'
	dump
	is "the root of another in a hierarchy of version 1" "$(v1_root "$there")" '/a b'
	is "and our own" "$(v1_root self)" /
	is "the unified one is told apart" "$(of "$(number "$there" cgroup)" cgroup_root)" "$(sed -n 's/^0:://p' /proc/self/cgroup)"
	is "each hierarchy there is" "$(of "$(number "$there" cgroup)" 'cgroup_v1_roots[*].hierarchy')" \
		"$(cut -d: -f2 /proc/self/cgroup | grep . | LC_ALL=C sort)"
	"${in_group[@]}" 'a b/c' "$PROCNS" dump >"$work/dump" 2>/dev/null
	is "one above us" "$(v1_root "$there")" '/a b'
	"${in_group[@]}" d "$PROCNS" dump >"$work/dump" 2>/dev/null
	is "one beside us" "$(v1_root "$there")" '/a b'
	"${in_group[@]}" d unshare --cgroup "$PROCNS" dump >"$work/dump" 2>"$work/dump.err"
	is "outside of our own root there is none" "$(v1_root "$there")" null
	check "and that is said" grep -q '^incomplete: a root of .* cgroup namespace' "$work/dump.err"
	"${in_group[@]}" 'a b' unshare --cgroup "$PROCNS" dump >"$work/dump" 2>/dev/null
	is "of the same root" "$(v1_root "$there")" /
	leave_hierarchy
else
	skip "roots in a hierarchy of version 1" "cannot mount one: $(cat "$work/err")"
fi

# a descriptor, a mount and a message; a descriptor that leads out
hold inflight-nested uts
take ns chain pid
dump
held=${ns//[!0-9]/}
is "in flight" "$(of "$held" 'holders[0].kind') $(of "$held" 'holders[0].socket.inode') $(of "$held" 'holders[0].causes[0].kind')" \
	"in_flight ${chain%%,*} in_flight"
let_go

# messages in a known order: a namespace twice in a stream socket, which is in a datagram socket, which is in a third
hold inflight-order uts
take ns chain messages indexes again
dump
held=${ns//[!0-9]/}
IFS=, read -ra queues <<<"$chain"
IFS=, read -ra numbers <<<"$messages"
IFS=, read -ra places <<<"$indexes"
queue='holders[0]'
for i in "${!queues[@]}"; do
	is "where it is in flight, $((i + 1)) deep" \
		"$(of "$held" "$queue.socket.inode") $(of "$held" "$queue.positions[0].message") $(of "$held" "$queue.positions[0].index")" \
		"${queues[i]} ${numbers[i]} ${places[i]}"
	queue+='.causes[0]'
done
is "and once more" "$(of "$held" 'holders[0].positions[1].message') $(of "$held" 'holders[0].positions[1].index')" "$again 0"
is "nowhere else" "$(of "$held" 'holders[0].positions[#]') $(of "$held" 'holders[0].causes[0].positions[#]') $(of "$held" 'holders[#]')" '2 1 1'
dump --source proc
is "/proc does not show it" "$(of "$held" inum)$(grep -c '"positions"' "$work/dump")" 0
let_go
if hold inflight-unaccepted uts; then
	take ns chain
	dump
	held=${ns//[!0-9]/}
	is "in a connection nobody accepted" "$(of "$held" 'holders[0].positions[0].message') $(of "$held" 'holders[0].causes[0].socket.inode') $(
		of "$held" 'holders[0].causes[0].positions[0].connection')" "0 ${chain#0,} 0"
	let_go
fi
if hold inflight-oob uts; then
	take ns
	dump
	held=${ns//[!0-9]/}
	is "out of band" "$(of "$held" 'holders[0].positions[0].message') $(of "$held" 'holders[0].positions[0].out_of_band') $(of "$held" 'holders[0].positions[#]')" \
		'0 true 1'
	let_go
else
	skip "out of band" "$WHY"
fi
hold bind-here uts
take ns path
dump
held=${ns//[!0-9]/}
is "a mount" "$(of "$held" 'holders[kind=mount].path') $(of "$held" "names[0]")" "$path $path"
mntns=$(of "$held" 'holders[kind=mount].mntns')
is "in its mount namespace" "$(has "namespaces[id=$mntns].type")" mnt
let_go
# shellcheck disable=SC2016
start unshare --user --map-root-user --pid --fork --kill-child -- sh -c 'exec 8</proc/self/ns/uts; echo ready >&9; exec 9>&-; exec sleep 1000'
other=$(pgrep -P "$STARTED")
dump --root "pid:$other"
is "a descriptor that leads out" "$(has "outside[type=uts].references[kind=fd].fd") $(has "outside[type=uts].references[kind=fd].pid")" "8 $other"
is "what it is in outside" "$(has "outside[type=net].references[kind=member].pid")" "$other"
exec 7<"/proc/$other/ns/user"
dump --root "pid:$other"
is "a descriptor from outside" "$(has "namespaces[type=user].holders[pid=$$].outside")" true
exec 7<&-

one_line "no such process" 1 'no such process' procns dump --root pid:999999999
one_line "a process of none of its own" 1 'none but the namespaces the system began with' procns dump --root pid:1
one_line "another type" 1 'is a uts namespace' procns dump --root "$(readlink /proc/self/ns/uts)"
one_line "no such namespace" 1 'no namespace user:[1]' procns dump --root 'user:[1]'
one_line "no such directory" 1 'No such file' procns dump -o "$work/none/x"
one_line "an operand" 1 'unexpected operand' procns dump x

procns dump -o "$work/whole" 2>/dev/null
check "a file is whole" "$JSONGET" format <"$work/whole"
is "and no other is left" "$(echo "$work"/whole*)" "$work/whole"
setpriv --reuid 65534 --regid 65534 --clear-groups -- "$PROCNS" dump >"$work/dump" 2>"$work/dump.err"
is "without rights it ends well" "$?" 0
check "and says what is missing" grep -q '^incomplete: ' "$work/dump.err"
is "in the dump, too" "$(has 'incomplete[#]')" "$(grep -c '^incomplete: ' "$work/dump.err")"
setpriv --reuid 65534 --regid 65534 --clear-groups -- "$PROCNS" dump --strict >/dev/null 2>&1
is "--strict makes it a status" "$?" 3

# ---- diff
mine() { grep -E "\[($user|$(number "$init" uts)|$(number "$init" net)|${new:-none})\]" "$work/diff"; }
since() {
	procns diff "$work/before" >"$work/diff" 2>/dev/null
	mine
}
before() { procns dump -o "$work/before" 2>/dev/null; }

procns dump --root "user:[$user]" -o "$work/before" 2>/dev/null
procns diff "$work/before" "$work/before" >"$work/out"
is "a dump and itself" "$? $(cat "$work/out")" '0 '
procns diff -b "$work/before" "$work/before" >"$work/out"
is "matched by structure" "$? $(cat "$work/out")" '0 '
procns diff "$work/before" >"$work/out" 2>/dev/null
is "a part and now" "$? $(cat "$work/out")" '0 '
procns enter "pid:$init/user" "pid:$init/uts" -- sh -c 'hostname beta 2>/dev/null || echo beta >/proc/sys/kernel/hostname'
procns diff "$work/before" >"$work/diff" 2>/dev/null
is "a host name" "$? $(cat "$work/diff")" "1 ~ uts:[$(number "$init" uts)]: hostname alpha -> beta"
procns diff -J "$work/before" >"$work/dump" 2>/dev/null
is "as JSON" "$? $(has 'changes[0].member') $(has 'changes[0].old') $(has 'changes[0].new') $(has 'changes[#]')" '1 hostname alpha beta 1'
procns dump --root "user:[$user]" -o "$work/after" 2>/dev/null
is "between two files" "$(procns diff "$work/before" "$work/after")" "~ uts:[$(number "$init" uts)]: hostname alpha -> beta"
is "of other boots" "$(sed 's/"boot_id": "/&x/' "$work/before" >"$work/other"; procns diff "$work/other" "$work/after")" \
	"~ uts:[$(number "$init" uts)]: hostname alpha -> beta"

before
hold fd uts
take ns
new=${ns//[!0-9]/}
check "one that was born" grep -qFx "+ uts:[$new]  owner $(readlink /proc/self/ns/user)" <(since)
before
let_go
gone() { since | grep -qFx -- "- uts:[$new]  owner $(readlink /proc/self/ns/user)"; }
check "one that is gone" eventually 20 gone

trouble() { one_line "$1" 2 "$2" procns diff "${@:3}"; }
trouble "no dump" 'which dumps'
trouble "no such file" 'No such file' "$work/none"
echo '{}' >"$work/bad"
trouble "something else" 'not written by' "$work/bad"
head -c 1000 "$work/before" >"$work/bad"
trouble "half of one" 'no JSON, or not all of it' "$work/before" "$work/bad"
trouble "an option that is none" 'unknown' --nonsense "$work/before"
trouble "three" 'unexpected operand' "$work/before" "$work/before" "$work/before"
trouble "two and a part" '--root' --root pid:1 "$work/before" "$work/before"
done_testing
