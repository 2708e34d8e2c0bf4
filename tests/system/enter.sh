#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2119 # let_go needs no argument
# enter, open, pin, unpin: a way into every namespace, whatever keeps it.

# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "entering namespaces needs root"

# Kinds no kernel before 6.18 gives a way to without the module: nothing but the kernel has them.
no_way_before_handles=(inflight-unaccepted inflight-unaccepted-nested inflight-oob io_uring inotify fscontext superblock shm
	proc-mounts proc-mountinfo proc-net proc-net-single cgroup-file pidfd file-cred closed-peer closed-sender
	socket-unaccepted for_children for_children-thread)
# The mount is there, below another that covers the root: no path leads under it.
no_way_before_handles+=(scenario-mn)
# Nobody has the descriptor to be asked for a copy, which is the way to those of other tuns.
no_way_before_handles+=(tun-inflight)

has_handles() {
	[ "$(printf '%s\n' 6.18 "$(uname -r)" | sort -V | head -n 1)" = 6.18 ] || [ -e /proc/namespaces/. ]
}

in_list() {
	local word=$1
	shift
	[[ " $* " = *" $word "* ]]
}

# A namespace kept only by a socket or the kernel is not active: 6.19 and later refuse its handle.
opens_by_its_name() {
	local kind=$1 type=$2 ns
	if ! hold "$kind" "$type"; then
		skip "open: $kind, $type" "$WHY"
		return
	fi
	take ns
	run procns open "$ns" -- stat -Lc %i /proc/self/fd/3
	if [ "$STATUS" = 0 ]; then
		is "open: $kind, $type" "$type:[$OUT]" "$ns"
	elif has_handles && ! [[ $ERR = *"Stale file handle"* ]]; then
		fail "open: $kind, $type" "$ERR"
	elif in_list "$kind" "${no_way_before_handles[@]}" || [[ $ERR = *"Stale file handle"* ]]; then
		is "open: $kind, $type: no way, and said in one line" \
			"$([ "$STATUS" = 1 ] && [[ $ERR = "procns open: "*"$ns"* ]] && echo said)" said
	else
		fail "open: $kind, $type" "$ERR"
	fi
	let_go
}

while read -r kind types _; do
	[ "$kind" != for_children-empty ] || continue
	opens_by_its_name "$kind" "${types%%,*}"
done < <("$NSMAKE" list)

# With these alone no kernel opens its handle: what is left to ask is who has the tun.
if ! source_works bpf; then
	skip "open: a tun descriptor that no process has" "bpf does not work here"
elif ! hold tun-inflight; then
	skip "open: a tun descriptor that no process has" "$WHY"
else
	take ns
	run setpriv --inh-caps=-all --bounding-set=-all,+bpf,+perfmon,+sys_ptrace "$PROCNS" open "$ns" -- true
	is "open: a tun descriptor that no process has is no way, and that is said" \
		"$STATUS $([[ $ERR = *"no process is known that has it open"* ]] && echo said || echo "$ERR")" "1 said"
	let_go
fi

for type in cgroup ipc mnt net pid time user uts; do
	hold fd "$type" || { skip "enter: $type" "$WHY"; continue; }
	take ns
	link=$type
	if [ "$type" = pid ]; then
		# its init is gone: it can be joined, and takes no process
		run procns enter "$ns" -- true
		is "enter: a pid namespace whose init ended says so" "$STATUS $([[ $ERR = *"takes no more"* ]] && echo said)" "1 said"
	else
		run procns enter "$ns" -- readlink "/proc/self/ns/$link"
		is "enter: $type" "$OUT" "$ns"
	fi
	let_go
done

if hold process pid; then
	take pid ns
	run procns enter "$ns" -- readlink /proc/self/ns/pid
	is "enter: pid, with an init" "$OUT" "$ns"
	run procns enter "pid:$pid" -- sh -c 'exit 7'
	is "enter: the command's status" "$STATUS" 7
	# shellcheck disable=SC2016 # for the shell inside
	run procns enter "pid:$pid" -- sh -c 'kill -9 $$'
	is "enter: the signal that ended it" "$STATUS" 137
	let_go
else
	skip "enter: pid, with an init" "$WHY"
fi

