#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2119 # let_go needs no argument
# metrics: what is counted changes by exactly what is made and released; the text is OpenMetrics and Prometheus's older format;
# a file appears whole or not at all, wherever it is written to.

TEST_SECONDS=120
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
# shellcheck source=tests/lib/unpacked.sh
. "$top/tests/lib/unpacked.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"

# value SERIES: of what metrics says now
value() { procns metrics 2>/dev/null | awk -v name="$1" '$1 == name { print $2 }'; }
has_value() { [ "$(value "$1")" = "$2" ]; }

# Each series goes up by as many as are held, and down again.
moves() {
	local text=$1 series=$2 kind=$3 type=$4 before
	before=$(value "$series")
	if ! hold "$kind" "$type"; then skip "$text" "$WHY"; return; fi
	check "$text" eventually 10 has_value "$series" $((before + 1))
	let_go
	check "$text: and down when released" eventually 15 has_value "$series" "$before"
}
moves "a namespace alive" 'procns_namespaces{type="cgroup"}' fd cgroup
moves "one that no process is in" 'procns_persistent_namespaces{type="ipc"}' bind ipc
moves "an orphan, by descriptor" 'procns_orphan_namespaces{type="uts",holder="fd"}' fd uts
moves "an orphan, by a detached mount" 'procns_orphan_namespaces{type="uts",holder="fd"}' detached uts
moves "an orphan, by mount" 'procns_orphan_namespaces{type="net",holder="mount"}' bind net
moves "an orphan, by message" 'procns_orphan_namespaces{type="ipc",holder="in_flight"}' inflight-stream ipc
moves "an orphan, by socket" 'procns_orphan_namespaces{type="net",holder="socket"}' socket-udp net
moves "one in flight" 'procns_in_flight_namespaces{type="uts"}' inflight-nested uts

# A user who is root of a user namespace of his own, and of one in that: all of it counts towards his limits.
mkfifo "$work/stop"
setpriv --reuid 54321 --clear-groups unshare --user --map-root-user --uts --net \
	sh -c 'unshare --user --map-root-user --uts sh -c "read -r _"; :' <"$work/stop" &
user=$!
exec {stop}>"$work/stop"
check "a user is named and charged for what is below him, too" eventually 10 has_value 'procns_user_charged_namespaces{uid="54321",type="uts"}' 2
is "for user namespaces" "$(value 'procns_user_charged_namespaces{uid="54321",type="user"}')" 2
is "and for each type" "$(value 'procns_user_charged_namespaces{uid="54321",type="net"}') $(value 'procns_user_charged_namespaces{uid="54321",type="ipc"}')" "1 0"
is "--users 0 names nobody" "$(procns metrics --users 0 | grep -c 'uid="[0-9]')" 0
is "all are counted together then" "$(procns metrics --users 0 | grep -c '^procns_user_charged_namespaces{uid="other",type="uts"} [1-9]')" 1
exec {stop}>&-
wait "$user"
is "the limits are the kernel's" "$(value 'procns_user_limit_namespaces{type="net"}')" "$(cat /proc/sys/user/max_net_namespaces)"
is "complete, from one source" "$(value procns_scan_complete) $(value procns_scan_gaps) $(value 'procns_scan_source{source="bpf"}') $(value 'procns_scan_source{source="proc"}')" "1 0 1 0"

procns metrics >"$work/text"
is "the number of series is bounded" "$([ "$(grep -vc '^#' "$work/text")" -lt 250 ] && echo yes)" yes
is "each is there once" "$(grep -v '^#' "$work/text" | sed 's/ [^ ]*$//' | sort | uniq -d)" ""
is "every metric has a help and a type" \
	"$(grep -v '^#' "$work/text" | sed 's/[{ ].*//' | sort -u)" \
	"$(grep -A 1 '^# HELP' "$work/text" | awk '$2 == "TYPE" && $4 == "gauge" { print $3 }' | sort -u)"
if unpacked python3-prometheus-client 2>/dev/null && command -v python3 >/dev/null; then
	check "a strict reader of OpenMetrics reads it" env PYTHONPATH="$UNPACKED/usr/lib/python3/dist-packages" python3 -c 'import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as families
