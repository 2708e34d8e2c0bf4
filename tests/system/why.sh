#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2119 # let_go needs no argument
# why: every kind of holder is named exactly, down to the process and descriptor, accounts for the references, and vanishes from
# the answer when it is released.

# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"

# What the first line of a holder has to say, as a pattern with the fields of nsmake's line, by kind.
expect() {
	case $1 in
	process) echo "member * $pid (*" ;;
	thread) echo "member * thread $tid of $pid (*" ;;
	fd) echo "descriptor * fd $fd of $pid (nsmake)*" ;;
	fd-opath) echo "descriptor * fd $fd of $pid (nsmake), O_PATH*" ;;
	fd-thread) echo "descriptor * fd $fd of thread $tid of $pid (nsmake), in the thread's own table*" ;;
	for_children) echo "for children * the next child of $pid (nsmake)*" ;;
	bind | bind-other-mntns) echo "bind mount * $path in $mntns (nsmake, $pid)*umount $path" ;;
	bind-here) echo "bind mount * $path in $mntns (*umount $path" ;;
	detached) echo "bind mount * detached * fd $fd of $pid (nsmake)*" ;;
	inflight-stream) echo "in flight * in stream socket $chain * fd $fd of $pid (nsmake)*" ;;
	inflight-dgram) echo "in flight * in dgram socket $chain * fd $fd of $pid (nsmake)*" ;;
	inflight-seqpacket) echo "in flight * in seqpacket socket $chain * fd $fd of $pid (nsmake)*" ;;
	inflight-oob) echo "in flight * in stream socket $chain * fd $fd of $pid (nsmake)*" ;;
	inflight-nested) echo "in flight * socket ${chain%,*} * in flight in * socket ${chain#*,} * fd $fd of $pid (nsmake)*" ;;
	inflight-deep2) echo "in flight * socket ${chain%%,*} * socket ${chain##*,} * fd $fd of $pid (nsmake)*" ;;
	inflight-unaccepted) echo "in flight * not accepted yet * socket ${chain#*,} listening * fd $fd of $pid (nsmake)*" ;;
	socket-unix | socket-tcp | socket-tcp6 | socket-udp | socket-udp6 | socket-raw | socket-packet | socket-netlink | socket-vsock | socket-xdp)
		echo "socket * socket $socket*, fd $fd of $pid (nsmake)*" ;;
	socket-inflight) echo "socket * udp socket $socket* in flight in * socket ${chain%%,*} * fd $fd of $pid (nsmake)*" ;;
	socket-unaccepted) echo "socket * tcp socket $socket listening *, fd $fd of $pid (nsmake)*" ;;
	closed-sender) echo "socket * closed* in flight in dgram socket $chain* fd $fd of $pid (nsmake)*" ;;
	closed-peer) echo "socket * closed* fd $fd of $pid (nsmake)*" ;;
	tun | tun-open | tun-moved) echo "tun * fd $fd of $pid (nsmake)*" ;;
	tun-inflight) echo "tun * in flight in stream socket $chain * fd $fd of $pid (nsmake)*" ;;
	proc-mounts) echo "proc file * fd $fd of $pid (nsmake), /proc/*/mounts*" ;;
	proc-mountinfo) echo "proc file * fd $fd of $pid (nsmake), /proc/*/mountinfo*" ;;
	proc-net) echo "proc file * fd $fd of $pid (nsmake), /proc/*/net/dev*" ;;
	proc-net-single) echo "proc file * fd $fd of $pid (nsmake), /proc/*/net/sockstat*" ;;
	shm) echo "shm segment * mapped by $pid (nsmake)*" ;;
	cgroup-file) echo "cgroup file * fd $fd of $pid (nsmake)*" ;;
	pidfd) echo "pidfd * fd $fd of $pid (nsmake), of a task that ended*" ;;
	io_uring) echo "io_uring * fixed file of a ring * fd $fd of $pid (nsmake)*" ;;
	file-cred) echo "credentials * fd $fd of $pid (nsmake)*" ;;
	superblock) echo "superblock * $fstype $device on $path in $mntns (nsmake, $pid)*umount $path" ;;
	owner) echo "owns * $owned*" ;;
	parent) echo "child * $child*" ;;
	scenario-mn) echo "bind mount * $path in $mntns * umount $path" ;;
	*) return 1 ;;
	esac
}

