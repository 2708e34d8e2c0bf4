#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2154 # what a scenario's shell expands; take sets variables
# check --criu: for each rule a scenario, and some that CRIU takes. Where a criu works (CRIU names it, with what it needs before it) it is asked
# about each of them, too: it refuses by a word that was foretold, or takes what we have nothing against.

TEST_SECONDS=280
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"

export READY=$work/ready
trees=()
at_exit fell_all

below() {
	local child
	echo "$1"
	for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do below "$child"; done
}

fell() {
	local pids
	mapfile -t pids < <(below "$1")
	kill -9 "${pids[@]}"
	wait "$1"
} 2>/dev/null

# shellcheck disable=SC2317 # by at_exit
fell_all() { for tree in "${trees[@]}"; do fell "$tree"; done; }

# tree COMMAND...: a tree of processes, quiet, that is as wanted once READY is there; TREE is its root
tree() {
	rm -f "$READY"
	setsid "$@" </dev/null >/dev/null 2>&1 &
	TREE=$!
	trees=("$TREE")
	eventually 10 test -e "$READY" || diag "not as wanted after 10 s: $*"
	read -r -t 0.1 <>"$tap_never"	# the last word of each is exec
}

# the first child of the tree, where that only waits for it
first_child() { read -r TREE _ <"/proc/$TREE/task/$TREE/children"; }

get() { "$top/build/tests/jsonget" "$1" <"$work/json"; }

# Debian's asks for nothing but this; its log goes to CRIU_LOG. 124: it hung.
ask_criu() {
	CRIU_LOG=$work/images/log
	rm -rf "$work/images"
	mkdir "$work/images"
	timeout -k 5 $((20 * ${TEST_PATIENCE:-1})) "${criu[@]}" dump -t "$1" -D "$work/images" -o log -v4 --shell-job --network-lock skip --leave-running \
		>"$work/images/out" 2>&1
}

errors() { grep -hE 'Error|BUG at' "$CRIU_LOG" "$work/images/out" 2>/dev/null | tail -n 8; }

