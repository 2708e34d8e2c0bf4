#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Random system calls on the filesystem for FUZZ_SECONDS (20), from many users and namespaces (tests/lib/fsfuzz.h), beginning at
# FUZZ_SEED. They are made on a mount of their own, which may be remounted too. Afterwards the list is what it was, that mount
# can be unmounted, and every other is as it was. The kernel's log is watched by the machine room.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
: "${FSFUZZ:=$suite/../fsfuzz}"

other_mounts() { grep -v " $at " /proc/self/mounts; }

at=$(mktemp -d)/namespaces
at_exit rm -r "${at%/*}"
chmod 755 "${at%/*}"
mkdir "$at"
mount -t procns procns "$at"

lines=$(log_lines)
before=$(sorted_listing)
queues=$(queue_mounts)
mounts=$(other_mounts)

relay < <("$FSFUZZ" "$at" "${FUZZ_SECONDS:-20}" ${FUZZ_SEED:+"$FUZZ_SEED"})
is "every other mount is as it was" "$(other_mounts)" "$mounts"
check "no process and no mount is left that keeps it mounted" eventually 60 umount "$at"
back_to "$before" "after it the list is what it was" "$queues"
is "its mode is what it was" "$(stat -c %a $NS)" 555
# what is wrong with an option given to mount(2) the kernel says there, for every filesystem; its own name may have procns in it
refused="procns: (Unknown parameter|Bad value for|mode is an octal|Can't open|Unexpected value|Not specified|Too many)"
is "procns has said in the log only what is wrong with options" \
	"$(new_log_lines "$lines" | grep -a procns | grep -avF "$(uname -r)" | grep -avE "$refused")" ""
done_testing
