# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of `procns net` share, after lib.sh. Everything happens in namespaces of this test's own, named in a /run of its own.
#
#	netns NAME...			makes namespaces as `ip netns add` does
#	number NAME			a namespace's number
#	in_ns NAME COMMAND...		runs it there
#	read_net [OPTION...]		procns net -J into $work/net.json
#	in_json PATH			what that has there (tests/lib/jsonget.c)
#	link_json NS LINK MEMBER	… of a link: NS a name or a number
#	has TEXT NS LINK MEMBER WANTED	a test
#	settle NS...			waits until links that have a carrier are said to be up: the kernel takes its time
#	can KIND			may this kernel make links of that kind, and ip ask for it? else WHY

: "${JSONGET:=$top/build/tests/jsonget}"

net_begin() {
	[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
	[ -x "$JSONGET" ] || skip_all "no $JSONGET: make -C tests/lib"
	command -v ip >/dev/null || skip_all 'no ip to make links with'
	[ "${1:-}" = inside ] || { in_fresh_world "$0" inside; exit; }
	drop_inherited_names
	mount -t tmpfs none /run
	mkdir /run/netns
	ip link set lo up
}

netns() { local name; for name; do ip netns add "$name" || return; done; }
number() { stat -Lc %i "/run/netns/$1"; }
in_ns() { local name=$1; shift; ip netns exec "$name" "$@"; }

read_net() { procns net -J "$@" >"$work/net.json" 2>"$work/net.err"; }
in_json() { "$JSONGET" "$1" <"$work/net.json" 2>&1; }

link_json() {
	local by=name
	[[ $1 != [0-9]* ]] || by=inum
	in_json "namespaces[$by=$1].links[name=$2].$3"
}

has() { is "$1" "$(link_json "$2" "$3" "$4")" "$5"; }

settled() {
	local name
	for name; do
		! ip -n "$name" -o link | grep -qE '<([^>]*,)?UP,LOWER_UP[^>]*>.* state (DOWN|LOWERLAYERDOWN)' || return
		! ip -n "$name" -o link | grep -qE '<[^>]*NO-CARRIER[^>]*>.* state UP' || return
	done
}
settle() { eventually 60 settled "$@" || echo "# links of $* did not settle"; }

can() {
	local kind=$1
	shift
	unshare --net -- sh -c 'ip link add lower0 type veth peer name lower1; '"ip link add can0 $* type $kind" >"$work/can" 2>&1 ||
		! WHY=$(head -n 1 "$work/can")
}