criu_agrees() {
	local text=$1 pid=$2 says status=0
	[ ${#criu[@]} -gt 0 ] || return 0
	ask_criu "$pid" || status=$?
	if [ $status = 0 ]; then
		is "$text: criu takes it, too" "$(get 'criu.refused[*].says')" ''
		return
	fi
	while read -r says; do
		if [ -n "$says" ] && grep -qF -- "$says" "$CRIU_LOG" "$work/images/out" 2>/dev/null; then
			pass "$text: criu says so: $says"
			return
		fi
	done < <(get 'criu.refused[*].says')
	fail "$text: criu says what was foretold" "criu ended with $status: $(errors)"$'\n'"foretold: $(get 'criu.refused[*].says')"
}

# refused TEXT RULE THING [PID]: that is listed, with something about it; the status is 1
refused() {
	local text=$1 rule=$2 thing=$3 pid=${4:-$TREE} status
	procns check -J --criu --root "pid:$pid" >"$work/json" 2>"$work/err"
	status=$?
	if [ $status = 1 ] && [[ $(get "criu.refused[rule=$rule].thing") = *"$thing"* ]] && [ -n "$(get "criu.refused[rule=$rule].says")" ]; then
		pass "$text"
	else
		fail "$text" "status $status, wanted 1 and $rule: $thing"$'\n'"$(cat "$work/json" "$work/err")"
	fi
	criu_agrees "$text" "$pid"
}

# taken TEXT [PID]: nothing is listed
taken() {
	local text=$1 pid=${2:-$TREE} status
	procns check -J --criu --root "pid:$pid" >"$work/json" 2>"$work/err"
	status=$?
	is "$text: nothing is listed" "$status $(get fine)$(get 'criu.refused[*].thing')" "0 true"
	criu_agrees "$text" "$pid"
}

# held KIND TYPE RULE THING: made by nsmake
held() {
	hold "$1" "$2" || { skip "$1 $2: $3" "$WHY"; return; }
	take ns
	refused "$1 $2: $3" "$3" "${4/NS/$ns}" "$HELD_PID"
	let_go
}

# Does a criu work here? It may hang.
read -ra criu <<<"${CRIU:-criu}"
why_no_criu=
tree sh -c 'touch "$READY"; exec sleep 1000'
if ! command -v "${criu[0]}" >/dev/null; then
	why_no_criu="no ${criu[0]} here"
elif ! ask_criu "$TREE"; then
	why_no_criu="criu cannot dump a mere sleep here: $(errors | tail -n 1)"
fi
[ -z "$why_no_criu" ] || { criu=(); skip "criu agrees, in each scenario" "$why_no_criu"; }

# What CRIU takes
taken "a process in our own namespaces"
run procns check --criu --root "pid:$TREE"
is "as text: a line says so" "$STATUS $OUT" "0 criu: nothing that it would refuse was found in the 1 process from $TREE on"
fell "$TREE"
tree unshare --uts --ipc --cgroup sh -c 'sleep 1000 & touch "$READY"; wait'
taken "a uts, an ipc and a cgroup namespace"
fell "$TREE"
tree unshare --fork --time sh -c 'touch "$READY"; exec sleep 1000'
first_child
taken "a time namespace"
fell "${trees[0]}"
tree unshare --user --map-root-user --uts sh -c 'touch "$READY"; exec sleep 1000'
taken "a user namespace, and a uts namespace in it"
fell "$TREE"
tree unshare --fork --pid setsid sh -c 'sleep 1000 & touch "$READY"; wait'
first_child
taken "a pid namespace with its process 1"
fell "${trees[0]}"
tree unshare --uts sh -c 'exec 5</proc/self/ns/uts 6</proc/self/ns/net 7<"$1"; touch "$READY"; exec sleep 1000' sh "/proc/$$/ns/uts"
taken "descriptors of namespaces that the tree or criu is in"
fell "$TREE"

# Kinds that do not nest
nested() {
	tree unshare --uts sh -c 'unshare "$@" sh -c "touch $READY; exec sleep 1000" & wait' sh "${@:2}"
	refused "another $1 namespace below" nested "$1:["
	run procns check --criu --root "pid:$TREE"
	is "another $1 namespace: as text" "$STATUS $(grep -c "^criu refuses: $1:\[.*it would say: Can't dump nested $1 namespace for " <<<"$OUT")" "1 1"
	fell "$TREE"
}
nested uts --uts
nested ipc --ipc
nested cgroup --cgroup
nested user --user
nested pid --fork --pid setsid
nested time --fork --time
hold for_children time && {
	take pid
	refused "the root process's children will be in another time namespace" for_children time: "$pid"
	refused "a child's children will be" for_children time: "$HELD_PID"
	let_go
}

# Users
setsid unshare --user sleep 1000 </dev/null >/dev/null 2>&1 &
TREE=$! trees=($!)
until_runs "$TREE" sleep
refused "a user namespace without a root" map user:
fell "$TREE"
tree unshare --uts unshare --user --map-root-user sh -c 'touch "$READY"; exec sleep 1000'
refused "a uts namespace from outside of the user namespace" owner uts:
fell "$TREE"

# Process 1, and sessions
tree unshare --fork --pid setsid sh -c 'setsid sh -c "touch $READY; exec sleep 1000" & wait'
first_child
first_child
refused "not process 1 of its pid namespace" init pid:
fell "${trees[0]}"
tree unshare --fork --pid sh -c 'touch "$READY"; exec sleep 1000'
first_child
refused "a session of outside" session pid:
fell "${trees[0]}"

# Descriptors, and what is in flight
held fd net fd NS
held fd-opath uts fd NS
held inflight-stream net in_flight 'in flight in stream socket'
held inflight-dgram uts in_flight 'in flight in dgram socket'
held inflight-seqpacket ipc in_flight 'in flight in seqpacket socket'
held inflight-nested net in_flight 'in flight in '
held inflight-unaccepted net in_flight 'not accepted yet'
held io_uring net kind 'anon_inode:[io_uring]'
held fscontext net kind 'anon_inode:[fscontext]'
held inotify net watch 'watch'
held socket-unix net socket 'stream socket'
held socket-packet net socket 'packet socket'
held socket-vsock net socket 'vsock socket'
held socket-unaccepted net socket 'listening'
held tun net tun 'fd '
held detached net file 'fd '
held proc-mounts mnt file '/mounts'
held bind net mount 'mount '
hold shm ipc && {
	refused "SysV memory, and no ipc namespace of its own" shm /SYSV "$HELD_PID"
	let_go
}
if command -v waitpid >/dev/null; then
	setsid waitpid "$$" </dev/null >/dev/null 2>&1 &
	TREE=$! trees=($!)
	until_runs "$TREE" waitpid
	read -r -t 0.3 <>"$tap_never"
	refused "a pidfd of a process outside" pidfd 'pidfd'
	fell "$TREE"
else
	skip "a pidfd of a process outside" "no waitpid here (util-linux 2.39)"
fi

# Mounts
tree unshare --mount sh -c 'touch "$READY"; exec sleep 1000'
refused "files on mounts of outside" file 'fd 0 of '
fell "$TREE"
touch "$work/bound"
tree unshare --mount sh -c 'exec </dev/null >/dev/null 2>&1; mount --bind /proc/self/ns/uts "$1"; touch "$READY"; exec sleep 1000' sh "$work/bound"
refused "the file of a namespace is mounted" mount "mount $work/bound in mnt:["
fell "$TREE"

tree unshare --mount sh -c 'exec </dev/null >/dev/null 2>&1; mount -t ramfs r /mnt; touch "$READY"; exec sleep 1000'
refused "a filesystem criu does not know" filesystem "mount /mnt in mnt:["
fell "$TREE"

# What other mounts there are decides about these; where criu works, nothing else stands in the way.
quiet_mounts='exec </dev/null >/dev/null 2>&1
	for m in $(awk "\$3 !~ /^(proc|sysfs|devtmpfs|devpts|tmpfs|mqueue|cgroup2|rootfs)$/ { print \$2 }" /proc/self/mounts); do umount -l $m; done'
if [ ${#criu[@]} -gt 0 ]; then
	tree unshare --mount sh -c "$quiet_mounts"'; unshare --mount sh -c "touch $READY; exec sleep 1000" </dev/null >/dev/null 2>&1 & wait'
	taken "a mount namespace below another, with files of the outer one open"
	fell "$TREE"
	tree unshare --mount sh -c "$quiet_mounts"'; unshare --mount sh -c "exec </dev/null >/dev/null 2>&1; touch $READY; exec sleep 1000" & wait'
	taken "a mount namespace below another"
	fell "$TREE"
fi

# Links. From Linux 7 on, where UDP-Lite is gone, CRIU 4.1.1 dumps no net namespace at all.
tree unshare --net sh -c 'touch "$READY"; exec sleep 1000'
if [ ${#criu[@]} -gt 0 ] && ! ask_criu "$TREE" && ! grep -q 'Dumping netns links' "$CRIU_LOG"; then
	skip "criu agrees on links" "criu dumps no net namespace here: $(grep -h 'proto IPPROTO_.*: -' "$CRIU_LOG" | tail -n 1) $(errors | tail -n 1)"
	criu=()
fi
fell "$TREE"
tree unshare --net sh -c 'for kind in dummy vxlan\ id\ 7\ dstport\ 4789 ifb; do ip link add d0 type $kind && break; done; touch "$READY"; exec sleep 1000'
if nsenter --net --target "$TREE" ip link show d0 >/dev/null 2>&1; then
	refused "a link criu can't make" link "link d0 of net:["
else
	skip "a link criu can't make" "this kernel makes none, neither dummy nor vxlan nor ifb"
fi
fell "$TREE"
hold tun net && {
	take ns
	tree "$PROCNS" enter "$ns" -- sh -c 'touch "$READY"; exec sleep 1000'
	refused "a tun device that a process outside has open" tun_link "of $ns"
	fell "$TREE"
	let_go
}

if [ ${#criu[@]} -gt 0 ]; then
	if modprobe nf_conntrack_netlink 2>/dev/null; then
		tree unshare --net sh -c 'ip link add b0 type bridge; ip link add v0 type veth peer name v1
			unshare --net sh -c "touch $READY; exec sleep 1000" & wait'
		taken "net namespaces, one below another, with a bridge and a pair"
		fell "$TREE"
	else
		skip "net namespaces" "criu needs nf_conntrack_netlink for that, which this kernel lacks"
	fi
fi

# Trouble
one_line "--criu alone" 2 "--criu and --root are given together" procns check --criu
one_line "--root alone" 2 "--criu and --root are given together" procns check --max net=1 --root pid:1
one_line "--root: not a process" 2 "not a process as pid:1234 is" procns check --criu --root "user:[4026531837]"
one_line "--root: no such process" 2 "pid:999999999: no such process" procns check --criu --root pid:999999999
done_testing
