#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `procns ls` and lsns(8), side by side, on a state both can see:
#
#	pid 1 (this script, in namespaces of its own)
#	├─ a zombie, processes whose names are hostile
#	├─ uts, net (twice bind-mounted, with an id), time
#	├─ user, by root and by nobody, with a pid namespace in it, and a child of that
#	└─ where lsns is new enough: kept by a mount or a descriptor alone
#
# Whole outputs are compared byte by byte with --source=proc, which sees no more of the system than lsns does. The default
# source sees the rest of the system too: its rows of the same namespaces are compared column by column.
# LSNS names another lsns.

TEST_SECONDS=200
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
: "${LSNS:=lsns}"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
command -v "$LSNS" >/dev/null || skip_all "no $LSNS to compare with"
command -v ip >/dev/null || skip_all 'no ip to name net namespaces'

if [ "${1:-}" != inside ]; then
	OUTER=$(readlink /proc/self/ns/user /proc/self/ns/time | grep -o '[0-9]*') in_fresh_world "$0" inside
	exit
fi

columns=(NS TYPE PATH NPROCS PID PPID COMMAND UID USER NETNSID NSFS PNS ONS)

# Ready when the namespace differs from ours: unshare has done its work and its program runs.
in_background() {
	local kind=$1
	shift
	"$@" &
	eventually 10 eval '[ "$(readlink /proc/'$!"/ns/$kind"')" != "$(readlink /proc/self/ns/'"$kind"')" ]' ||
		echo "# $* did not start"
	at_exit kill $!
}

make_plain_state() {
	drop_inherited_names
	mount -t tmpfs none /run
	(exec -a $'esc\e[31mape "quoted" \\ back\ttab' sleep 1000) &
	(exec -a $'latin\xe9 and utf-8 \xc3\xa9 \xe2\x82\xac' sleep 1001) &
	(exec -a $'two\nlines' sleep 1002) &
	(exec -a '' sleep 1003) &
	sh -c 'sleep 0 & exec sleep 1004' &	# its child stays a zombie
	in_background uts unshare --uts sh -c 'sleep 1005 & exec unshare --ipc sleep 1006'
	in_background user unshare --user --map-root-user sleep 1007
	in_background user setpriv --reuid 65534 --regid 65534 --clear-groups unshare --user sleep 1008
	in_background user unshare --user --map-root-user --pid --fork sh -c 'sleep 1009 & unshare --pid --fork sleep 1010'
	in_background net unshare --net sleep 1011
	mkdir -p /run/netns
	touch /run/netns/blue /run/second
	mount --bind "/proc/$!/ns/net" /run/netns/blue
	mount --bind "/proc/$!/ns/net" /run/second
	ip netns set blue 17
	sleep 0.5
}

# What lsns sees from 2.39 on: a uts kept by a mount, a user by a descriptor.
make_new_state() {
	touch /run/uts
	unshare --uts=/run/uts true || echo "# no uts is kept by a mount"
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare --user sleep 1012 &
	local pid=$!
	eventually 10 eval '[ "$(readlink /proc/'$pid'/ns/user)" != "$(readlink /proc/self/ns/user)" ]'
	# shellcheck disable=SC2034 # stays open to the end
	exec {held_user}<"/proc/$pid/ns/user"
	kill $pid
	wait $pid 2>/dev/null
}

# From 2.42 on it knows the id of a net namespace without a process too.
make_newest_state() {
	ip netns add green
	ip netns set green 18
	ip netns add gone
	# shellcheck disable=SC2034 # stays open to the end
	exec {held}</run/netns/gone
	ip netns delete gone
}

# lsns_is 2.39: or newer
lsns_is() { printf '%s\n' "$1" "$(grep -o '[0-9][0-9.]*' <<<"$version" | head -n 1)" | sort -CV; }

# Of JSON, without the member that says what /proc can't show.
without_gaps() { sed -e '/^   "incomplete": \[$/,/^   \]$/d' -e 's/^   \],$/   ]/'; }

# same_output ARGS...: both print the same, and say it with the same status.
same_output() {
	local wanted got
	wanted=$("$LSNS" "$@" 2>/dev/null; echo "status $?")
	# no pipe here: it would be one more process to count
	got=$(as_lsns --source=proc "$@" 2>/dev/null; echo "status $?")
	got=$(without_gaps <<<"$got")
	if [ "$got" = "$wanted" ]; then
		pass "lsns $* prints the same"
	else
		fail "lsns $* prints the same" "$(diff <(echo "$wanted") <(echo "$got"))"
	fi
}

