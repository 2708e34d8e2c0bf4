# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Containers for the tests of who sees what: a process that sleeps in namespaces of its own, with procns on /mnt.
#
#	container NAME UNSHARE-OPTIONS...	started by AS (a command prefix array, empty: root); its first process, as the
#						host numbers it, is in ${pid_of[NAME]}
#	container_in OUTER NAME OPTIONS...	the same, from inside OUTER
#	inside NAME COMMAND...			in all its namespaces, as its root
#	own_of NAME				the namespaces it is in that it has made, sorted

declare -A pid_of started_by
AS=()

ALL_NAMESPACES=(--user --map-root-user --pid --fork --mount --net --uts --ipc --cgroup --time)

start_container() {
	local name=$1 dir pid
	shift
	dir=$(mktemp -d)
	chmod 755 "$dir"
	mkfifo -m 666 "$dir/ready"
	"$@" --kill-child bash -c 'mount -t procns procns /mnt && echo ready; exec sleep 1000' >"$dir/ready" 2>"$dir/err" </dev/null &
	pid=$!
	exec {ready}<"$dir/ready"
	read -r -t 30 -u "$ready" state
	exec {ready}<&-
	[ "${state:-}" = ready ] || diag "container $name: $(cat "$dir/err")"
	rm -r "$dir"
	started_by[$name]=$pid
	pid_of[$name]=$(descendant "$pid")
	at_exit end "$pid"
}

# The last in a line of only children: past unshare, nsenter and setpriv comes the process itself.
descendant() {
	local pid=$1 child
	while child=$(pgrep -P "$pid" | head -n 1) && [ -n "$child" ]; do pid=$child; done
	echo "$pid"
}

container() {
	local name=$1
	shift
	start_container "$name" "${AS[@]}" unshare "$@"
}

container_in() {
	local outer=$1 name=$2
	shift 2
	start_container "$name" nsenter -t "${pid_of[$outer]}" -a unshare "$@"
}

inside() {
	local name=$1
	shift
	nsenter -t "${pid_of[$name]}" -a "$@"
}

links_of() {
	local type
	for type in "${TYPES[@]}"; do readlink "/proc/$1/ns/$type"; done
}

own_of() { comm -23 <(links_of "${pid_of[$1]}" | sort) <(links_of $$ | sort); }

end_container() {
	kill -KILL "${pid_of[$1]}"
	wait "${started_by[$1]}" 2>/dev/null
	return 0
}
