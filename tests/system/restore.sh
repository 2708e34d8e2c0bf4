#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# procns restore: random dumps that nobody has made yet are made, and dumped, and that is the same but for numbers; so are random graphs made
# by another program. What cannot be made is refused before, or leaves nothing behind.
# RESTORE_GRAPHS says how many of each (10), RESTORE_SEED the first seed (1).

TEST_SECONDS=600
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"
: "${DUMPGEN:=$top/build/tests/dumpgen}" "${JSONGET:=$top/build/tests/jsonget}" "${RESTORE_GRAPHS:=10}" "${RESTORE_SEED:=1}"
holder='' maker='' group=''
[ -x "$DUMPGEN" ] || skip_all "no program at $DUMPGEN"

# where control groups are; one that may be a root, where there are any
for cgroups in /sys/fs/cgroup /sys/fs/cgroup/unified; do
	[ "$(stat -f -c %T "$cgroups" 2>/dev/null)" != cgroup2fs ] || { group=/procns-restore-$$; break; }
done
if [ -n "$group" ] && mkdir "$cgroups$group" 2>/dev/null; then
	at_exit rmdir "$cgroups$group"
else
	group=''
fi

let_holder_go() {
	[ -z "$holder" ] || end "$holder"
	holder=''
}
let_maker_go() {
	[ -z "$maker" ] || { kill -KILL "$maker"; wait "$maker"; } 2>/dev/null
	maker=''
}
at_exit let_holder_go
at_exit let_maker_go

# hold_restored DUMP [OPTION...]: in $work/made is what it prints
hold_restored() {
	local file=$1
	shift
	: >"$work/made"
	"$PROCNS" restore --hold "$@" "$file" >"$work/made" 2>"$work/made.err" &
	holder=$!
	eventually 60 eval '[ -s "$work/made" ] || ! kill -0 $holder' && [ -s "$work/made" ]
}

# the number of the namespace of that id in what was made
made() { sed -n "s/^$1 \([a-z]*:\[[0-9]*\]\).*/\1/p" "$work/made"; }

# remade FROM TO: restores it, dumps what came of it, compares
remade() {
	local status
	hold_restored "$1" || { cat "$work/made.err"; return 1; }
	procns dump --root "$(made ns1)" -o "$2" 2>"$work/dump.err" && procns diff -sb "$1" "$2"
	status=$?
	[ $status = 0 ] || cat "$work/dump.err"
	let_holder_go
	return $status
}

count() { "$JSONGET" 'namespaces[#]' <"$1"; }

for ((i = 0; i < RESTORE_GRAPHS; i++)); do
	seed=$((RESTORE_SEED + i))
	"$DUMPGEN" $seed $group >"$work/generated"
	check "a random dump of $(count "$work/generated") namespaces, seed $seed, is made" remade "$work/generated" "$work/first"
	check "and made once more" remade "$work/first" "$work/second"
done

# make_graph SEED: in a user namespace of its own, $user
make_graph() {
	local graph line=''
	# a new one each time: who had the last may be about to end
	rm -f "$work/graph"
	mkfifo "$work/graph"
	unshare --user --map-root-user --mount --pid --fork --mount-proc --kill-child -- \
		"$NSMAKE" -s graph "$1" </dev/null >"$work/graph" 2>"$work/graph.err" &
	maker=$!
	exec {graph}<"$work/graph"
	while IFS= read -r -t 60 -u "$graph" line && [ "$line" != end ]; do :; done
	exec {graph}<&-
	user=$(readlink "/proc/$maker/ns/user")
	[ "$line" = end ] || { cat "$work/graph.err"; return 1; }
}

graph_is_remade() {
	local status
	make_graph "$1" && procns dump --root "$user" -o "$work/first" 2>"$work/dump.err" && remade "$work/first" "$work/second"
	status=$?
	[ $status = 0 ] || { echo "of $user:"; cat "$work/dump.err"; }
	let_maker_go
	return $status
}

for ((i = 0; i < RESTORE_GRAPHS; i++)); do
	check "a random graph of seed $((RESTORE_SEED + i)) is made again" graph_is_remade $((RESTORE_SEED + i))
