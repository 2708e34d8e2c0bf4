#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2119,SC2317 # let_go needs no argument; functions are called by name
#
# The capabilities that --help has for each command are those it needs: with exactly these it says what root's whole set lets it say (its
# own dropping prevented, by a preloaded library); without any one of them something is missing, and is said to be. What a running command
# has left, and what it hands on.
#
# Dropping costs nothing that can be seen, also where CAP_SYS_PTRACE is lacking: then /proc compares whole sets.

TEST_SECONDS=600
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to be root with less"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"
: "${KEEP:=$top/build/tests/keep_capabilities.so}"
[ -e "$KEEP" ] || skip_all "no $KEEP: make -C tests/lib"
# listns(2) and the whole of the mounted directory are for the initial pid namespace
if [ "${1:-}" != inside ]; then
	if source_works listns || source_works dir; then
		unshare --mount --propagation private --uts --ipc --net --cgroup -- "$0" inside
	else
		in_fresh_world "$0" inside
	fi
	exit
fi

# shellcheck source=tests/lib/capabilities.sh
. "$top/tests/lib/capabilities.sh"

# A process of another user in namespaces of its own, with a descriptor of one that nobody else has; a name only he may look up.
make_state() {
	local maker
	unshare --ipc sleep 1000 &
	maker=$!
	until_runs $maker sleep
	fd_ns=$(readlink "/proc/$maker/ns/ipc")
	unshare --uts --net setpriv --reuid=$OTHER --regid=$OTHER --clear-groups sleep 1000 7<"/proc/$maker/ns/ipc" &
	other=$!
	until_runs $other sleep
	end $maker
	member_ns=$(readlink "/proc/$other/ns/net")
	nameless_ns=$(readlink "/proc/$other/ns/uts")
	setpriv --reuid=$OTHER --regid=$OTHER --clear-groups unshare --user --map-root-user sh -c 'echo 2 >/proc/sys/user/max_uts_namespaces; exec unshare --uts sleep 1000' &
	mapped=$!
	until_runs $mapped sleep
	user_ns=$(readlink "/proc/$mapped/ns/user")
	at_exit kill $other $mapped
	mkdir -p "$work/theirs/in"
	: >"$work/theirs/in/ns"
	mount --bind "/proc/$other/ns/net" "$work/theirs/in/ns"
	at_exit umount "$work/theirs/in/ns"
	chown $OTHER "$work/theirs" "$work/theirs/in"
	chmod 700 "$work/theirs/in"
	chmod 755 "$work" "$work/theirs"
	unshare --uts sleep 1001 &
	own=$!
	until_runs $own sleep
	at_exit kill $own
}

only_ours() { grep -wE "NS|NAMESPACE|${fd_ns//[^0-9]/}|${member_ns//[^0-9]/}|${user_ns//[^0-9]/}"; }
ours_without_times() { only_ours | awk '{ print $2, $3 }'; }
by_bpf='bpf perfmon'

lists() {
	filter=only_ours
	try "$by_bpf" "$by_bpf" ls -lrn -o NS,TYPE,NPROCS,PID,COMMAND
	try "sys_ptrace dac_read_search" "sys_ptrace dac_read_search" ls --source=proc -lrn -o NS,TYPE,NPROCS,NSFS,HOLDERS
	try "sys_admin sys_ptrace dac_read_search" sys_admin ls -t net -lrn -o NS,NETNSID
	filter='cat'
	try "$by_bpf dac_read_search" dac_read_search ls -lrn "$work/theirs/in/ns" -o PID,COMMAND
	filter=only_ours
	try "$by_bpf" "$by_bpf" tree -n -o NAMESPACE,NPROCS
	try "sys_ptrace dac_read_search" "sys_ptrace dac_read_search" tree -n --source=proc -o NAMESPACE,NPROCS,HOLDERS
	try "sys_admin sys_ptrace dac_read_search" sys_admin tree -n -o NAMESPACE,NETNSID
	filter='cat'
	try "$by_bpf" "$by_bpf" why "$fd_ns"
	try "sys_ptrace dac_read_search" "sys_ptrace" why --source=proc "$member_ns"
	try "sys_ptrace dac_read_search" "dac_read_search" why --source=proc "$fd_ns"
	# the command line, and no number of what others do
	filter=sources said=no
	try "$by_bpf" "$by_bpf" source -nr
	said=yes
}

