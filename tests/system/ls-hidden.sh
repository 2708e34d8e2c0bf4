#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is hidden is said: to a user without rights, with /proc mounted hidepid=2, without /proc, without the kernel's BTF. What
# can be seen is listed; nothing is listed that this user's /proc does not show.

# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to become somebody else"
[ "${1:-}" = inside ] || { in_fresh_world "$0" inside; exit; }

# The program and its library where anybody may reach them; and found without /proc, which a relative search path needs.
share_program() {
	chmod 755 "$work"
	mkdir "$work/bin"
	cp -L "$PROCNS" "$work/bin/procns"
	cp -L "$(dirname -- "$(readlink -f -- "$PROCNS")")"/../lib/libprocns.so.0 "$work/bin" 2>/dev/null ||
		diag "no libprocns.so.0 beside $PROCNS: taken for one that needs none"
	PROCNS=$work/bin/procns
	export LD_LIBRARY_PATH=$work/bin
}
nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all "$@"; }
as_nobody() { nobody "$work/bin/procns" "$@"; }

says() { grep -q "^incomplete: .*$1" "$work/stderr"; }

unprivileged() {
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare --user sleep 1000 &
	local own=$! wanted
	at_exit eval "kill $own 2>/dev/null"
	unshare --uts sleep 1001 &
	local other=$!
	at_exit eval "kill $other 2>/dev/null"
	until_runs $own sleep
	until_runs $other sleep
	wanted=$(nobody sh -c 'readlink /proc/self/ns/* /proc/'$own'/ns/user' | grep -o '[a-z]*:\[[0-9]*\]' | sort -u)

	run as_nobody ls -lrn -o NAMESPACE
	is 'a user without rights gets a list' "$STATUS" 0
	is 'of the namespaces of his processes' "$(grep -xF "$wanted" <<<"$OUT" | sort -u)" "$wanted"
	is 'and none of a process he may not look into' "$(grep -cF "$(readlink "/proc/$other/ns/uts")" <<<"$OUT")" 0
	check 'which is said to be partial' says 'CAP_'
	run as_nobody ls --strict
	is 'with --strict it is status 3' "$STATUS" 3
	run as_nobody tree
	is 'a tree too' "$STATUS" 0
	check 'is said to be partial' says 'CAP_'
	one_line 'bpf is refused with what it needs' 1 CAP_BPF as_nobody ls --source=bpf
	run as_nobody source -nr
	is 'and procns source says so' "$(awk '$1 == "bpf" { print $2 }' <<<"$OUT") $(grep -c '^bpf.*CAP_BPF' <<<"$OUT")" 'no 1'
	kill $own $other
}

hidepid() {
	mount -t proc -o hidepid=2 proc /proc || { skip 'hidepid=2' 'it cannot be mounted so'; return; }
	run as_nobody ls -lrn -o NPROCS,COMMAND
	is 'hidepid=2: a user without rights gets a list' "$STATUS" 0
	check 'of what his processes are in' grep -qF "$work/bin/procns" "$work/stdout"
	check 'which is said to be partial' says .
	run procns ls -lrn -o NS --source=proc
	is 'hidepid=2: root gets a list' "$STATUS" 0
	umount /proc
}

no_proc() {
	# there may be one below another
	while umount -l /proc 2>/dev/null; do :; done
	if procns source -nr 2>/dev/null | grep -q '^bpf yes'; then
		run procns ls -l -n -o NS,COMMAND
		is 'without /proc, bpf lists' "$STATUS" 0
		check 'processes by their short names' grep -qw ls-hidden.sh "$work/stdout"
	else
		skip 'without /proc, bpf lists' 'bpf does not work here'
	fi
	one_line 'without /proc, proc says so' 1 /proc procns ls --source=proc
	run procns source
	is 'procns source works' "$STATUS" 0
	mount -t proc proc /proc
}

no_btf() {
	[ -d /sys/kernel/btf ] || { skip 'without BTF' 'this kernel has none'; return; }
	local wanted=BTF
	# which it needs first
	! procns source -nr | grep -q '^bpf.*bpf_loop' || wanted=bpf_loop
	mount -t tmpfs none /sys/kernel/btf
	one_line "without BTF, bpf says so (or what is missing before that: $wanted)" 1 "$wanted" procns ls --source=bpf
	run procns ls -lrn -o NS
	is 'without BTF there is a list' "$STATUS" 0
	check 'said to be partial' says .
	umount /sys/kernel/btf
}

# /proc of another pid namespace: its numbers are other processes'. The source proc has no other numbers than those.
foreign_proc() {
	source_works bpf || { skip 'with the /proc of another pid namespace' 'bpf does not work here'; return; }
	run unshare --pid --fork --kill-child "$PROCNS" ls -l -n -o NPROCS,PID,COMMAND -t pid
	is 'with the /proc of another pid namespace' "$STATUS" 0
	is 'no command is taken for another' "$(grep -c "ls-hidden.sh" <<<"$(awk '$2 == 1' <<<"$OUT")")" 0
}

drop_inherited_names
share_program
unprivileged
hidepid
no_proc
no_btf
foreign_proc
done_testing
