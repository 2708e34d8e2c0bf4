#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Links of every kind this kernel has, in six namespaces; the JSON of `procns net` is compared with what was built, and with
# what ip(8) shows:
#
#	   left ──veth── mid ──veth── right	mid has a bridge, whose ports these are
#	                 │ │ │
#	       process ──┘ │ └── flight		flight: only in flight in a socket
#	                   └── descriptor	descriptor: only an open descriptor
#
# On top of that tunnels between left and right, and links that work on another namespace's.

TEST_SECONDS=280
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/lib/net.sh
. "$top/tests/lib/net.sh"

net_begin "$@"

declare -A built	# kind: yes, or why not

# build KIND COMMAND...: the command makes a link of that kind.
build() {
	local kind=$1
	shift
	if "$@" >"$work/build" 2>&1; then built[$kind]=yes; else built[$kind]="${kind}: $(head -n 1 "$work/build")"; fi
}

# of KIND TEST...: only where there is one
of() {
	local kind=$1
	shift
	if [ "${built[$kind]}" = yes ]; then "$@"; else skip "${*:2:1}" "${built[$kind]}"; fi
}

# Namespaces that no name leads to: by number, and by a descriptor while they are built.
hold_one() {
	hold "$1" net || return
	take ns
	ns=${ns#net:[} ns=${ns%]}
}

to_held() { procns open "net:[$1]" -- ip link set "$2" netns /proc/self/fd/3 name "$3"; }

make_namespaces() {
	netns left mid right
	unshare --net sleep 1000 &
	process=$!
	at_exit kill $process
	eventually 10 eval '[ "$(readlink /proc/$process/ns/net)" != "$(readlink /proc/self/ns/net)" ]'
	process_ns=$(stat -Lc %i /proc/$process/ns/net)
	hold_one fd && descriptor=$ns
	hold_one inflight-stream && flight=$ns
}

make_star() {
	ip -n mid link add br0 type bridge
	ip -n mid addr add 10.1.0.1/24 dev br0
	ip -n mid link set br0 up alias 'the switch'
	ip -n mid link add to-left type veth peer name eth0 netns left
	ip -n mid link add to-right type veth peer name eth0 netns right
	ip -n mid link add to-process type veth peer name eth0 netns $process
	ip link add to-fd type veth peer name eth0
	to_held "$descriptor" eth0 eth0
	ip link set to-fd netns mid
	ip link add to-flight type veth peer name eth0
	to_held "$flight" eth0 eth0
	ip link set to-flight netns mid
	for port in to-left to-right to-process to-fd to-flight; do
		ip -n mid link set $port master br0 up
	done
	for n in left right; do ip -n $n link set eth0 up; done
	ip -n left addr add 10.1.0.2/24 dev eth0
	ip -n left addr add 2001:db8::2/64 dev eth0 nodad
	ip -n right addr add 10.1.0.3/24 dev eth0
	ip -n left link set eth0 mtu 1400
	ip -n left route add default via 10.1.0.1
	ip -n left route add blackhole 198.51.100.0/24
}

# Both ends have number 2: before 5.10 the kernel leaves IFLA_LINK out then.
make_twins() {
	netns twin1 twin2 &&
	ip -n twin1 link add same type veth peer name same netns twin2
}

make_on_others() {
	build vlan ip -n mid link add link br0 name v42 type vlan id 42
	build macvlan ip -n mid link add link br0 name mv0 type macvlan mode bridge
	build dummy ip -n mid link add dum0 type dummy
	build ipvlan ip -n mid link add link dum0 name iv0 type ipvlan mode l3
	build macsec ip -n left link add link eth0 name ms0 type macsec encrypt on
	ip -n mid link set v42 netns right 2>/dev/null
	ip -n mid link set mv0 netns left 2>/dev/null
	ip -n mid link set iv0 netns right 2>/dev/null
}

ports_of() {
	local master=$1 port
	shift
	for port; do
		ip -n mid link add "$port" type dummy && ip -n mid link set "$port" master "$master" || return
	done
}

make_masters() {
	build bond eval 'ip -n mid link add bond0 type bond mode active-backup && ports_of bond0 dum1 dum2'
	build team eval 'ip -n mid link add team0 type team && ports_of team0 dum3'
	build vrf eval 'ip -n mid link add vrf7 type vrf table 7 && ports_of vrf7 dum4'
}

both_ends() {
	local name=$1
	shift
	ip -n left link add "$name" type "$@" local 10.1.0.2 remote 10.1.0.3 &&
		ip -n right link add "$name" type "$@" local 10.1.0.3 remote 10.1.0.2
}

make_tunnels() {
	build vxlan both_ends vx0 vxlan id 100 dstport 4789
	build geneve eval 'ip -n left link add gnv0 type geneve id 200 remote 10.1.0.3 &&
		ip -n right link add gnv0 type geneve id 200 remote 10.1.0.2'
	build gre both_ends gre1 gre key 7
	build gretap both_ends gretap1 gretap
	build ipip both_ends ipip1 ipip
	build sit both_ends sit1 sit
	build vti both_ends vti1 vti key 9
	# one end travels on in right, but is seen elsewhere
	ip -n right link set vx0 netns mid name vx-moved 2>/dev/null
}

make_wireguard() {
	local side
	for side in left right; do
		ip -n $side link add wg0 type wireguard || return
		wg genkey >"$work/$side.key" || return
		wg pubkey <"$work/$side.key" >"$work/$side.pub"
	done
	in_ns left wg set wg0 private-key "$work/left.key" listen-port 51820 peer "$(cat "$work/right.pub")" \
		endpoint 10.1.0.3:51821 allowed-ips 10.9.0.3/32 &&
	in_ns right wg set wg0 private-key "$work/right.key" listen-port 51821 peer "$(cat "$work/left.pub")" \
		endpoint 10.1.0.2:51820 allowed-ips 10.9.0.2/32 &&
	ip -n left link set wg0 up && ip -n right link set wg0 up
}

make_others() {
	build wireguard make_wireguard
	build netkit ip -n left link add nk0 type netkit peer name nk1 netns right
	build ifb ip -n mid link add ifb7 type ifb
	build tun eval 'hold tun net || { echo "$WHY"; false; }'
	take ns pid
	tun_ns=${ns#net:[} tun_ns=${tun_ns%]} tun_pid=$pid
	build tun-moved eval 'hold tun-moved net || { echo "$WHY"; false; }'
	take device_ns pid
	# shellcheck disable=SC2154 # take sets it
	moved_ns=${device_ns#net:[} moved_ns=${moved_ns%]} moved_pid=$pid
}

# A line for each link: name, mtu, address, whether it is up.
shown_by_ip() {
	ip -n "$1" -o link | sed -nE 's/^[0-9]+: ([^:@]+)(@[^:]+)?: <([^>]*)>.* mtu ([0-9]+) .*/\1 \4 \3/p' |
		while read -r name mtu flags; do
			[[ ,$flags, = *,UP,* ]] && up=1 || up=0
			echo "$name $mtu $up"
		done | sort
}

shown_by_procns() {
	local name
	in_json "namespaces[name=$1].links[*].name" | while read -r name; do
		echo "$name $(link_json "$1" "$name" mtu) $(($(link_json "$1" "$name" flags) & 1))"
	done | sort
}

# addresses, and routes beside the local table
addresses_by_ip() { ip -n "$1" -o addr | awk '{ for (i = 1; i < NF; i++) if ($i ~ /^inet/) print $2, $(i + 1) }' | sort; }
addresses_by_procns() {
	local name
	in_json "namespaces[name=$1].links[*].name" | while read -r name; do
		link_json "$1" "$name" 'addresses[*].address' | sed "s/^/$name /"
	done | grep / | sort
}
routes_by_ip() {
	{ ip -n "$1" -4 route show table all; ip -n "$1" -6 route show table all; } |
		grep -v 'table local' | sed -E 's/^(unicast|blackhole|multicast) //; s/ .*//' | grep -v '^ff00' | sort
}
routes_by_procns() { in_json "namespaces[name=$1].routes[*].destination" | sort; }

make_namespaces
make_star
make_twins
make_on_others
make_masters
make_tunnels
make_others
settle left mid right
sleep 0.3	# IPv6 addresses come a little later
read_net
mid=$(number mid) left=$(number left) right=$(number right)

ours=$mid\|$left\|$(number right)\|$process_ns\|$descriptor\|$flight
is 'nothing is said to be missing of these namespaces' "$(grep -w -e "$ours" -e 'other end' "$work/net.err")" ''
for n in left mid right; do
	is "links of $n are those ip shows" "$(shown_by_procns $n)" "$(shown_by_ip $n)"
	is "addresses of $n are those ip shows" "$(addresses_by_procns $n)" "$(addresses_by_ip $n)"
	is "routes of $n are those ip shows" "$(routes_by_procns $n)" "$(routes_by_ip $n)"
done
is 'a name of its own' "$(in_json "namespaces[inum=$mid].name_from")" netns
is 'a namespace kept by a descriptor alone has its number for a name' "$(in_json "namespaces[inum=$descriptor].name")" \
	"net:[$descriptor]"

peer_is() {
	is "$1" "$(link_json "$2" "$3" peer.netns) $(link_json "$2" "$3" peer.name) $(link_json "$2" "$3" role)" "$4 $5 pair"
}
peer_is 'veth, both ends named' mid to-left "$left" eth0
peer_is 'veth, seen from the other end' left eth0 "$mid" to-left
peer_is 'veth into a namespace with a process' mid to-process "$process_ns" eth0
peer_is 'veth into a namespace kept by a descriptor alone' mid to-fd "$descriptor" eth0
peer_is 'veth into a namespace in flight' mid to-flight "$flight" eth0
peer_is 'veth, seen from the namespace in flight' "$flight" eth0 "$mid" to-flight
peer_is 'veth with the same number at both ends' twin1 same "$(number twin2)" same
has 'bridge' mid br0 kind bridge
has 'bridge: its alias' mid br0 alias 'the switch'
has 'bridge: a port has it for a master' mid to-left master.name br0
has 'bridge: a port forwards' mid to-left attributes.port_state forwarding
has 'mtu' left eth0 mtu 1400
has 'mac' left eth0 mac "$(in_ns left ip -o link show eth0 | sed -E 's/.*ether ([0-9a-f:]+).*/\1/')"

on() { is "$1" "$(link_json "$2" "$3" lower.netns) $(link_json "$2" "$3" lower.name)" "$4 $5"; }
of vlan on 'vlan on a bridge of another namespace' right v42 "$mid" br0
of vlan has 'vlan: its id' right v42 attributes.id 42
of macvlan on 'macvlan on a bridge of another namespace' left mv0 "$mid" br0
of macvlan has 'macvlan: its mode' left mv0 attributes.mode bridge
of ipvlan on 'ipvlan on a dummy of another namespace' right iv0 "$mid" dum0
of ipvlan has 'ipvlan: its mode' right iv0 attributes.mode l3
of macsec on 'macsec' left ms0 "$left" eth0
of macsec has 'macsec: it encrypts' left ms0 attributes.encrypt true
of dummy has 'dummy' mid dum0 role virtual
of ifb has 'ifb' mid ifb7 kind ifb

of bond has 'bond: its mode' mid bond0 attributes.mode active-backup
of bond has 'bond: a port' mid dum1 master.name bond0
of team has 'team: its mode' mid team0 role switch
of team has 'team: a port' mid dum3 master.name team0
of vrf has 'vrf: its table' mid vrf7 attributes.table 7
of vrf has 'vrf: a port' mid dum4 master.name vrf7

ends() { is "$1" "$(link_json left "$2" peer.netns) $(link_json left "$2" peer.name) $(link_json left "$2" underlay)" "$3 $4 $left"; }
of vxlan ends 'vxlan: its far end, moved on, is found by its addresses' vx0 "$mid" vx-moved
of vxlan has 'vxlan: packets of the moved end travel where it was made' mid vx-moved underlay "$right"
of vxlan has 'vxlan: its id' left vx0 attributes.id 100
of vxlan has 'vxlan: its remote end' left vx0 attributes.remote 10.1.0.3
of geneve ends 'geneve: its far end' gnv0 "$right" gnv0
of geneve has 'geneve: its id' left gnv0 attributes.id 200
of gre ends 'gre: its far end' gre1 "$right" gre1
of gre has 'gre: its key' left gre1 attributes.okey 7
of gretap ends 'gretap: its far end' gretap1 "$right" gretap1
of ipip ends 'ipip: its far end' ipip1 "$right" ipip1
of sit ends 'sit: its far end' sit1 "$right" sit1
of vti ends 'vti: its far end' vti1 "$right" vti1
of wireguard ends 'wireguard: its far end, by keys; its packets travel in its own namespace, by its socket' wg0 "$right" wg0
of wireguard has 'wireguard: its port' left wg0 attributes.port 51820
of wireguard is 'wireguard: its peer, and no private key anywhere' \
	"$(link_json left wg0 'attributes.peers[*]'; grep -cF -e "$(cat "$work/left.key" 2>/dev/null || echo none)" "$work/net.json")" \
	"$(cat "$work/right.pub" 2>/dev/null) endpoint 10.1.0.3:51821 allowed 10.9.0.3/32
0"
of netkit peer_is 'netkit' left nk0 "$right" nk1
of netkit has 'netkit: its mode' left nk0 attributes.mode l3

tap_of() { in_json "namespaces[inum=$1].links[kind=tun].processes[*].pid"; }
of tun is 'tun: the process that has it open' "$(tap_of "$tun_ns")" "$tun_pid"
of tun-moved is 'tun, moved to another namespace: the process that has it open' "$(tap_of "$moved_ns")" "$moved_pid"

# every join that was made is in the list, once
# both ends of twins have one name
joins_of() { { in_json "joins[kind=$1].from.name"; in_json "joins[kind=$1].to.name"; } | grep -cx "$2"; }
is 'the pair of to-left is joined once' "$(joins_of peer to-left)" 1
is 'the pair of to-right is joined once' "$(joins_of peer to-right)" 1
is 'the pair of twins is joined once' "$(joins_of peer same)" 2
is 'ports of the bridge are joined to it' "$(in_json 'joins[kind=port].to' | grep -c "\"netns\": $mid,.*\"name\": \"br0\"")" 5
done_testing
