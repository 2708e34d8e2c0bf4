#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A machine as a container engine leaves it: a bridge with an address, NAT, a veth pair for each container, containers kept by
# a process in a control group or by a mount in the engine's directory, one of them in a user namespace of its own.
#
#	host ── docker0 ─┬─ vethA ── eth0 web		named by its mount
#	                 ├─ vethB ── eth0 db		in a user namespace
#	                 └─ vethC ── eth0 (rootless inside: its own bridge, and a container below)

TEST_SECONDS=120
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/lib/net.sh
. "$top/tests/lib/net.sh"

net_begin "$@"

# The engine's mounts are not those of ip(8).
mkdir -p /run/docker/netns

own=$(stat -Lc %i /proc/self/ns/net)

start() {
	"$@" &
	started=$!
	at_exit kill $started
	eventually 10 eval '[ "$(readlink /proc/$started/ns/net)" != "$(readlink /proc/self/ns/net)" ]'
}

attach() {	# PID PORT ADDRESS
	ip link add "$2" type veth peer name eth0 netns "$1"
	ip link set "$2" master docker0 up
	nsenter --net="/proc/$1/ns/net" sh -c "ip link set lo up; ip link set eth0 up; ip addr add $3/16 dev eth0
		ip route add default via 172.17.0.1"
}

ip link add docker0 type bridge
ip addr add 172.17.0.1/16 dev docker0
ip link set docker0 up
sysctl -qw net.ipv4.ip_forward=1
if nft add table ip nat 2>/dev/null; then
	nft 'add chain ip nat POSTROUTING { type nat hook postrouting priority 100; }'
	nft 'add rule ip nat POSTROUTING ip saddr 172.17.0.0/16 masquerade'
fi

start unshare --net sleep 1000
web=$started web_ns=$(stat -Lc %i /proc/$web/ns/net)
touch /run/docker/netns/0123456789ab
mount --bind /proc/$web/ns/net /run/docker/netns/0123456789ab
attach $web vethA 172.17.0.2

start unshare --user --map-root-user --net sleep 1000
db=$started db_ns=$(stat -Lc %i /proc/$db/ns/net)
attach $db vethB 172.17.0.3

start unshare --user --map-root-user --net --mount sh -c 'mount -t tmpfs none /run; ip link set lo up
	ip link add br-in type bridge; ip addr add 10.88.0.1/24 dev br-in; ip link set br-in up
	unshare --net sleep 999 & echo $! >'"$work/inner"'; wait'
rootless=$started rootless_ns=$(stat -Lc %i /proc/$rootless/ns/net)
attach $rootless vethC 172.17.0.4
eventually 10 test -s "$work/inner"
inner=$(cat "$work/inner")
eventually 10 eval '[ "$(readlink /proc/$inner/ns/net)" != "$(readlink /proc/$rootless/ns/net)" ]'
inner_ns=$(stat -Lc %i "/proc/$inner/ns/net")
nsenter --user="/proc/$rootless/ns/user" --net="/proc/$rootless/ns/net" sh -c "ip link add vethD type veth peer name eth0 netns $inner
	ip link set vethD master br-in up"
nsenter --user="/proc/$rootless/ns/user" --net="/proc/$inner/ns/net" sh -c 'ip link set eth0 up; ip addr add 10.88.0.2/24 dev eth0
	ip route add default via 10.88.0.1'
nsenter --net="/proc/$rootless/ns/net" sysctl -qw net.ipv4.ip_forward=1

read_net
is 'the namespaces are there' "$(for n in $own $web_ns $db_ns $rootless_ns $inner_ns; do
	in_json "namespaces[inum=$n].inum"; done | wc -l)" 5
is 'a container in a user namespace has another owner' \
	"$([ "$(in_json "namespaces[inum=$db_ns].owner")" = "$(stat -Lc %i /proc/$db/ns/user)" ] && echo yes)" yes

joined() {
	is "$1: its eth0 leads to $3, a port of $4" \
		"$(link_json "$2" eth0 peer.name) $(link_json "$5" "$3" master.name) $(link_json "$5" "$3" peer.netns)" "$3 $4 $2"
}
joined 'a container' "$web_ns" vethA docker0 "$own"
joined 'a container in a user namespace' "$db_ns" vethB docker0 "$own"
joined 'a rootless engine' "$rootless_ns" vethC docker0 "$own"
joined 'a container of a rootless engine' "$inner_ns" vethD br-in "$rootless_ns"

# The same, as it is drawn: an edge from the row of the port to the box of eth0.
procns net --dot >"$work/dot" 2>"$work/dot.err"
drawn() {
	local ns=$2 other=$4 port bridge eth0
	eth0=n${ns}_$(link_json "$ns" eth0 ifindex):p$(link_json "$ns" eth0 ifindex)
	port=$(link_json "$other" "$3" ifindex)
	bridge=n${other}_$(link_json "$other" "$3" master.ifindex):p$port
	check "$1: an edge between eth0 and its port" grep -qE "^ *($bridge:[ew] -> $eth0:[ew]|$eth0:[ew] -> $bridge:[ew]) " "$work/dot"
	check "$1: the port is a row of the bridge" grep -q "n${other}_$(link_json "$other" "$3" master.ifindex) .*PORT=\"p$port\".*<B>$3<" \
		"$work/dot"
}
drawn 'a container' "$web_ns" vethA "$own"
drawn 'a container in a user namespace' "$db_ns" vethB "$own"
drawn 'a container of a rootless engine' "$inner_ns" vethD "$rootless_ns"
if command -v dot >/dev/null; then
	check 'Graphviz draws it without a word' sh -c 'out=$(dot -Tsvg <"$1" 2>&1 >/dev/null) && [ -z "$out" ]' sh "$work/dot"
else
	skip 'Graphviz draws it without a word' 'no dot'
fi

# Ways: from container to container, out, and from the inner one up through two engines.
way() { procns net --path "$1" "$2" 2>"$work/path.err"; }
is 'from one container to another' "$(way "net:[$web_ns]" "net:[$db_ns]" | sed 's/^[^ ]* *//')" \
	'starts
route 172.17.0.0/16 by eth0
leaves by eth0
enters by vethA
docker0 passes it on
leaves by vethB
enters by eth0
arrives at 172.17.0.3'
is 'from a container to the bridge' "$(way pid:$web 172.17.0.1 | tail -n 1 | sed 's/^[^ ]* *//')" 'arrives at 172.17.0.1'
is 'from the innermost container, through two engines' \
	"$(way "net:[$inner_ns]" 172.17.0.2 | sed 's/^[^ ]* *//' | grep -e passes -e route -e arrives)" \
	'route default via 10.88.0.1 by eth0
br-in passes it on
route 172.17.0.0/16 by eth0
docker0 passes it on
arrives at 172.17.0.2'
done_testing