done

# a test that notices nothing tests nothing
"$DUMPGEN" 5 $group >"$work/generated"
sed 's/"hostname": "/&x/; s/"boottime": \[/&1/' "$work/generated" >"$work/other"
hold_restored "$work/other" && procns dump --root "$(made ns1)" -o "$work/first" 2>/dev/null
let_holder_go
procns diff -sb "$work/generated" "$work/first" >"$work/diff"
is "a difference is noticed" "$?" 1
check "and told" grep -q '^~ uts:.*: hostname' "$work/diff"

# setgroups: forbidden below who maps himself alone, else allowed
unshare --user --map-root-user -- unshare --user -- sleep 1000 &
denied=$!
unshare --user -- sleep 1000 &
allowed=$!
at_exit end $denied $allowed
until_runs $denied sleep
until_runs $allowed sleep
setgroups_again() {	# PID: what the dump says, what the dump of what was restored says, what the kernel says in it
	local user
	user=$(readlink "/proc/$1/ns/user")
	procns dump --root "$user" -o "$work/first" 2>/dev/null && hold_restored "$work/first" || return
	"$top/build/tests/jsonget" 'namespaces[0].setgroups' <"$work/first"
	procns dump --root "$(made ns1)" 2>/dev/null | "$top/build/tests/jsonget" 'namespaces[0].setgroups'
	procns enter "$(made ns1)" -- cat /proc/self/setgroups
	procns diff -sb "$work/first" <(procns dump --root "$(made ns1)" 2>/dev/null)
	let_holder_go
}
is "setgroups: denied in the dump, when restored, and by the kernel" "$(setgroups_again $denied | xargs)" "deny deny deny"
is "setgroups: allowed" "$(setgroups_again $allowed | xargs)" "allow allow allow"
sed 's/"setgroups": "allow"/"setgroups": "maybe"/' "$work/first" >"$work/other"
one_line "setgroups: neither" 1 'setgroups is neither allow nor deny: maybe' procns restore --pins "$work/none" "$work/other"

# ---- pins
pins=$work/pins
let_pins_go() { [ ! -d "$pins" ] || procns restore --undo "$pins"; }
at_exit let_pins_go
listed() { procns ls -nr -o NAMESPACE 2>/dev/null | sort; }
nothing_new() { [ -z "$(comm -13 "$work/before" <(listed))" ]; }
remember() { listed >"$work/before"; }
no_pause() { ! pgrep -x procns-pause >/dev/null; }

cat >"$work/small" <<END
{"format": "procns-dump", "version": 1, "system": {"release": null, "boot_id": null}, "root": null, "outside": [], "namespaces": [
{"id": "ns1", "type": "user", "inum": 1, "kernel_id": null, "initial": false, "owner": null, "parent": null, "uid_map": [[0, 1000, 100]],
 "gid_map": [[0, 2000, 100]], "creator": 0, "names": [], "nprocs": 0, "nthreads": 0, "members": [], "holders": []},
{"id": "ns2", "type": "pid", "inum": 2, "kernel_id": null, "initial": false, "owner": "ns1", "parent": null, "names": [], "nprocs": 0,
 "nthreads": 0, "members": [], "holders": []},
{"id": "ns3", "type": "pid", "inum": 3, "kernel_id": null, "initial": false, "owner": "ns1", "parent": "ns2", "names": [], "nprocs": 0,
 "nthreads": 0, "members": [], "holders": []},
{"id": "ns4", "type": "mnt", "inum": 4, "kernel_id": null, "initial": false, "owner": "ns1", "names": [], "nprocs": 0, "nthreads": 0,
 "members": [], "holders": []},
{"id": "ns5", "type": "uts", "inum": 5, "kernel_id": null, "initial": false, "owner": "ns1", "hostname": "alpha", "domainname": "beta",
 "names": [], "nprocs": 0, "nthreads": 0, "members": [], "holders": []},
{"id": "ns6", "type": "time", "inum": 6, "kernel_id": null, "initial": false, "owner": "ns1", "offsets": {"monotonic": [1000000, 0],
 "boottime": [2000000, 0]}, "names": [], "nprocs": 0, "nthreads": 0, "members": [], "holders": []}]}