# A task that is root in a user namespace of its own, in namespaces that one owns, and in one that it does not.
unshare --user --map-root-user --mount --uts --net --ipc --fork sleep 60 &
sleeper=$!
at_exit kill "$sleeper"
eventually 5 pgrep -P "$sleeper" sleep
pid=$(pgrep -P "$sleeper" sleep)
wanted=$(for type in user mnt uts net ipc cgroup; do readlink "/proc/$pid/ns/$type"; done)
# shellcheck disable=SC2016 # for the shell inside
run procns enter "pid:$pid" -- sh -c 'for type in user mnt uts net ipc cgroup; do readlink /proc/self/ns/$type; done; id -u'
is "enter: all of a task's, a user namespace among them" "$OUT" "$wanted"$'\n'0
run procns enter -t net,uts "pid:$pid" -- readlink /proc/self/ns/net /proc/self/ns/uts /proc/self/ns/ipc
is "enter: some types of a task's" "$OUT" "$(readlink "/proc/$pid/ns/net" "/proc/$pid/ns/uts" /proc/self/ns/ipc)"
run procns enter "pid:$pid/user" /proc/self/ns/net -- readlink /proc/self/ns/net /proc/self/ns/user
is "enter: a user namespace and one it does not own" "$OUT" "$(readlink /proc/self/ns/net "/proc/$pid/ns/user")"

# shellcheck disable=SC2016 # for the shell inside
run procns open "pid:$pid/net" -- sh -c 'echo $PROCNS_FD; readlink /proc/self/fd/3'
is "open: PROCNS_FD says which descriptor" "$OUT" "3"$'\n'"$(readlink "/proc/$pid/ns/net")"
exec 3</dev/null
run procns open "pid:$pid/uts" -- readlink /proc/self/fd/3
is "open: though descriptor 3 was in use" "$OUT" "$(readlink "/proc/$pid/ns/uts")"
exec 3<&-

if hold fd net; then
	take ns
	mkdir "$work/pins"
	check "pin makes the file and keeps the namespace" procns pin "$ns" "$work/pins/blue"
	let_go
	is "pin: it lives by that alone" "$(procns enter "$work/pins/blue" -- readlink /proc/self/ns/net)" "$ns"
	one_line "pin: twice at one place is refused" 1 "pinned there already" procns pin /proc/self/ns/net "$work/pins/blue"
	check "unpin" procns unpin "$work/pins/blue"
	is "unpin leaves no file" "$(ls "$work/pins")" ""
	one_line "unpin: no such pin" 1 "No such file" procns unpin "$work/pins/blue"
	one_line "unpin: not a pin" 1 "no namespace is pinned there" procns unpin /etc/passwd
	ln -s /proc/self/ns/net "$work/pins/link"
	one_line "unpin: a link to a namespace is no pin" 1 "no namespace is pinned there" procns unpin "$work/pins/link"
	one_line "pin: no directory" 1 "cannot make" procns pin /proc/self/ns/net "$work/none/blue"
	one_line "pin: a mount namespace in itself leaves nothing behind" 1 "cannot pin" procns pin /proc/self/ns/mnt "$work/pins/mnt"
	is "pin: nothing left behind" "$(ls "$work/pins")" link
else
	skip "pin and unpin" "$WHY"
fi

one_line "enter: no operand" 1 "which namespaces?" procns enter
one_line "enter: no such namespace" 1 "net:[1]" procns enter "net:[1]"
one_line "enter: no such process" 1 "/proc/4194304/ns" procns enter pid:4194304
one_line "enter: two of a type" 1 "a second net namespace" procns enter "pid:$pid/net" /proc/self/ns/net -- true
one_line "enter: unknown type" 1 "unknown namespace type: nett" procns enter -t nett "pid:$pid"
one_line "enter: a command that is not there" 127 "cannot run /no/such" procns enter "pid:$pid/uts" -- /no/such
one_line "enter: a file that is none" 1 "not a namespace" procns enter /etc/passwd
one_line "open: no command" 1 "what to run?" procns open /proc/self/ns/net
one_line "open: two namespaces" 1 "one namespace only" procns open /proc/self/ns/net /proc/self/ns/uts -- true
one_line "pin: one operand" 1 "NS PATH" procns pin /proc/self/ns/net
done_testing
