#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two processes making, sending and destroying every kind of holder, two listing, opening and entering what they find, for
# CHURN_SECONDS (60). Afterwards the list is what it was. The kernel's log is watched by the machine room.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

SECONDS_OF_CHURN=${CHURN_SECONDS:-60}

lines=$(log_lines)
before=$(sorted_listing)
queues=$(queue_mounts)
results=$(mktemp -d)
at_exit rm -r "$results"

"$FSCHECK" enter $NS "$SECONDS_OF_CHURN" >"$results/first" &
readers=($!)
"$FSCHECK" enter $NS "$SECONDS_OF_CHURN" >"$results/second" &
readers+=($!)
said=$("$NSMAKE" churn "$SECONDS_OF_CHURN" 2 "${CHURN_SEED:-$(date +%s)}" 2>"$results/errors")
status=$?
for reader in "${readers[@]}"; do wait "$reader"; done

diag "$said"
is "every state could be made and released" "$status $(cat "$results/errors")" "0 "
take_from "$said" made quick
# how many depends on the machine; none at all would prove nothing
check "they were of many kinds" [ "${made:-0}" -ge $((SECONDS_OF_CHURN / 12)) ]
check "and there was a crowd besides" [ "${quick:-0}" -ge $((SECONDS_OF_CHURN * 4)) ]
relay <"$results/first"
relay <"$results/second"
back_to "$before" "after the churn the list is what it was" "$queues"
log_is_quiet "nothing is in the log" "$lines" nsmake0

no_leaks
done_testing
