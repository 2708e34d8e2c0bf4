#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Snapshots without end while namespaces of every kind come and go: each is right, and none costs memory that does not come back.
# SNAPSHOTS says how many (40,000).

TEST_SECONDS=1200
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
: "${SNAPSHOTS:=40000}" "${SNAPSHOT_PROGRAM:=$top/build/tests/unit/snapshots}"

churn() {
	"$NSMAKE" churn 1200 3 >/dev/null 2>&1 &
	churn=$!
	at_exit kill -KILL $churn
}

# many SOURCE COUNT
many() {
	source_works "$1" || { skip "$2 snapshots by $1" "it does not work here"; return; }
	run "$SNAPSHOT_PROGRAM" "$1" "$2"
	echo "# $1: $OUT"
	if [ "$STATUS" = 0 ]; then pass "$2 snapshots by $1"; else fail "$2 snapshots by $1" "$OUT$ERR"; fi
}

churn
many bpf "$SNAPSHOTS"
many proc $((SNAPSHOTS / 40))
many listns $((SNAPSHOTS / 4))
many dir $((SNAPSHOTS / 4))
check "the churn lasted all the while" kill -0 $churn
done_testing
