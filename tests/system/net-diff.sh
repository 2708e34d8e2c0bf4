#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `procns net --diff`: every change that is made between two looks is told, and nothing else of the namespaces it is made in.

TEST_SECONDS=120
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/lib/net.sh
. "$top/tests/lib/net.sh"

net_begin "$@"

netns one two
ip -n one link add v type veth peer name w netns two
ip -n one link set v up
ip -n two link set w up
ip -n one link add br0 type bridge
ip -n one addr add 10.1.0.1/24 dev v
settle one two
sleep 2.5	# IPv6 addresses are tentative until now

one=$(number one) two=$(number two)
look() { procns net -J >"$work/before.json" 2>/dev/null; }

# What is said of our namespaces: the rest of the machine may change as it likes.
told() {
	procns net --diff "$work/before.json" >"$work/diff" 2>"$work/diff.err"
	grep -aE "net:\[($one|$two|${new:-$two})\]" "$work/diff" | sed -E 's/net:\[[0-9]+\] ?//; s/ $//'
}

# change TEXT WANTED COMMAND...
change() {
	local text=$1 wanted=$2
	shift 2
	look
	"$@"
	settle one two
	is "$text" "$(told)" "$wanted"
}

look
is 'nothing changed' "$(told)" ''
change 'an address is added' $'+ one link v address 10.2.0.1/24\n+ one route 10.2.0.0/24 dev v' ip -n one addr add 10.2.0.1/24 dev v
change 'an address is taken away' $'- one link v address 10.2.0.1/24\n- one route 10.2.0.0/24 dev v' ip -n one addr del 10.2.0.1/24 dev v
change 'an mtu' '~ two link w: mtu 1500 -> 1400' ip -n two link set w mtu 1400
change 'an alias' '~ one link v: alias none -> to two' ip -n one link set v alias 'to two'
change 'a mac' '~ one link br0: mac '"$(in_ns one cat /sys/class/net/br0/address)"' -> 02:00:00:00:00:09' \
	ip -n one link set br0 address 02:00:00:00:00:09
change 'a route' '+ one route 192.0.2.0/24 via 10.1.0.9 dev v' ip -n one route add 192.0.2.0/24 via 10.1.0.9
change 'a link is made' '+ two link br7' ip -n two link add br7 type bridge
change 'a link is renamed' '~ two link br8: name br7 -> br8' ip -n two link set br7 name br8
change 'an option of a link' '~ two link br8: stp off -> on' ip -n two link set br8 type bridge stp_state 1
change 'a link goes' '- two link br8' ip -n two link del br8
change 'a port' $'~ one link v: master none -> br0\n~ one link v: port_state none -> disabled' ip -n one link set v master br0

look
ip netns add three
new=$(number three)
is 'a namespace is made' "$(told)" '+ three'
look
ip netns del three
is 'a namespace goes' "$(eventually 10 eval '! procns net -J 2>/dev/null | grep -q '"$new"; told)" '- three'

look
ip -n two link set w mtu 1300
procns net -J --diff "$work/before.json" >"$work/net.json" 2>/dev/null
is 'a change ends with 4' $? 4
is 'as JSON' "$(in_json "changes[netns=$two].member") $(in_json "changes[netns=$two].old") $(in_json "changes[netns=$two].new")" 'mtu 1400 1300'

bad() { one_line "$1" 1 "$2" procns net --diff "$3"; }
bad 'a file that is not there' 'No such file' "$work/none"
bad 'a directory' 'Is a directory' "$work"
echo '{' >"$work/bad"
bad 'half a document' 'was not written by' "$work/bad"
echo '{"version": 1, "namespaces": {}}' >"$work/bad"
bad 'another document' 'was not written by' "$work/bad"
echo '{"version": 99, "namespaces": []}' >"$work/bad"
bad 'a version of the future' 'has version 99' "$work/bad"
: >"$work/bad"
bad 'an empty file' 'was not written by' "$work/bad"
head -c 100000 /dev/zero | tr '\0' '[' >"$work/bad"
bad 'brackets without end' 'was not written by' "$work/bad"
echo '{"version":1,"namespaces":[7,null,{"inum":"x","links":[{"ifindex":{}},{"attributes":[1e400],"addresses":{}}],"routes":3}]}' >"$work/bad"
procns net --diff "$work/bad" >"$work/diff" 2>"$work/diff.err"
is 'what is none of ours does not trip it' $? 4
done_testing
