#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2119,SC2154 # let_go needs no argument; take sets variables
# check: what outlived a dump is explained as by why; numbers and limits; the exit status tells fine, found, trouble and partial.

TEST_SECONDS=150
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"

# Outlived
before=$work/before.json
procns dump >"$before" 2>/dev/null
named() { procns check --since "$before" | grep -qF "$1  owner"; }
not_named() { ! named "$1"; }
for kind in fd bind inflight-stream socket-udp process; do
	hold "$kind" net || { skip "--since: $kind" "$WHY"; continue; }
	take ns
	run procns check --since "$before"
	is "--since: $kind: something is found" "$STATUS" 1
	# the holders' lines as why has them, down to process and descriptor
	check "--since: $kind: explained as by why" grep -qxF -- "$(procns why "$ns" | sed -n 2p)" "$work/stdout"
	let_go
	check "--since: $kind: gone when released" eventually 15 not_named "$ns"
done

hold fd uts
take ns id
procns dump >"$work/with.json" 2>/dev/null
check "what was there is not named" sh -c '! "$1" check --since "$2" | grep -qF "$3  owner"' sh "$PROCNS" "$work/with.json" "$ns"
let_go
first=$ns
for _ in {1..20}; do
	hold fd uts
	take ns id
	[ "$ns" != "$first" ] || break
done
if [ "$ns" = "$first" ] && [ "$id" != 0 ]; then
	check "a number given out again is told from the first, by its id" sh -c '"$1" check --since "$2" | grep -qF "$3  owner"' sh "$PROCNS" "$work/with.json" "$ns"
else
	skip "a number given out again is told from the first, by its id" "no number was given out again, or this kernel has no ids"
fi
run procns check -J --since "$before"
cp "$work/stdout" "$work/json"
get() { "$top/build/tests/jsonget" "$1" <"$work/json"; }
is "-J: status and members" "$STATUS $(get fine) $(get "outlived[namespace=$ns].type")" "1 false uts"
check "-J: why" sh -c 'printf %s "$1" | grep -qF "(nsmake)"' sh "$(get "outlived[namespace=$ns].why")"
let_all_go

# Numbers
run procns check --max net=100000 --max total=1000000
is "--max: fine" "$STATUS $OUT$ERR" "0 "
run procns check --max net=100000 --max user=0 --max total=1
is "--max: too many" "$STATUS $(grep -c '^too many: ' <<<"$OUT")" "1 2"
check "--max: which, how many, how many may be" grep -qE '^too many: [0-9]+ user namespaces, at most 0 allowed$' <<<"$OUT"

# Limits: four uts namespaces in a user namespace that may have five. The kernel counts as check does.
mkfifo "$work/stop"
unshare --user --map-root-user sh -c 'echo 5 >/proc/sys/user/max_uts_namespaces
	for n in 1 2 3 4; do unshare --uts sleep 300 & sleepers="$sleepers $!"; done
	read -r _
	unshare --uts true && echo 4 >/proc/sys/user/max_uts_namespaces && ! unshare --uts true && echo full >"$1"
	kill $sleepers; wait' sh "$work/verdict" <"$work/stop" 2>/dev/null &
inside=$!
exec {stop}>"$work/stop"
near() { procns check --user-limit "$1" | grep -q "^near a limit: uid 0 has 4 of the 5 uts namespaces it may have in user:\["; }
not_near() { ! near "$1"; }
check "--user-limit: four of five are 80 %" eventually 10 near 80
check "--user-limit: and not 81 %" not_near 81
run procns check --user-limit 80
is "--user-limit: found" "$STATUS" 1
run procns check -J --user-limit 80
printf '%s\n' "$OUT" >"$work/json"
is "-J: the user" "$(get 'users[limit=5].count') $(get 'users[limit=5].type') $(get 'users[limit=5].uid')" "4 uts 0"
exec {stop}>&-
wait "$inside"
is "--user-limit: the kernel has counted four, too" "$(cat "$work/verdict")" full

# Trouble
one_line "nothing to check" 2 "what is to be checked?" procns check
one_line "an operand" 2 "takes no operand" procns check --max net=1 net
one_line "--max: no number" 2 "not TYPE=NUMBER" procns check --max net
one_line "--max: no such type" 2 "unknown type" procns check --max nett=5
one_line "--max: not a number" 2 "not a number of namespaces" procns check --max net=-1
one_line "--max: too large a number" 2 "not a number of namespaces" procns check --max net=99999999999999999999
one_line "--user-limit: not a percentage" 2 "not a percentage" procns check --user-limit 101
one_line "no such dump" 2 "No such file" procns check --since "$work/none"
head -c 1000 "$before" >"$work/half.json"
one_line "half a dump" 2 "half.json" procns check --since "$work/half.json"
sed 's/"boot_id": "[^"]*"/"boot_id": "00000000-0000-4000-8000-000000000000"/' "$before" >"$work/other.json"
one_line "a dump of another boot" 2 "was not taken since this system was started" procns check --since "$work/other.json"
hold process uts
take pid
procns dump --root "pid:$pid" >"$work/part.json" 2>/dev/null
let_go
one_line "a dump of a part" 2 "is of a part" procns check --since "$work/part.json"
run procns check --nonsense
is "an unknown option" "$STATUS" 2
procns check --max user=0 >/dev/full 2>"$work/stderr"
is "output that can't be written" "$? $(grep -c 'cannot write the output' "$work/stderr")" "2 1"
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all "$PROCNS" "$@"; }
run as_nobody check --strict --max net=100000
is "unprivileged, --strict: 3, and what is missing is said" "$STATUS $(grep -c '^incomplete: ' <<<"$ERR" | sed 's/[1-9][0-9]*/said/')" "3 said"
run as_nobody check --strict --max user=0
is "something found comes first" "$STATUS" 1
run as_nobody check --user-limit 80
is "unprivileged: limits can't be checked, and that is said" "$STATUS $(grep -c 'known by bpf alone' <<<"$ERR")" "2 1"
done_testing