# On a terminal WIDE columns wide, where cells are cut.
same_on_terminal() {
	local wide=$1 wanted got
	shift
	# `true` at the end: else the shell may become the program, and there is one process less to count
	wanted=$(script -qec "stty cols $wide; $LSNS $* 2>/dev/null; true" /dev/null </dev/null)
	got=$(script -qec "stty cols $wide; $work/lsns --source=proc $* 2>/dev/null; true" /dev/null </dev/null)
	is "lsns $* on a terminal of $wide columns prints the same" "$got" "$wanted"
}

same_outputs() {
	local column state=$1
	diag "$state"
	for column in "${columns[@]}"; do
		same_output -l -r -o "NS,$column"
		same_output -J -o "$column"
	done
	# shellcheck disable=SC2089 # "" among them is two quotes, as a column that is not there
	for arguments in '' -l -n -r -J -u -W -T '-T parent' '-T=parent' -Tprocess -Towner --tree '--tree=parent' '-J -T' '-J -Tparent' \
		'-r -T' '-n -T -o NS,PNS,ONS' '-l -o +PATH' '-o +NETNSID,NSFS' '-W -o NSFS' '-J -o NS,NSFS' \
		--output-all '-J --output-all' '-l -r --output-all' '-W --output-all' '-u --output-all' \
		'-t net' '-t mnt -t net -l' '-t user -T' '-t pid -T parent' '-J -t net' '-t time -t uts -n -o NS,TYPE' \
		'-p 1' '-p 1 -t user' '-p 4000000' '-J -p 4000000' '-o ns,type' '-o +ns' '-T -l' '-l -T' '-J -r' '-t foo' \
		'-o FOO' '-o NS,' '-o ,NS' '-o ""' '-p foo' '-T foo' '-Tfoo' '--nothing' '-o' '1' '4026530000'; do
		# shellcheck disable=SC2086,SC2090 # several words
		same_output $arguments
	done
}

# With a namespace named: the processes in it.
same_processes() {
	local ns name=$1
	shift
	for ns; do
		for arguments in '' -l -J -r -T '-o PID,NS,TYPE,NPROCS,PNS,ONS' '-o +UID' '-J --output-all' '-t user' '-l -n -o PID'; do
			# shellcheck disable=SC2086
			same_output $arguments "$ns"
		done
	done
	diag "$name"
}

namespace_of() { readlink "/proc/$(pgrep -xf "sleep $1")/ns/$2" | grep -o '[0-9]*'; }

# The rows of some namespaces, by a program that runs alone: in a pipe there would be more processes to count.
rows_of() {
	local rows=$1
	shift
	"$@" >"$work/rows" 2>/dev/null
	grep -wF "$rows" "$work/rows" | sort
}

same_rows() {
	local column rows source=$1
	# outer namespaces have members that lsns can't see from here
	rows=$("$LSNS" -lrn -o NS | grep -vxF "$OUTER")
	for column in "${columns[@]}"; do
		# our own pid namespace's parent is out of lsns' sight
		[ "$column" != PNS ] || rows=$(grep -vx "$(readlink /proc/self/ns/pid | grep -o '[0-9]*')" <<<"$rows")
		is "by $source, column $column of the same namespaces is the same" \
			"$(rows_of "$rows" "$work/lsns" --source="$source" -lrn -o "NS,$column")" \
			"$(rows_of "$rows" "$LSNS" -lrn -o "NS,$column")"
	done
}

version=$("$LSNS" --version)
make_plain_state
same_outputs "$version, a state every lsns can see"
same_processes "processes in one namespace" "$(namespace_of 1007 user)" "$(namespace_of 1009 user)" "$(namespace_of 1010 pid)" \
	"$(namespace_of 1006 uts)"
for width in 40 80 200; do
	same_on_terminal $width
	same_on_terminal $width -T
	same_on_terminal $width -u
	same_on_terminal $width --output-all
done

if lsns_is 2.39; then
	make_new_state
	same_outputs "$version, with namespaces kept by a mount and by a descriptor"
	for arguments in -P '-P -J' '-P -r --output-all' '-P -p 1' -H '-J -H' '-r -H'; do
		# shellcheck disable=SC2086
		same_output $arguments
	done
else
	skip 'namespaces without a process' "$version shows none"
fi
if lsns_is 2.42; then
	make_newest_state
	same_outputs "$version, with net namespaces kept by a mount and by a descriptor"
else
	skip 'net namespaces without a process' "$version does not know their ids"
fi

for source in bpf dir; do
	if source_works $source; then
		same_rows $source
	else
		skip "by $source, the same rows" "that source does not work here"
	fi
done
done_testing
