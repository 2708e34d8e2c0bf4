#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `procns net` where something is in the way: no rights, namespaces that come and go while they are read, no Graphviz, files that
# cannot be written, options that exclude each other. Whatever could not be seen is said; nothing is left behind half-written.

TEST_SECONDS=400
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/lib/net.sh
. "$top/tests/lib/net.sh"

net_begin "$@"

netns other
ip -n other link add v0 type veth peer name v1
ip link add to-other type veth peer name from-here netns other
own=$(stat -Lc %i /proc/self/ns/net) other=$(number other)

# Somebody who may read the program and nothing else.
chmod 755 "$work"
cp "$(readlink -f -- "$PROCNS")" "$work/procns"
chmod 755 "$work/procns"
for lib in $(ldd "$(readlink -f -- "$PROCNS")" | awk '/libprocns/ { print $3 }'); do cp -L "$lib" "$work/"; done
as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all \
		env LD_LIBRARY_PATH="$work" "$work/procns" net "$@"
}

run as_nobody -J
echo "$OUT" >"$work/net.json"
is 'nobody: the own namespace is read' "$(in_json "namespaces[inum=$own].links[name=to-other].kind") $STATUS" 'veth 0'
is 'nobody: no other is' "$(in_json 'namespaces[#]')" 1
check 'nobody: what is missing is said' grep -q '^incomplete: ' "$work/stderr"
is 'nobody: the other end is said not to be known' \
	"$(in_json "namespaces[inum=$own].links[name=to-other].far.reason")" 'its namespace is not known'
is 'nobody: JSON says so too' "$([ "$(in_json 'incomplete[#]')" -gt 0 ] && echo yes)" yes
run as_nobody --strict
is 'nobody: --strict ends with 3' "$STATUS" 3

# A caller with all rights over a user namespace of his own has none over others.
run unshare --user --map-root-user --net env LD_LIBRARY_PATH="$work" "$work/procns" net -J
echo "$OUT" >"$work/net.json"
is 'root of a user namespace: its own is read' "$STATUS $(in_json 'namespaces[own=true].links[#]')" '0 1'
is 'root of a user namespace: no namespace of others is' "$(in_json "namespaces[inum=$other].inum")" ''
check 'root of a user namespace: that is said' grep -q '^incomplete: ' "$work/stderr"

# Signals and threads: the caller's own namespaces stay what they are.
is 'the caller stays where it is' "$(sh -c 'before=$(readlink /proc/self/ns/net); "$0" net >/dev/null 2>&1
	[ "$before" = "$(readlink /proc/self/ns/net)" ] && echo same' "$PROCNS")" same
is 'nothing is kept open' "$(procns ls -nrl -o NS -t net 2>/dev/null | grep -c "^$other$")" 1

# Namespaces that come and go.
churn() {
	local n=0
	while [ -e "$work/churning" ]; do
		ip netns add churn$((n % 7))
		ip link add c$((n % 7)) type veth peer name c netns churn$((n % 7))
		ip -n churn$(((n + 3) % 7)) link add br0 type bridge
		ip netns del churn$(((n + 5) % 7))
		n=$((n + 1))
	done 2>/dev/null
}
touch "$work/churning"
churn &
churning=$!
wrong='' incomplete=0
# as many as a slow machine has time for, ten at least
looks_end=$((SECONDS + 60))
for ((i = 0; i < 10 || (i < 150 && SECONDS < looks_end); i++)); do
	read_net --sockets || wrong+="look $i ended with $?: $(head -n 1 "$work/net.err")"$'\n'
	"$JSONGET" version <"$work/net.json" >/dev/null 2>&1 || wrong+="look $i is no JSON"$'\n'
	[ "$(in_json "namespaces[inum=$other].links[#]")" = 4 ] || wrong+="look $i misses a namespace that was there all the time"$'\n'
	# what JSON says is incomplete is what stderr said
	[ "$(in_json 'incomplete[#]')" = "$(grep -c '^incomplete: ' "$work/net.err")" ] || wrong+="look $i says two things"$'\n'
	grep -q '^incomplete: ' "$work/net.err" && incomplete=$((incomplete + 1))
done
rm "$work/churning"
wait $churning
is 'what is looked at while namespaces come and go is right' "$wrong" ''
echo "# $i looks"
echo "# $incomplete of them said what they missed"
for ((n = 0; n < 7; n++)); do ip netns del churn$n; done 2>/dev/null

# Files.
one_line 'a directory that is not there' 1 'No such file' procns net --svg "$work/none/net.svg"
mkdir "$work/dir"
echo old >"$work/net.svg"
mkdir "$work/path"
run env PATH="$work/path" "$PROCNS" net --svg "$work/net.svg"
is 'without Graphviz: what to do is said' "$STATUS $(grep -c 'install the package graphviz' "$work/stderr")" '1 1'
is '… and the file stays as it was' "$(cat "$work/net.svg")" old
printf '#!/bin/sh\necho half\necho "out of ink" >&2\nexit 1\n' >"$work/path/dot"
chmod 755 "$work/path/dot"
run env PATH="$work/path:$PATH" "$PROCNS" net --svg "$work/net.svg"
is 'Graphviz that fails: what it said is said' "$STATUS $(grep -c 'out of ink' "$work/stderr")" '1 1'
is '… and the file stays as it was' "$(cat "$work/net.svg")" old
run env PATH="$work/path:$PATH" "$PROCNS" net --html "$work/net.svg"
is '… nor is a page written' "$STATUS $(cat "$work/net.svg")" '1 old'
is 'nothing half-written is left' "$(find "$work" -maxdepth 1 -name '*net.svg.*' | wc -l)" 0
if command -v dot >/dev/null; then
	one_line 'a directory for a file' 1 'Is a directory' procns net --svg "$work/dir"
	is 'a picture on standard output' "$(procns net --svg - 2>/dev/null | grep -c '^<svg')" 1
	run sh -c '"$0" net --svg /dev/full' "$PROCNS"
	is 'a full device' "$STATUS" 1
	mkfifo "$work/pipe"
	cat "$work/pipe" >"$work/piped" &
	procns net --svg "$work/pipe" 2>/dev/null
	wait $!
	is 'a pipe' "$(grep -c '^<svg' "$work/piped")" 1
	(umask 027; procns net --svg "$work/mode.svg" 2>/dev/null)
	is 'a new file has the mode of new files' "$(stat -c %a "$work/mode.svg")" 640
else
	skip 'pictures' 'no dot'
fi
run sh -c '"$0" net -J >/dev/full' "$PROCNS"
is 'a full disk' "$STATUS" 1
run sh -c '"$0" net -J >&-' "$PROCNS"
is 'no standard output' "$STATUS" 1

one_line 'two pictures' 1 'only one of' procns net --dot --svg "$work/x"
one_line 'a picture as JSON' 1 'exclude each other' procns net -J --dot
one_line 'an unknown option' 1 'unknown' procns net --nonesuch
one_line 'a picture without a file' 1 'needs an argument' procns net --svg
one_line 'a source that is not there' 1 'no source is called' procns net --source=nonesuch
done_testing