# Whether one line of the answer matches, its branches and runs of blanks aside.
says() {
	local pattern=${1/ \* / *} line
	pattern=${pattern//[/\\[}
	while IFS= read -r line; do
		# shellcheck disable=SC2053 # a pattern on purpose
		[[ $line = $pattern ]] && return 0
	done < <(sed 's/^[^a-z]*//; s/  */ /g' <<<"$OUT")
	return 1
}

# All references accounted for, where there is a count at all; of user namespaces some never are.
accounts() {
	[[ $1 = user:* || $2 != *" reference"* ]] || [[ $2 =~ \ ([0-9]+)\ references?,\ ([0-9]+)\ explained$ && ${BASH_REMATCH[1]} = "${BASH_REMATCH[2]}" ]]
}

# What just ended may be counted for some moments after nothing of it can be seen: the kernel frees later than it lets go.
explained() {
	run procns why "$1"
	accounts "$1" "${OUT%%$'\n'*}"
}

gone() { ! procns why "$1" >/dev/null 2>&1; }

try() {
	local kind=$1 type=$2 pattern ns pid='' tid='' fd='' path='' mntns='' chain='' socket='' fstype='' device='' owned='' child=''
	if ! hold "$kind" "$type"; then
		skip "$kind, $type" "$WHY"
		return
	fi
	take ns pid tid fd path mntns chain socket fstype device owned child
	pattern=$(expect "$kind")
	run procns why "$ns"
	if says "$pattern"; then pass "$kind, $type: named"; else fail "$kind, $type: named" "wanted: $pattern"$'\n'"$OUT$ERR"; fi
	if eventually 10 explained "$ns"; then pass "$kind, $type: accounts for all"; else fail "$kind, $type: accounts for all" "$OUT"; fi
	let_go
	check "$kind, $type: gone when released" eventually 15 gone "$ns"
}

while read -r kind types _; do
	expect "$kind" >/dev/null || continue
	try "$kind" "${types%%,*}"
	# the last type too: user namespaces are counted in another way, uts stands for the rest; emulated, there is no time for both
	[ "${types%%,*}" = "${types##*,}" ] || [ -n "${ONE_TYPE:-}" ] || try "$kind" "${types##*,}"
done < <("$NSMAKE" list)

if hold scenario-mn; then
	take ns mntns chain pid fd
	# shellcheck disable=SC2154 # take sets them
	procns why "$ns" >"$work/why"
	# shellcheck disable=SC2154
	check "the scenario: from N by its mount in M to the process and descriptor" \
		grep -q "socket ${chain%%,*} .*socket ${chain##*,} .*fd $fd of $pid (nsmake)" "$work/why"
	is "--depth 0 stops at the holder" "$(procns why --depth 0 "$ns" | wc -l)" 2
	check "-J tells of M too" grep -qF "\"$mntns\"" <<<"$(procns why -J "$ns")"
	check "--dot is a graph" grep -q '^digraph' <<<"$(procns why --dot "$ns")"
	procns why --orphans >"$work/orphans"
	is "--orphans: there are some" $? 4
	check "--orphans names it" grep -qF "$ns" "$work/orphans"
	procns why --all >"$work/all"
	check "--all names it" grep -qF "$mntns" "$work/all"
	let_go
fi

orphan() { procns why --orphans | grep -qF "$1"; }
not_orphan() { ! orphan "$1"; }

# one descriptor, socket, message or mount, also where the descriptor is that of a detached mount
for kind in fd fd-opath bind detached inflight-nested socket-udp; do
	hold $kind uts 2>/dev/null || hold $kind || { skip "--orphans: $kind" "$WHY"; continue; }
	take ns
	check "--orphans names what only $kind holds" orphan "$ns"
	let_go
done
if hold bind-several; then
	take ns
	check "--orphans: not what several hold" not_orphan "$ns"
	let_go
fi

if hold inflight-cycle uts; then
	take ns
	run timeout 20 "$PROCNS" why "$ns"
	is "sockets in flight in each other end" "$STATUS" 0
	run timeout 20 "$PROCNS" why -J "$ns"
	is "in JSON too" "$STATUS" 0
	check "and it says where it was met before" grep -q '"again": [0-9]' <<<"$OUT"
	let_go
fi

is "an initial namespace has no count" "$(procns why /proc/self/ns/user | head -n 1 | grep -c reference)" 0
one_line "no operand" 1 "which namespace?" procns why
one_line "no such namespace" 1 "net:[1]" procns why "net:[1]"
one_line "a depth that is none" 1 "not a number of steps" procns why --depth x /proc/self/ns/net
one_line "operands beside --all" 1 "choose the namespaces themselves" procns why --all /proc/self/ns/net
run setpriv --reuid 65534 --regid 65534 --clear-groups "$PROCNS" why --strict /proc/self/ns/net
is "an unprivileged caller is told what is missing, and by the status" "$STATUS $(grep -c '^incomplete:' <<<"$ERR" | sed 's/[1-9][0-9]*/said/')" "3 said"
run setpriv --reuid 65534 --regid 65534 --clear-groups "$PROCNS" why -J /proc/self/ns/net
is "so is one that asks for JSON" "$("$top/build/tests/jsonget" 'incomplete[#]' <<<"$OUT")" "$(grep -c '^incomplete:' <<<"$ERR")"
done_testing