END

remember
run procns restore --pins "$pins" "$work/small"
is "pins are made" "$STATUS $(ls "$pins" | tr '\n' ' ')" '0 mnt-ns4 pid-ns2 pid-ns3 time-ns6 user-ns1 uts-ns5 '
is "a line tells of each" "$(cut -d' ' -f1 <<<"$OUT" | tr '\n' ' ')" 'ns1 ns2 ns3 ns4 ns5 ns6 '
is "one enters and finds the name" "$(procns enter "$pins/uts-ns5" -- uname -n)" alpha
is "one enters the pid namespace below another" "$(procns enter "$pins/pid-ns3" -- sh -c 'echo $$')" 2
is "the maps are there" "$(procns ls -nr -o MAPS "$(sed -n 's/^ns1 \(user:[^ ]*\).*/\1/p' <<<"$OUT")" 2>/dev/null | head -n 1; procns enter "$pins/user-ns1" -- cat /proc/self/uid_map | tr -s ' ')" \
	"$(procns ls -nr -o MAPS "$(sed -n 's/^ns1 \(user:[^ ]*\).*/\1/p' <<<"$OUT")" 2>/dev/null | head -n 1; echo ' 0 1000 100')"
is "the clock is ahead" "$(procns enter "$pins/time-ns6" -- sh -c 'cut -d. -f1 /proc/uptime' | cut -c1)" 2
check "the mount namespace has no pins" eval '! procns enter "$pins/mnt-ns4" -- cat /proc/self/mounts | grep -q "$pins/"'
is "a first process stays in each pid namespace" "$(pgrep -cx procns-pause)" 2
one_line "pins that are there are not touched" 1 'is there already' procns restore --pins "$pins" "$work/small"
check "undo" procns restore --undo "$pins"
is "leaves nothing in the directory" "$(ls "$pins")" ''
check "and no process" eventually 20 no_pause
check "and no namespace" eventually 30 nothing_new
rmdir "$pins"

run procns restore -J --pins "$pins" "$work/small"
is "JSON tells of each" "$("$JSONGET" 'restored[id=ns5].path' <<<"$OUT") $("$JSONGET" 'restored[#]' <<<"$OUT")" "$pins/uts-ns5 6"
procns restore --undo "$pins"
rmdir "$pins"
check "a held one with pins is made" hold_restored "$work/small" --pins "$pins"
check "and pinned" [ -e "$pins/uts-ns5" ]
let_holder_go
check "its end removes the pins and the directory" [ ! -e "$pins" ]
check "and everything else" eventually 30 nothing_new
hold_restored "$work/small"
kill -KILL "$holder"
let_holder_go
check "killed, it leaves nothing either" eventually 30 eval 'no_pause && nothing_new'
procns restore --dry-run "$work/small" >"$work/out" 2>&1
is "a dry run says and makes nothing" "$? $(cat "$work/out")" '0 '

# ---- refused before anything is made
refused() { one_line "$1" 1 "$2" procns restore --pins "$pins" "$work/bad"; }
head -c 900 "$work/small" >"$work/bad"
refused "a dump that is cut off" 'no JSON, or not all of it'
sed 's/"version": 1/"version": 9/' "$work/small" >"$work/bad"
refused "another version" 'version 9'
sed 's/"owner": "ns1", "parent": "ns2"/"owner": "ns1", "parent": "ns3"/' "$work/small" >"$work/bad"
refused "a cycle" 'none that stands before it'
sed 's/\[\[0, 1000, 100\]\]/null/; s/\[\[0, 2000, 100\]\]/null/' "$work/small" >"$work/bad"
refused "id maps that are not known" 'does not know its id maps'
sed 's/"type": "uts"/"type": "cgroup", "cgroup_root": "\/no\/such\/group"/' "$work/small" >"$work/bad"
refused "a control group that is not here" "$([ -n "$group" ] && echo 'no control group /no/such/group' || echo 'cgroup')"
head -c 300000 /dev/zero | tr '\0' '[' >"$work/bad"
refused "brackets without end" 'no JSON'
printf '{"format": "procns-dump", "version": 1, "system": {"release": null, "boot_id": null}, "root": null, "outside": [], "namespaces": []}' >"$work/bad"
refused "nothing to restore" 'nothing to restore'
one_line "no such file" 1 'No such file' procns restore --pins "$pins" "$work/none"
one_line "a file for a directory" 1 'is no directory' procns restore --pins "$work/small" "$work/small"
one_line "nobody to keep them" 1 'who is to keep them' procns restore "$work/small"
one_line "no directory to make one in" 1 'No such file' procns restore --pins "$work/none/none" "$work/small"
check "nothing was made" eval 'no_pause && [ ! -e "$pins" ]'
check "no namespace either" eventually 30 nothing_new

