#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # bench/lib.sh sets the rest
# procns net -J beside plotnetcfg: network namespaces in stars of veth pairs around bridges. A bridge has at most 1,023 ports, so
# 4,000 namespaces are four stars. Times are medians of one run in turn, memory is the most a run had; of CPU time, which a busy
# machine changes less, there is a median too.
# NET_BENCH_SIZES names other sizes (250 1000 4000).

if [ "${1:-}" != inside ]; then
	exec unshare --mount --propagation private -- "$(readlink -f -- "$0")" inside
fi
mount -t tmpfs none /run && mkdir /run/netns || exit 1

# shellcheck source=bench/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

command -v plotnetcfg >/dev/null || { echo "no plotnetcfg to compare with: apt-get install plotnetcfg"; exit 1; }

remove_all() { ip netns list | awk '{ print "netns del " $1 }' | ip -b - 2>/dev/null; }
at_exit remove_all

# star NUMBER LEAVES: hubNUMBER with a bridge, and its leaves.
star() {
	local hub=hub$1 i
	ip netns add "$hub" || return
	for ((i = 1; i <= $2; i++)); do echo "netns add leaf$1-$i"; done | ip -b - || return
	{
		echo "link add br0 type bridge"
		echo "link set br0 up"
		for ((i = 1; i <= $2; i++)); do
			echo "link add port$i type veth peer name eth0 netns leaf$1-$i"
			echo "link set port$i master br0 up"
		done
	} | ip -n "$hub" -b - || return
}

# the most memory of one run, in KB
memory_of() { /usr/bin/env time -f %M "$@" 2>&1 >/dev/null | tail -n 1; }

# the median CPU time of five runs, in µs
cpu_of() {
	local TIMEFORMAT='%3U %3S' i
	for i in 1 2 3 4 5; do
		{ time "$@" >/dev/null 2>&1; } 2>&1
	done | awk '{ print int(($1 + $2) * 1000000) }' | sort -n | sed -n 3p
}

echo "procns net -J against plotnetcfg $(dpkg-query -W -f '${Version}' plotnetcfg 2>/dev/null)"
row '%-12s %14s %14s %8s %12s\n' namespaces 'procns net' plotnetcfg ratio 'memory'
stars=0 previous='' previous_memory='' previous_cpu=''
for size in ${NET_BENCH_SIZES:-250 1000 4000}; do
	remove_all
	for ((left = size; left > 0; left -= 1000)); do
		star $((++stars)) $((left < 1000 ? left : 1000)) || { echo "cannot make $size namespaces"; exit 1; }
	done
	sleep 3
	if [ "$size" -le 1000 ]; then
		state "$size network namespaces"
		medians -n 5 "$PROCNS" net -J ::: unshare -pf --mount-proc plotnetcfg || exit 1
	else
		state "$size network namespaces"
		medians -n 5 "$PROCNS" net -J || exit 1
		MEDIANS[1]=''
	fi
	memory=$(memory_of "$PROCNS" net -J)
	cpu=$(cpu_of "$PROCNS" net -J)
	row '%-12s %11d µs %14s %8s %9d KB\n' "$size" "${MEDIANS[0]}" "${MEDIANS[1]:+${MEDIANS[1]} µs}" \
		"${MEDIANS[1]:+$(ratio "${MEDIANS[1]}" "${MEDIANS[0]}")x}" "$memory"
	other=''
	if [ -n "${MEDIANS[1]}" ]; then
		other=$(cpu_of unshare -pf --mount-proc plotnetcfg)
		other=", plotnetcfg $other µs: $(ratio "$other" "$cpu")x"
	fi
	row '%-12s CPU time %d µs%s\n' '' "$cpu" "$other"
	[ -z "$previous" ] || row '%-12s %s times the time, %s times the CPU time, %s times the memory\n' '' \
		"$(ratio "${MEDIANS[0]}" "$previous")" "$(ratio "$cpu" "$previous_cpu")" "$(ratio "$memory" "$previous_memory")"
	previous=${MEDIANS[0]} previous_memory=$memory previous_cpu=$cpu
done