assert sum(len(f.samples) for f in families(sys.stdin.read())) > 80' <"$work/text"
else
	skip "a strict reader of OpenMetrics reads it" "${WHY:-no python3}"
fi
if unpacked prometheus; then
	check "promtool check metrics has nothing to say" sh -c '[ -z "$("$1" check metrics <"$2" 2>&1)" ]' sh "$UNPACKED/usr/bin/promtool" "$work/text"
else
	skip "promtool check metrics has nothing to say" "$WHY"
fi

# Files
mkdir "$work/dir"
file=$work/dir/procns.prom
alone() { [ "$(ls -A "$work/dir")" = procns.prom ]; }
(umask 077 && procns metrics --textfile "$file")
is "a file: nothing on standard output, all in the file, readable to all" "$(stat -c %a "$file") $(tail -n 1 "$file")" "644 # EOF"
check "a file: nothing beside it" alone

# Whoever reads while it is written again and again has a whole one each time.
for _ in {1..10}; do procns metrics --textfile "$file"; done &
writer=$!
torn='' reads=0
while kill -0 "$writer" 2>/dev/null; do
	content=$(<"$file")
	[[ $content = '# HELP'*'# EOF' ]] || torn=yes
	reads=$((reads + 1))
done
is "a reader meanwhile never sees half a file" "$torn $([ $reads -gt 5 ] && echo read)" " read"
check "a file: nothing beside it in the end" alone
ln -s procns.prom "$work/dir/link"
procns metrics --textfile "$work/dir/link"
is "a link is replaced by the file" "$(stat -c %F "$work/dir/link")" "regular file"
rm "$work/dir/link"
(cd "$work/dir" && procns metrics --textfile procns.prom)
check "a name without a directory" alone

echo old >"$file"
one_line "a directory that is not there" 1 "cannot write $work/none/procns.prom: No such file" procns metrics --textfile "$work/none/procns.prom"
one_line "a directory in its place" 1 "is no regular file" procns metrics --textfile "$work/dir"
one_line "a device in its place" 1 "is no regular file" procns metrics --textfile /dev/null
is "the device is still one" "$(stat -c %F /dev/null)" "character special file"
one_line "no name" 1 "cannot write" procns metrics --textfile ""
one_line "an operand" 1 "takes no operand" procns metrics net
one_line "no number of users" 1 "not a number from 0 to" procns metrics --users -1
one_line "too many users" 1 "not a number from 0 to" procns metrics --users 99999

# On filesystems of its own: read-only, and full.
in_mounts() { run unshare --mount --propagation private sh -c 'mount -t tmpfs -o "$1" none "$2/dir" && cd "$2/dir" && eval "$3"' sh "$1" "$work" "$2"; }
in_mounts size=64k "echo old >procns.prom; mount -o remount,ro none .; $PROCNS metrics --textfile procns.prom; echo \$? \$(ls -A) \$(cat procns.prom)"
is "a read-only directory: status 1, and the old file stays" "$OUT" "1 procns.prom old"
is "a read-only directory: one line" "$ERR" "procns metrics: cannot write procns.prom: Read-only file system"
in_mounts size=16k "echo old >procns.prom; head -c 12288 /dev/zero >other; $PROCNS metrics --textfile procns.prom; echo \$? \$(ls -A) \$(cat procns.prom)"
is "a full disk: status 1, the old file stays and no other" "$OUT" "1 other procns.prom old"
is "a full disk: one line" "$ERR" "procns metrics: cannot write procns.prom: No space left on device"

# Somebody who sees less is told so, in the numbers too; what can't be known has none.
chmod 755 "$work"
mkdir -m 777 "$work/nobody"
run setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all "$PROCNS" metrics --strict --textfile "$work/nobody/x.prom"
is "unprivileged, --strict: status 3, and the file is written" "$STATUS $(tail -n 1 "$work/nobody/x.prom")" "3 # EOF"
is "unprivileged: not complete" "$(awk '$1 == "procns_scan_complete" { print $2 }' "$work/nobody/x.prom")" 0
check "unprivileged: what is missing is said" grep -q '^incomplete: ' "$work/stderr"
is "unprivileged: who is charged is not known" "$(grep -c uid= "$work/nobody/x.prom")" 0
done_testing