# ---- half-way
# limited TYPE COMMAND...: in a user namespace of its own that may have no namespace of that type
limited() {
	local limit=$1
	shift
	unshare --user --map-root-user --mount -- sh -c 'echo 0 >/proc/sys/user/max_'"$limit"'_namespaces && shift && exec "$@"' sh sh "$@"
}
sed 's/\[\[0, 1000, 100\]\]/[[0, 0, 1]]/; s/\[\[0, 2000, 100\]\]/[[0, 0, 1]]/' "$work/small" >"$work/nested"
if unshare --user --map-root-user --mount -- true 2>/dev/null; then
	check "in a user namespace it works, too" unshare --user --map-root-user --mount -- \
		sh -c '"$0" restore --pins "$1" "$2" && "$0" restore --undo "$1" && rmdir "$1"' "$PROCNS" "$pins" "$work/nested"
	one_line "a limit is met half-way" 1 'cannot restore ns5, a uts namespace: making it: No space left on device' \
		limited uts "$PROCNS" restore --pins "$pins" "$work/nested"
	check "nothing is left of it" eventually 30 eval 'no_pause && [ ! -e "$pins" ] && nothing_new'
	one_line "ids the caller does not have" 1 'cannot restore ns1, a user namespace: writing its uid_map: Operation not permitted' \
		unshare --user --map-root-user --mount -- "$PROCNS" restore --pins "$pins" "$work/small"
	check "nothing is left of it either" eventually 30 eval 'no_pause && [ ! -e "$pins" ] && nothing_new'
else
	skip "half-way in a user namespace" "this user may make none"
fi

# a directory that has room for a file or two
full_directory() {
	mount -t tmpfs -o nr_inodes=4,size=64k none "$work/full" && mkdir "$work/full/pins" &&
		! "$PROCNS" restore --pins "$work/full/pins" "$work/small" 2>"$work/full.err" && [ -z "$(ls "$work/full/pins")" ] &&
		! grep -q " $work/full/pins/" /proc/self/mounts
}
mkdir "$work/full"
export -f full_directory
export work PROCNS
check "a directory that is full half-way is left empty" unshare --mount --propagation private -- bash -c full_directory
check "and nothing else is left" eventually 30 eval 'no_pause && nothing_new'

# the first processes cannot be started: the kernel's limit of pid namespaces above each other is met in the middle
for ((i = 0; i < 33; i++)); do
	echo "${i:+$([ $i -gt 0 ] && echo ,)}{\"id\": \"ns$((i + 1))\", \"type\": \"pid\", \"inum\": $((i + 1)), \"kernel_id\": null, \"initial\": false,
\"owner\": null, \"parent\": $([ $i -gt 0 ] && echo "\"ns$i\"" || echo null), \"names\": [], \"nprocs\": 0, \"nthreads\": 0, \"members\": [], \"holders\": []}"
done >"$work/chain"
{ sed -n 1p "$work/small"; cat "$work/chain"; echo ']}'; } >"$work/deep"
one_line "too deep half-way" 1 'a pid namespace: making it: No space left on device' procns restore --pins "$pins" "$work/deep"
check "and nothing is left" eventually 30 eval 'no_pause && [ ! -e "$pins" ] && nothing_new'
done_testing
