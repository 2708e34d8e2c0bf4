#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Random system calls on the filesystem for FUZZ_SECONDS (20), from many users and namespaces (tests/lib/fsfuzz.h), beginning at
# FUZZ_SEED. Afterwards the list is what it was, and so is the mount. The kernel's log is watched by the machine room.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
: "${FSFUZZ:=$suite/../fsfuzz}"

mounts_of() { awk '$3 == "procns" { print $2, $4 }' /proc/self/mounts; }

lines=$(log_lines)
before=$(sorted_listing)
mounts=$(mounts_of)

relay < <("$FSFUZZ" $NS "${FUZZ_SECONDS:-20}" ${FUZZ_SEED:+"$FUZZ_SEED"})
back_to "$before" "after it the list is what it was"
is "it is mounted as it was" "$(mounts_of)" "$mounts"
is "its mode is what it was" "$(stat -c %a $NS)" 555
# what is wrong with an option given to mount(2) the kernel says there, for every filesystem
refused="procns: (Unknown parameter|Bad value for|mode is an octal|Can't open|Unexpected value|Not specified|Too many)"
is "procns has said in the log only what is wrong with options" "$(new_log_lines "$lines" | grep -a procns | grep -avE "$refused")" ""
done_testing