# of those that are the same for everybody
sources() { awk '$1 == "bpf" || $1 == "listns"'; }

networks() {
	filter='cat'
	try "$by_bpf" "$by_bpf" net -J
	try "sys_ptrace dac_read_search" "sys_ptrace dac_read_search" net --source=proc
	try "sys_admin sys_ptrace dac_read_search net_admin sys_chroot" sys_admin net
	if command -v dot >/dev/null; then
		undo='rm -f '$work/theirs/net.svg
		try "sys_admin dac_override" dac_override net --svg "$work/theirs/net.svg"
		undo=:
	else
		cannot_show net dac_override 'no Graphviz here to write a picture'
	fi
}

dumps() {
	filter='cat'
	try "$by_bpf sys_ptrace dac_read_search" "$by_bpf" dump --root "$user_ns"
	try "sys_admin sys_ptrace dac_read_search" sys_admin dump --root "$user_ns"
	try "sys_ptrace dac_read_search" "sys_ptrace dac_read_search" dump --source=proc --root "$user_ns"
	undo='rm -f '$work/theirs/dump
	try "sys_admin dac_override" dac_override dump --root "$user_ns" -o "$work/theirs/dump"
	undo=:
	procns dump --root "$user_ns" -o "$work/theirs/in/dump"
	chown $OTHER "$work/theirs/in/dump"
	chmod 600 "$work/theirs/in/dump"
	cp "$work/theirs/in/dump" "$work/dump"
	procns dump --root "pid:$other" -o "$work/dump.other"
	try "$by_bpf sys_ptrace" "$by_bpf" diff "$work/dump"
	try "sys_admin sys_ptrace dac_read_search" sys_admin diff "$work/dump"
	try "sys_ptrace dac_read_search" sys_ptrace diff --source=proc "$work/dump.other"
	try "dac_read_search" dac_read_search diff "$work/theirs/in/dump" "$work/dump"
}

checks() {
	filter=only_ours
	procns dump -o "$work/all"
	try "$by_bpf sys_ptrace" "$by_bpf" check --since "$work/all"
	try "$by_bpf sys_admin sys_ptrace" sys_admin check --user-limit 1
	try "sys_ptrace dac_read_search" "sys_ptrace dac_read_search" check --source=proc --max total=1
	filter="sed -n /scan_seconds/d;s/[0-9.e+-]*$//p"
	try "$by_bpf" "$by_bpf" metrics
	try "sys_ptrace dac_read_search" "sys_ptrace dac_read_search" metrics --source=proc
	undo="rm -f $work/theirs/procns.prom"
	try "$by_bpf dac_override" dac_override metrics --textfile "$work/theirs/procns.prom"
	undo=:
}

# what watch says of births by one program: one after the other, since nothing says from outside when it has begun to watch
births() { (while "$work/capbirth" --uts true; do sleep 0.5; done) & maker=$!; }
no_births() { end "$maker"; }
cgroup_of_birth() { grep -F '"capbirth"' | grep -o '"event":[^,]*\|"cgroup":[^,]*' | sort -u; }

live() {
	filter=ours_without_times
	try "$by_bpf" "$by_bpf" watch --initial --timeout=0 -t ipc
	try "sys_ptrace dac_read_search" "sys_ptrace" watch --mode=poll --source=proc --initial --timeout=0
	cp "$(command -v unshare)" "$work/capbirth"
	filter=cgroup_of_birth prepare=births undo=no_births said=no
	try "$by_bpf dac_read_search" dac_read_search watch -J --timeout=6 -t uts
	filter=only_ours prepare=: undo=: said=yes
	try "$by_bpf" "$by_bpf" top -b -n 1
	try "sys_ptrace dac_read_search" "sys_ptrace dac_read_search" top -b -n 1 --source=proc
}

unpinned() { umount "$1" 2>/dev/null; rm -f "$1"; }
pinned() { unpinned "$1"; : >"$1"; chown $OTHER "$1"; mount --bind /proc/self/ns/uts "$1"; }

