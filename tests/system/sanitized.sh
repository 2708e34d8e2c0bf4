#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The library and the command with the checks of gcc for addresses, leaks and undefined behaviour: unit tests, snapshots amid churn, random
# graphs, bad input; and the unit tests under valgrind. What is built for it is in build/sanitized. SNAPSHOTS says how many snapshots (4,000).

TEST_SECONDS=1200
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
[ -f "$top/meson.build" ] || skip_all "the source is not here"
build=$top/build/sanitized
# what is freed is kept aside for a while, to catch who still uses it; little, for the memory of a process is looked at, too
export ASAN_OPTIONS=detect_leaks=1:exitcode=99:quarantine_size_mb=2 UBSAN_OPTIONS=halt_on_error=1:exitcode=99:print_stacktrace=1

builds() {
	[ -d "$build" ] || meson setup "$build" "$top" -Db_sanitize=address,undefined -Db_lundef=false
	ninja -C "$build"
}

# quiet TEXT COMMAND...: it succeeds, and neither gcc's checks nor its own say a word
quiet() {
	local text=$1
	shift
	if "$@" >"$work/out" 2>&1 && ! grep -qE 'runtime error|Sanitizer|^not ok' "$work/out"; then
		pass "$text"
	else
		fail "$text" "$(tail -n 60 "$work/out")"
	fi
}

quiet "it builds" builds
quiet "unit tests, sanitized" meson test -C "$build" --timeout-multiplier 5 --print-errorlogs
: "${SNAPSHOTS:=4000}"
quiet "$SNAPSHOTS snapshots amid churn, sanitized" env SNAPSHOTS="$SNAPSHOTS" SNAPSHOT_PROGRAM="$build/tests/unit/snapshots" TEST_BOUNDED='' \
	"$system_dir/snapshots.sh"
for script in ls-bad-input ls-holders why why-model tree; do
	quiet "$script, sanitized" env PROCNS="$build/cli/procns" MODEL_GRAPHS=40 TEST_BOUNDED='' "$system_dir/$script.sh"
done
if command -v valgrind >/dev/null; then
	quiet "unit tests under valgrind" meson test -C "$top/build" --setup valgrind --print-errorlogs
else
	skip "unit tests under valgrind" "it is not installed"
fi
done_testing
