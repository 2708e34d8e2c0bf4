#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `procns net --path`: hop by hop where the way is known, and the reason where there is none; then networks made at random, where
# the kernel itself says who reaches whom.
#
#	a ──veth── router ──veth── b		router forwards; more links are added test by test
#
# NET_SEED repeats a run, NET_ROUNDS says how many random networks there are (4).

TEST_SECONDS=280
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/lib/net.sh
. "$top/tests/lib/net.sh"

: "${NET_SEED:=$(date +%s)}" "${NET_ROUNDS:=4}"
net_begin "$@"
export NET_SEED NET_ROUNDS

way() { procns net --path "$@" 2>"$work/path.err" | sed 's/  */ /g'; }
last() { way "$@" | tail -n 1 | sed 's/^.* stops here: //; s/^ //'; }
status_of() { procns net --path "$@" >/dev/null 2>&1; echo $?; }

pair() {	# NS LINK ADDRESS NS LINK ADDRESS
	ip -n "$1" link add "$2" type veth peer name "$5" netns "$4"
	ip -n "$1" addr add "$3" dev "$2"
	ip -n "$4" addr add "$6" dev "$5"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

make_router() {
	netns a router b
	for n in a router b; do ip -n $n link set lo up; done
	pair a eth0 10.1.0.2/24 router to-a 10.1.0.1/24
	pair b eth0 10.2.0.2/24 router to-b 10.2.0.1/24
	ip -n a route add default via 10.1.0.1
	ip -n b route add default via 10.2.0.1
	in_ns router sysctl -qw net.ipv4.ip_forward=1
}

known_ways() {
	is 'two networks and a router' "$(way a b)" "a starts
 route default via 10.1.0.1 by eth0
 leaves by eth0
router enters by to-a
 route 10.2.0.0/24 by to-b
 leaves by to-b
b enters by eth0
 arrives at 10.2.0.2"
	is '… arrives, says the status' "$(status_of a b)" 0
	is 'by address' "$(way 10.1.0.2 10.2.0.2 | tail -n 1)" ' arrives at 10.2.0.2'
	is 'to itself' "$(way a a | tail -n 1)" ' arrives at 10.1.0.2'

	in_ns router sysctl -qw net.ipv4.conf.to-a.forwarding=0
	is 'a router that does not forward' "$(last a b)" 'router does not forward: net.ipv4.conf.to-a.forwarding is 0'
	is '… does not arrive, says the status' "$(status_of a b)" 4
	in_ns router sysctl -qw net.ipv4.conf.to-a.forwarding=1
	ip -n b link set eth0 down
	settle router
	is 'a link that is down' "$(last a b)" 'to-b, where the route to 10.2.0.0/24 leads, is down'
	ip -n b link set eth0 up
	ip -n b route add default via 10.2.0.1
	settle router b
	ip -n a route add unreachable 10.2.0.0/24
	is 'a route that refuses' "$(last a b)" 'the route to 10.2.0.0/24 says unreachable'
	ip -n a route del unreachable 10.2.0.0/24
	is 'no route' "$(last b 192.0.2.9)" 'no route to 192.0.2.9'
	ip -n router route add 192.0.2.0/24 via 10.1.0.2
	in_ns a sysctl -qw net.ipv4.ip_forward=1
	is 'a circle' "$(last a 192.0.2.9)" 'it goes round in a circle'
	is 'nobody has the address' "$(last a 10.1.0.77)" 'no link known leads from eth0 to 10.1.0.77'
	ip -n router route del 192.0.2.0/24
}

rules() {
	ip -n router rule add iif to-a to 10.2.0.0/24 lookup 100 pref 100
	ip -n router route add blackhole 10.2.0.0/24 table 100
	is 'a rule for one link' "$(last a b)" 'the route to 10.2.0.0/24 says blackhole'
	ip -n router route change throw 10.2.0.0/24 table 100
	is 'a table that throws' "$(way a b | tail -n 1)" ' arrives at 10.2.0.2'
	ip -n router rule add from 10.1.0.0/24 prohibit pref 90
	is 'a rule by source that prohibits' "$(last a b)" 'rule 90 says prohibit'
	ip -n router rule add from 10.1.0.0/24 goto 200 pref 80
	ip -n router rule add nop pref 200
	is 'a rule that goes on behind it' "$(way a b | tail -n 1)" ' arrives at 10.2.0.2'
	ip -n router rule add fwmark 7 blackhole pref 70
	is 'a rule for marked packets is not for ours' "$(way a b | tail -n 1)" ' arrives at 10.2.0.2'
	for pref in 70 80 90 100 200; do ip -n router rule del pref $pref; done
}

version6() {
	ip -n a addr add 2001:db8:1::2/64 dev eth0 nodad
	ip -n router addr add 2001:db8:1::1/64 dev to-a nodad
	ip -n router addr add 2001:db8:2::1/64 dev to-b nodad
	ip -n b addr add 2001:db8:2::2/64 dev eth0 nodad
	ip -n a -6 route add default via 2001:db8:1::1
	in_ns router sysctl -qw net.ipv6.conf.all.forwarding=1
	is 'IPv6' "$(way a 2001:db8:2::2 | tail -n 1)" ' arrives at 2001:db8:2::2'
	in_ns router sysctl -qw net.ipv6.conf.all.forwarding=0
	is 'IPv6 that is not forwarded' "$(last a 2001:db8:2::2)" 'router does not forward: net.ipv6.conf.to-a.forwarding is 0'
}

bridges() {
	netns sw c d
	ip -n sw link add br0 type bridge
	ip -n sw link set br0 up
	for n in c d; do
		ip -n $n link add eth0 type veth peer name "port-$n" netns sw
		ip -n sw link set "port-$n" master br0 up
		ip -n $n link set eth0 up
	done
	ip -n c addr add 10.3.0.2/24 dev eth0
	ip -n d addr add 10.3.0.3/24 dev eth0
	settle sw c d
	is 'a bridge' "$(way c d | sed -n '4,6p')" "sw enters by port-c
 br0 passes it on
 leaves by port-d"
	bridge -n sw link set dev port-c isolated on
	bridge -n sw link set dev port-d isolated on
	is 'ports that are isolated from each other' "$(last c d)" 'no link known leads from eth0 to 10.3.0.3'
	bridge -n sw link set dev port-c isolated off
	ip -n sw link set port-d down
	is 'a port that is down' "$(last c d)" 'port-d in sw is down'
	ip -n sw link set port-d up
	settle sw d

	if can 'macvlan mode bridge' link lower0; then
		netns m1 m2
		for n in 1 2; do
			ip -n c link add mv$n link eth0 type macvlan mode bridge
			ip -n c link set mv$n netns m$n
			ip -n m$n link set mv$n up
			ip -n m$n addr add 10.3.0.1$n/24 dev mv$n
		done
		settle m1 m2
		is 'from one macvlan to another' "$(way m1 m2 | tail -n 2)" "m2 enters by mv2
 arrives at 10.3.0.12"
		is 'from a macvlan through its lower link' "$(way m1 d | grep -c 'on eth0')" 1
		is 'not from a macvlan to its lower link' "$(status_of m1 10.3.0.2)" 4
	else
		skip 'macvlans' "$WHY"
	fi
	if can 'vlan id 5' link lower0; then
		for n in c d; do
			ip -n $n link add link eth0 name v5 type vlan id 5
			ip -n $n addr add "10.5.0.$([ $n = c ] && echo 2 || echo 3)/24" dev v5
			ip -n $n link set v5 up
		done
		ip -n d link add link eth0 name v6 type vlan id 6
		ip -n d addr add 10.5.0.9/24 dev v6
		ip -n d link set v6 up
		settle c d
		is 'a VLAN through a bridge' "$(way c 10.5.0.3 | tail -n 2)" " on v5
 arrives at 10.5.0.3"
	else
		skip 'VLANs' "$WHY"
	fi
}

tunnels() {
	ip -n a link add vx0 type vxlan id 7 remote 10.2.0.2 local 10.1.0.2 dstport 4789
	ip -n b link add vx0 type vxlan id 7 remote 10.1.0.2 local 10.2.0.2 dstport 4789
	for n in a b; do ip -n $n link set vx0 up; done
	ip -n a addr add 10.7.0.1/24 dev vx0
	ip -n b addr add 10.7.0.2/24 dev vx0
	is 'a tunnel: the outer packet goes its own way' "$(way a 10.7.0.2)" "a starts
 route 10.7.0.0/24 by vx0
 wrapped by vx0
 outer packet
 route default via 10.1.0.1 by eth0
 leaves by eth0
router enters by to-a
 route 10.2.0.0/24 by to-b
 leaves by to-b
b enters by eth0
 outer packet arrives
 unwrapped by vx0
 arrives at 10.7.0.2"
	ip -n b link set vx0 down
	is 'a tunnel whose far end is down' "$(last a 10.7.0.2)" 'vx0 in b is down'
}

namespaces_without_addresses() {
	netns bare1 bare2
	ip -n bare1 link add e type veth peer name e netns bare2
	is 'without an address, no link up' "$(last bare1 bare2)" 'bare2 has no address to send to, and no link leads there'
	ip -n bare1 link set e up
	ip -n bare2 link set e up
	settle bare1 bare2
	is 'without an address, by links alone' "$(way bare1 bare2 | tail -n 3)" "bare1 leaves by e
bare2 enters by e
 arrives at bare2"
}

bad_ends() {
	one_line 'one end' 1 'needs two ends' procns net --path a
	one_line 'an end that is not there' 1 "called 'nobody'" procns net --path a nobody
	one_line 'an end of another type' 1 'is a uts namespace' procns net --path a /proc/self/ns/uts
	one_line 'a process that is not there' 1 '' procns net --path a pid:4194304
	one_line 'too many ends' 1 'unexpected operand: c' procns net --path a b c
	one_line 'from an address nobody has' 1 'not clear which namespace 192.0.2.77 is in' procns net --path 192.0.2.77 a
}

# Networks at random. The kernel answers a connection to a closed port at once if packets get there and back.
links=(veth veth veth bridge)
random_network() {
	local i j n
	for ((n = 0; n < 10; n++)); do
		netns "r$n"
		ip -n "r$n" link set lo up
		in_ns "r$n" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.lo.rp_filter=0
		[ $((RANDOM % 3)) = 0 ] || in_ns "r$n" sysctl -qw net.ipv4.ip_forward=1
	done
	for ((i = 1; i < 10; i++)); do random_link $i $((RANDOM % i)); done
	for ((n = 0; n < 4; n++)); do
		i=$((RANDOM % 10)) j=$((RANDOM % 10))
		[ $i = $j ] || random_link $i $j
	done
	for ((n = 0; n < 12; n++)); do random_route; done
	for ((n = 0; n < 2; n++)); do
		i=$((RANDOM % 10))
		ip -n r$i link set "$(ip -n r$i -o link | awk -F '[:@] *' '$2 != "lo" { print $2 }' | shuf -n 1 --random-source=<(yes $RANDOM))" down
	done
}

nets=0 addresses=()
random_link() {
	local kind=${links[RANDOM % ${#links[@]}]} net=$((++nets)) name
	name=l$net
	if [ "$kind" = bridge ]; then
		ip -n r$1 link add br$net type bridge
		ip -n r$1 link set br$net up
		ip -n r$1 link add p$net type veth peer name $name netns r$2
		ip -n r$1 link set p$net master br$net up
		ip -n r$1 addr add 10.$net.0.1/24 dev br$net
		ip -n r$2 addr add 10.$net.0.2/24 dev $name
		ip -n r$2 link set $name up
	else
		pair r$1 $name 10.$net.0.1/24 r$2 $name 10.$net.0.2/24
	fi
	addresses+=("r$1 10.$net.0.1" "r$2 10.$net.0.2")
}

# To some network, or by default, through a neighbour.
random_route() {
	local n=$((RANDOM % 10)) link to
	link=$(ip -n r$n -o -4 addr | awk '$2 != "lo" { print $4 }' | shuf -n 1 --random-source=<(yes $RANDOM))
	[ -n "$link" ] || return
	link=${link%/*}
	case $link in *.1) link=${link%.1}.2 ;; *) link=${link%.2}.1 ;; esac
	to=10.$((RANDOM % nets + 1)).0.0/24
	[ $((RANDOM % 3)) != 0 ] || to=default
	ip -n r$n route add $to via "$link" 2>/dev/null
}

reaches() {
	in_ns "$1" timeout 1 bash -c "exec 3<>/dev/tcp/$2/9" 2>&1 | grep -q refused
}

# What leads there and back does not have to be the same; the way back begins with the address the kernel chose.
predicted() {
	local there source back
	there=$(procns net --path "$1" "$2" -J 2>/dev/null) || return 1
	source=$(in_ns "$1" ip -4 route get "$2" 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p')
	back=$("$JSONGET" 'hops[kind=arrive].netns' <<<"$there") || return 1
	[ -n "$source" ] || return 1
	procns net --path "net:[$back]" "$source" >/dev/null 2>&1
}

random_round() {
	local from to entry wrong='' tried=0 good=0
	RANDOM=$1
	nets=0 addresses=()
	random_network
	settle r0 r1 r2 r3 r4 r5 r6 r7 r8 r9
	for from in r0 r3 r5 r8; do
		for entry in "${addresses[@]}"; do
			[ $((RANDOM % 3)) = 0 ] || continue
			to=${entry#* }
			if predicted $from "$to"; then said=yes; else said=no; fi
			if reaches $from "$to"; then is_so=yes good=$((good + 1)); else is_so=no; fi
			tried=$((tried + 1))
			[ $said = $is_so ] || wrong+="$from to $to (${entry% *}): said $said, is $is_so"$'\n'"$(procns net --path $from "$to" 2>&1)"$'\n'
		done
	done
	is "a network at random, seed $1: $tried ways, $good of them good, told right" "$wrong" ''
	for ((n = 0; n < 10; n++)); do ip netns del r$n; done
}

make_router
settle a router b
known_ways
rules
version6
bridges
tunnels
namespaces_without_addresses
bad_ends
for ((round = 0; round < NET_ROUNDS; round++)); do random_round $(((NET_SEED + round) % 32768)); done
done_testing
