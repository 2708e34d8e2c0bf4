#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mount -t procns: mode= and nothing else.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

at=$(mktemp -d)
at_exit rmdir "$at"
at_exit umount -q "$at"

mode_of() { stat -c %a "$1"; }
options_of() { awk -v at="$1" '$2 == at { print $4 }' /proc/mounts; }

with() {
	umount -q "$at"
	mount -t procns -o "$1" procns "$at"
}

is "the directory's mode is 555 unless told" "$(mode_of $NS)" 555
check "the filesystem is known as nodev procns" grep -qx $'nodev\tprocns' /proc/filesystems
is "it is mounted as procns" "$(awk -v at=$NS '$2 == at { print $1, $3 }' /proc/mounts)" "procns procns"
check "/proc/mounts shows the mode" grep -qE '(^|,)mode=0?555(,|$)' <<<"$(options_of $NS)"

for mode in 500 0500 755 777 000 111; do
	check "mode=$mode is taken" with "mode=$mode"
	plain=$((10#$mode))
	is "mode=$mode is the directory's" "$(mode_of "$at")" "$plain"
	check "/proc/mounts shows it" grep -qE "(^|,)mode=0*$plain(,|\$)" <<<"$(options_of "$at")"
done

for bad in mode=1777 mode=4755 mode=8 mode=9 mode=abc mode= mode mode=-1 mode=0x1ff mode=99999999999 mode=777777 nomode gid=0 uid=0 \
	hidepid=2 type=net size=1 x=y MODE=555 "mode=5 55" "mode=555x"; do
	refuse "$bad is refused" with "$bad"
	is "and nothing is mounted by $bad" "$(options_of "$at")" ""
done

with mode=700
refuse "mode=700 keeps a user from listing" setpriv --reuid 1000 --regid 1000 --clear-groups ls "$at"
refuse "and from looking up" setpriv --reuid 1000 --regid 1000 --clear-groups readlink "$at/$(own net)"
check "remounting changes the mode" mount -o remount,mode=555 "$at"
is "the mode is the new one" "$(mode_of "$at")" 555
check "a user can list then" setpriv --reuid 1000 --regid 1000 --clear-groups ls "$at"
is "the other mount has its own" "$(mode_of $NS)" 555
refuse "remounting with an unknown option is refused" mount -o remount,colour=blue "$at"
is "and changes nothing" "$(mode_of "$at")" 555

check "ro is taken" with ro
check "and shown" grep -qE '^ro(,|$)' <<<"$(options_of "$at")"
is "a read-only mount lists the same" "$(ls "$at" | sort)" "$(ls $NS | sort)"
is "its entries open" "$(nsenter --uts="$at/$(own uts)" readlink /proc/self/ns/uts)" "$(own uts)"
check "any source will do" mount -t procns any-name "$at"
umount "$at"
is "statfs knows no blocks" "$(stat -f -c '%b %f' $NS)" "0 0"
done_testing