ways_in() {
	local by_process=sys_ptrace
	filter='cat'
	# where there are handles (Linux 6.18) a process is not the only way
	if with sys_admin "$PROCNS" open "$nameless_ns" -- true 2>/dev/null; then
		by_process=''
		try "$by_bpf sys_admin" sys_admin open "$nameless_ns" -- readlink /proc/self/fd/3
	fi
	undo="unpinned $work/theirs/pin"
	try "sys_admin sys_ptrace dac_override" "sys_admin dac_override $by_process" pin "$nameless_ns" "$work/theirs/pin"
	prepare="pinned $work/theirs/pin"
	try "sys_admin dac_override fowner" "sys_admin dac_override" unpin "$work/theirs/pin"
	mkdir -m 1777 "$work/sticky"
	chown $OTHER "$work/sticky"
	prepare="pinned $work/sticky/pin" undo="unpinned $work/sticky/pin"
	try "sys_admin dac_override fowner" fowner unpin "$work/sticky/pin"
	prepare=: undo=:
	if hold inflight-stream ipc; then
		take ns
		try "$by_bpf sys_ptrace" "$by_bpf sys_ptrace" open "$ns" -- readlink /proc/self/fd/3
		let_go
	else
		skip 'open what is in flight' "$WHY"
	fi
	try "sys_ptrace dac_read_search" dac_read_search open "$work/theirs/in/ns" -- readlink /proc/self/fd/3
	try "sys_ptrace sys_admin" "sys_ptrace sys_admin" enter -t net "pid:$other" -- readlink /proc/self/ns/net
	try "sys_admin dac_read_search" dac_read_search enter "$work/theirs/in/ns" -- readlink /proc/self/ns/net
	try "sys_admin sys_chroot sys_ptrace" sys_chroot enter "pid:$other/mnt" "pid:$other/uts" -- readlink /proc/self/ns/uts
}

# Numbers are others each time.
restored() { sed 's/:\[[0-9]*\].*//'; }
clear_pins() { procns restore --undo "$work/theirs/pins" && rmdir "$work/theirs/pins"; } >/dev/null 2>&1

restores() {
	local all='sys_admin setuid setgid setpcap setfcap sys_time dac_override'
	unshare --user --map-root-user --uts --time --monotonic 100 sleep 1000 &
	at_exit kill $!
	until_runs $! sleep
	# where setgroups is forbidden, a group needs no privilege to be mapped
	procns dump --root "$(readlink /proc/$!/ns/user)" | sed 's/\("setgroups": *\)"deny"/\1"allow"/' >"$work/theirs/in/clock"
	chown $OTHER "$work/theirs/in/clock"
	chmod 600 "$work/theirs/in/clock"
	filter=restored undo=clear_pins
	try "$all" "sys_admin setgid setfcap dac_override" restore --pins "$work/theirs/pins" "$work/theirs/in/clock"
	unshare --time --monotonic 100 sleep 1000 &
	at_exit kill $!
	until_runs $! sleep
	procns dump --root "pid:$!" -o "$work/time"
	try "$all" sys_time restore --pins "$work/theirs/pins" "$work/time"
	procns dump --root "$user_ns" -o "$work/mapped"
	try "$all" "setuid setpcap" restore --pins "$work/theirs/pins" "$work/mapped"
	filter='cat' undo=:
}

# Where CAP_SYS_ADMIN is all there is to list with.
without_bpf() {
	local source command
	filter='cat'
	for source in listns dir; do
		source_works $source || continue
		try "sys_admin sys_ptrace dac_read_search" sys_admin ls --source=$source -o NS,TYPE,ONS "$member_ns"
		try "sys_admin sys_ptrace dac_read_search" sys_admin why --source=$source "$member_ns"
		filter=only_ours
		try "sys_admin sys_ptrace dac_read_search" sys_admin tree --source=$source -n -o NAMESPACE,ONS
		try "sys_admin sys_ptrace dac_read_search" sys_admin top -b -n 1 --source=$source
		filter=ours_without_times
		try "sys_admin sys_ptrace dac_read_search" sys_admin watch --mode=poll --source=$source --initial --timeout=0
		filter="sed -n /scan_seconds/d;s/[0-9.e+-]*$//p"
		try "sys_admin sys_ptrace dac_read_search" sys_admin metrics --source=$source
		filter='cat'
	done
	if source_works listns; then
		filter=sources said=no
		try "$by_bpf sys_admin" sys_admin source -nr
		filter='cat' said=yes
	fi
	for command in why watch top metrics source; do
		cannot_show $command sys_admin 'neither listns(2) nor the module is here'
	done
}

