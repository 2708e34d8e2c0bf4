#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2119,SC2154 # let_go needs no argument; bench/lib.sh sets the rest
# procns why --all beside lsfd listing the same descriptors; medians of one run in turn.

# shellcheck source=bench/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

HOLD_TIMEOUT=300 hold procs 2000 25 || { echo "cannot make 2000 processes: $WHY"; exit 1; }
state "2000 processes x 25 descriptors"
medians -n 7 "$PROCNS" why --all ::: lsfd || exit 1
echo "2,000 processes x 25 descriptors: procns why --all ${MEDIANS[0]} µs, lsfd ($(lsfd --version | sed 's/.*from //')) ${MEDIANS[1]} µs: $(ratio "${MEDIANS[1]}" "${MEDIANS[0]}")x"
