#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2317 # functions are called by check
# usage: tests/portability/build.sh i386|arm64
# The library, the command and the unit tests built for another architecture by Debian's cross compiler; what was built is run
# by QEMU's emulation of one process. As TAP.

# shellcheck source=tests/vm/room.sh
. "$(dirname -- "$(readlink -f -- "$0")")/../vm/room.sh"
# shellcheck source=tests/portability/cross.sh
. "$tree/tests/portability/cross.sh"
# shellcheck source=tests/lib/tap.sh
. "$tree/tests/lib/tap.sh"
set +e

architecture=${1:?usage: tests/portability/build.sh i386|arm64}
out=$tree/build/$architecture
version=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$tree/meson.build")

procns() { "${RUN[@]}" "$out/cli/procns" "$@"; }

# in a shell of its own, which may die of what the machine room lacks
check "$architecture: it builds" bash -c '. "$1/tests/vm/room.sh"; . "$1/tests/portability/cross.sh"; cross_build "$2"' build "$tree" "$architecture"
[[ -x $out/cli/procns && $tap_failed = 0 ]] || { done_testing; exit 1; }
architecture_of "$architecture"
cross_run "$architecture"

is "$architecture: the command is of that architecture" \
	"$(readelf -h "$out/cli/procns" | sed -n 's/^ *Machine: *//p')" \
	"$(case $architecture in i386) echo 'Intel 80386' ;; *) echo AArch64 ;; esac)"
is "$architecture: procns --version" "$(procns --version | grep -o "$version")" "$version"
check "$architecture: the namespace it runs in is listed, from /proc" \
	grep -Fx "$(readlink /proc/self/ns/net)" <(procns ls --source proc -nr -o NAMESPACE)

# These ask the kernel for what QEMU's emulation of one process does not pass on: the NS_GET_* ioctls, SO_PEEK_OFF.
kernels_own=' test_host test_peek test_resolve '

for test in "$out"/tests/unit/test_*; do
	[[ -f $test && -x $test ]] || continue
	if [[ $kernels_own = *" ${test##*/} "* ]]; then
		skip "$architecture: ${test##*/}" "QEMU's emulation of a process does not pass on what it asks the kernel"
		continue
	fi
	check "$architecture: ${test##*/}" "${RUN[@]}" "$test"
done

# A system call of 32 bits has another number than the same of 64: who made it is told, and no call that has its number.
told_of_32_bits() {
	# shellcheck disable=SC2016 # expanded in the machine
	"$tree/tests/vm/run" -k 6.12 --no-module -f "$tree/build/cli/procns" -f "$out/tests/nsmake" -- sh -c '
		procns watch -J -t uts --count=1 --timeout=60 >told & watcher=$!
		until grep -q start told; do kill -0 $watcher || exit 1; sleep 0.1; done
		nsmake burst 1 uts >/dev/null
		wait $watcher; cat told' 2>"$out.told"
}
if [[ $architecture = i386 ]]; then
	check "i386: the tests' own programs" bash -c '. "$1/tests/vm/room.sh"; . "$1/tests/portability/cross.sh"; cross_programs i386' programs "$tree"
	is "i386: watch tells who made a call of 32 bits, and names none" \
		"$(told_of_32_bits | sed -n 's/.*"born", .*\("comm": "[a-z]*", "call": [a-z]*\).*/\1/p')" '"comm": "nsmake", "call": null'
fi
done_testing