# What only a socket keeps, or a bind mount where nobody is: on kernels with handles for all namespaces (6.18) these lead there.
kept_oddly() {
	local ns command name maker holder
	if hold socket-udp net; then
		take ns
		oddly net_admin
		let_go
	fi
	mkdir "$work/inner"
	unshare --mount --net sh -c 'mount -t tmpfs odd "$1" && : >"$1/ns" && mount --bind /proc/self/ns/net "$1/ns" && exec sleep 1003' sh "$work/inner" &
	maker=$!
	until_runs $maker sleep
	ns=$(readlink "/proc/$maker/ns/net")
	sleep 1004 7<"/proc/$maker/ns/mnt" &
	holder=$!
	until_runs $holder sleep
	end $maker
	oddly sys_chroot
	end $holder
	for command in ls tree net dump diff pin open enter; do
		cannot_show $command net_admin 'this kernel has handles of all namespaces (Linux 6.18), or makes no such socket'
		cannot_show $command sys_chroot 'this kernel has handles of all namespaces (Linux 6.18)'
	done
	with_owner
	cannot_show pin sys_ptrace 'this kernel has handles of all namespaces (Linux 6.18)'
	cannot_show open sys_admin 'nothing could be made that only a bind mount keeps'
}

# A net namespace of a user namespace that nobody is in, of whose limit it is a half: MAKER has both, NS and OWNER are their names. Of
# another user: whoever made a user namespace has all capabilities over it.
make_owned() {
	setpriv --reuid=$OTHER --regid=$OTHER --clear-groups unshare --user --map-root-user sh -c 'echo 2 >/proc/sys/user/max_net_namespaces && exec unshare --net sleep 1005' &
	maker=$!
	until_runs $maker sleep
	ns=$(readlink "/proc/$maker/ns/net") owner=$(readlink "/proc/$maker/ns/user")
}

# check looks for who is near a limit in the user namespace, to which nothing leads but what keeps the net namespace.
with_owner() {
	local ns owner maker hider holder
	make_owned
	nsenter --net="/proc/$maker/ns/net" bash -c 'ip link set lo up && exec 7<>/dev/udp/127.0.0.1/9 && exec nsenter --net=/proc/self/fd/8 sleep 1006' \
		8</proc/self/ns/net &
	holder=$!
	# three programs, one after the other
	eventually 60 is_named $holder sleep || diag "process $holder did not become sleep"
	end $maker
	oddly_owned net_admin
	end $holder
	mkdir "$work/owned"
	make_owned
	unshare --mount sh -c 'mount -t tmpfs odd "$1" && : >"$1/ns" && mount --bind "$2" "$1/ns" && exec sleep 1007' sh "$work/owned" "/proc/$maker/ns/net" &
	hider=$!
	until_runs $hider sleep
	sleep 1008 7<"/proc/$hider/ns/mnt" &
	holder=$!
	until_runs $holder sleep
	end $maker
	end $hider
	oddly_owned sys_chroot
	end $holder
}

oddly_owned() {
	local before=$member_ns
	if with "$by_bpf sys_admin sys_ptrace dac_read_search" "$PROCNS" open "$owner" -- true 2>/dev/null; then
		cannot_show check "$1" 'this kernel has handles of all namespaces (Linux 6.18)'
		return
	fi
	member_ns=$owner filter=only_ours
	try "sys_admin sys_ptrace dac_read_search $1" "$1" check --user-limit 1
	check "check: the limit in $owner is told" grep -q "${owner//[^0-9]/}" "$work/restricted.out"
	filter='cat' member_ns=$before
}

