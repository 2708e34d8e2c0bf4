#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2119,SC2154 # let_go needs no argument; bench/lib.sh sets the rest
# /proc/namespaces beside a tmpfs directory of as many links, with and without idle processes, in one virtual machine.
# KERNELS names the kernels (6.1 6.12 7.x).

# shellcheck source=bench/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

cc -static -D_GNU_SOURCE -O2 -o "$tree/build/bench/inturn-static" "$bench/inturn.c" || exit 1
for kernel in ${KERNELS:-6.1 6.12 7.x}; do
	"$room/run" -k "$kernel" -m 8G -t 1200 -f "$tree/build/tests/nsmake" -f "$tree/tests/lib/hold.sh" -f "$tree/tests/lib/tap.sh" \
		-f "$tree/build/bench/inturn-static" -f "$bench/fs-inside" -- /root/fs-inside || exit 1
	echo
done