oddly() {
	local before=$member_ns
	member_ns=$ns
	# with a handle it can be opened without
	if with "$by_bpf sys_admin sys_ptrace dac_read_search" "$PROCNS" open "$ns" -- true 2>/dev/null; then member_ns=$before; return; fi
	filter=only_ours
	try "sys_admin sys_ptrace dac_read_search $1" "$1" ls -t net -lrn -o NS,NETNSID,HOLDERS
	try "sys_admin sys_ptrace dac_read_search $1" "$1" tree -n -o NAMESPACE,NETNSID,HOLDERS
	filter='cat'
	try "sys_admin sys_ptrace dac_read_search net_admin sys_chroot" "$1" net
	procns dump -o "$work/odd"
	try "sys_admin sys_ptrace dac_read_search net_admin sys_chroot" "$1" diff --structure "$work/odd"
	shown["dump $1"]=yes	# which diff has looked with
	try "sys_admin sys_ptrace dac_read_search $1" "$1 sys_admin" open "$ns" -- readlink /proc/self/fd/3
	try "sys_admin sys_ptrace dac_read_search $1" "$1" enter "$ns" -- readlink /proc/self/ns/net
	undo="unpinned $work/pin"
	try "sys_admin sys_ptrace dac_read_search $1" "$1" pin "$ns" "$work/pin"
	undo=: member_ns=$before
}

# Each row of the table was shown to be needed.
all_shown() {
	local command name missing=0
	for command in "${!table[@]}"; do
		for name in ${table[$command]}; do
			[ -n "${shown[$command $name]:-}" ] || { echo "$command: nothing shows that it needs $name"; missing=1; }
		done
	done
	return $missing
}

# As a user who has them as if by setcap(8), in the initial user namespace.
unprivileged() {
	filter=only_ours
	local arguments=(ls -lrn -o "NS,TYPE,NPROCS,PID,COMMAND,NSFS,HOLDERS")
	check 'another user with those of ls sees as much as root' eventually 10 same as_other "${table[ls]}"
	arguments=(tree -n -o 'NAMESPACE,NPROCS,NETNSID')
	check 'another user with those of tree too' eventually 10 same as_other "${table[tree]}"
	filter='cat' arguments=(why "$fd_ns")
	check 'another user with those of why is told as much' eventually 10 same as_other "${table[why]}"
	filter='cat' arguments=(net -J)
	check 'another user with those of net is shown as much' eventually 10 same as_other "${table[net]}"
}

# Root of most containers: what it sees of root's processes hangs on its whole set, without CAP_SYS_PTRACE.
subset_rule() {
	local arguments=(ls --source=proc -lrn -o 'NS,TYPE,NPROCS') own_ns less='chown dac_override fowner kill setuid setgid setpcap net_raw sys_chroot mknod'
	filter='cat'
	unshare --uts setpriv --inh-caps=-all --bounding-set="-all$(printf ',+%s' $less)" sleep 1002 &
	at_exit kill $!
	until_runs $! sleep
	own_ns=$(readlink "/proc/$!/ns/uts")
	into reference with "$less sys_admin" env LD_PRELOAD="$KEEP" "$PROCNS" "${arguments[@]}"
	into restricted with "$less sys_admin" "$PROCNS" "${arguments[@]}"
	check 'without CAP_SYS_PTRACE root sees of other processes of root what it saw' cmp "$work/reference.out" "$work/restricted.out"
	is 'and it is something' "$(grep -c "${own_ns//[^0-9]/}" "$work/restricted.out")" 1
}

# Root of a user namespace, in which CAP_SYS_PTRACE is none over what is outside.
container_root() {
	local arguments what here=("$PROCNS" enter "pid:$mapped/user" -- unshare --pid --fork --kill-child --mount-proc --net)
	filter="sed -E /\"(inum|kernel_id|pid|owner_pid)\":/d;s/[0-9]{5,}//g"
	for what in 'ls -lrn -o TYPE,NPROCS,COMMAND,HOLDERS' 'tree -n -o TYPE,NAMESPACE,NPROCS' 'why --all' 'net' 'dump' 'check --max total=1'; do
		read -ra arguments <<<"$what"
		into reference "${here[@]}" env LD_PRELOAD="$KEEP" "$PROCNS" "${arguments[@]}"
		into restricted "${here[@]}" "$PROCNS" "${arguments[@]}"
		check "root of a container: $what" cmp "$work/reference.out" "$work/restricted.out"
		is "root of a container: $what: it is an answer" "$(grep -c '^status [01]$' "$work/restricted.out")" 1
	done
	filter='cat'
}

effective() { sed -n 's/^CapEff:\t//p' "/proc/$1/status"; }
mask_of() {
	local name mask=0
	for name in $1; do
		case $name in
		bpf) mask=$((mask | 1 << 39)) ;;
		perfmon) mask=$((mask | 1 << 38)) ;;
		sys_admin) mask=$((mask | 1 << 21)) ;;
		sys_ptrace) mask=$((mask | 1 << 19)) ;;
		dac_read_search) mask=$((mask | 1 << 2)) ;;
		*) mask=-1; break ;;
		esac
	done
	printf '%016x\n' $mask
}
has_effective() { [ "$(effective "$1")" = "$2" ]; }

# is_left COMMAND ARGUMENT...: while it runs it has what the table says, and no way to more
is_left() {
	local command=$1 name keep=() pid
	for name in ${table[$command]}; do
		case " ${dropped[$command]} " in *" $name "*) ;; *) keep+=("$name") ;; esac
	done
	"$PROCNS" "$@" >/dev/null 2>&1 </dev/null &
	pid=$!
	check "$command that runs has only ${keep[*]} left" eventually 20 has_effective $pid "$(mask_of "${keep[*]}")"
	is "$command: permitted are no others" "$(sed -n 's/^CapPrm:\t//p' /proc/$pid/status)" "$(effective $pid)"
	is "$command: inheritable and ambient are none, and no program brings any back" \
		"$(sed -n 's/^\(CapInh\|CapAmb\|NoNewPrivs\):\t//p' /proc/$pid/status | tr '\n' ' ')" '0000000000000000 0000000000000000 1 '
	end $pid
}

handed_on() {
	local mine
	mine=$(grep -E '^(Cap|NoNewPrivs)' /proc/self/status)
	is 'enter hands on what it got' "$(procns enter "pid:$own/uts" -- grep -E '^(Cap|NoNewPrivs)' /proc/self/status)" "$mine"
	is 'open hands on what it got' "$(procns open "pid:$own/uts" -- grep -E '^(Cap|NoNewPrivs)' /proc/self/status)" "$mine"
	procns watch --initial --count=1 --exec "grep -E '^(Cap|NoNewPrivs)' /proc/self/status >$work/exec" "$(readlink /proc/$own/ns/uts)" >/dev/null 2>&1
	is 'watch --exec hands on what it got' "$(cat "$work/exec")" "$mine"
	# root may still be refused a look, where it is not whole
	if command -v dot >/dev/null; then
		mkdir -p "$work/fake"
		printf '#!/bin/sh\ngrep -E "^(CapPrm|CapEff|NoNewPrivs)" /proc/self/status >%s/dot\nexec %s "$@"\n' "$work" "$(command -v dot)" >"$work/fake/dot"
		chmod 755 "$work/fake/dot"
		PATH=$work/fake:$PATH procns net --svg "$work/net.svg"
		is 'Graphviz gets none, and no way to any' "$(sed 's/.*:\t//' "$work/dot" | paste -sd ' ')" '0000000000000000 0000000000000000 1'
	else
		skip 'Graphviz gets none, and no way to any' 'no Graphviz here'
	fi
}

# docs/security.md has the same table.
documented() {
	local command
	for command in "${!table[@]}"; do
		grep -qF "| \`$command\` | $(tr '[:lower:]' '[:upper:]' <<<"${table[$command]% }" | sed 's/ /, /g') |" "$top/docs/security.md" ||
			echo "| \`$command\` | $(tr '[:lower:]' '[:upper:]' <<<"${table[$command]% }" | sed 's/ /, /g') |"
	done
}

read_table
drop_inherited_names
make_state
for part in ${PARTS:-lists networks dumps checks live ways_in restores without_bpf kept_oddly unprivileged subset_rule container_root handed_on}; do $part; done
is_left watch --timeout=30
is_left top -b
if [ -z "${PARTS:-}" ]; then check 'every capability of the table was shown to be needed, or it is said why not' all_shown; fi
if [ -e "$top/docs/security.md" ]; then is 'docs/security.md has this table' "$(documented)" ''; fi
done_testing
