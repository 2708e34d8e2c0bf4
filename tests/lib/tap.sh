# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# TAP for bash: source it, call these, end with `done_testing`. A script that dies before that has no plan, and so fails.
#
#	pass TEXT / fail TEXT [DETAIL]	one test
#	check TEXT COMMAND...		passes when the command succeeds; its output is the detail when it does not
#	refuse TEXT COMMAND...		passes when the command fails
#	is TEXT GOT WANTED		passes when the two are equal
#	skip TEXT WHY
#	eventually SECONDS COMMAND...	succeeds as soon as the command does
#	at_exit COMMAND...		runs it when the script ends, however it does; the last given first
#	end PID...			kills them and waits for them, quietly
#	relay				reads "ok - ", "not ok - " and "# " lines of another program and numbers them

tap_count=0
tap_failed=0
tap_dir=$(mktemp -d)
tap_output=$tap_dir/output
tap_never=$tap_dir/never
mkfifo "$tap_never"
tap_exit=()

at_exit() { tap_exit=("$(printf '%q ' "$@")" "${tap_exit[@]}"); }

tap_end() {
	local command
	for command in "${tap_exit[@]}"; do eval "$command"; done
}

trap tap_end EXIT
trap 'exit 130' INT TERM
at_exit rm -r "$tap_dir"

# one line of detail each, as comments
diag() { printf '%s\n' "$*" | sed 's/^/# /'; }

pass() { printf 'ok %d - %s\n' $((++tap_count)) "$1"; }

fail() {
	printf 'not ok %d - %s\n' $((++tap_count)) "$1"
	tap_failed=$((tap_failed + 1))
	[ $# -lt 2 ] || diag "$2"
}

skip() { printf 'ok %d - %s # SKIP %s\n' $((++tap_count)) "$1" "${2//$'\n'/ }"; }

# In this shell, not in one of $(): a command may change what the script knows, and wait for its children.
check() {
	local text=$1 status
	shift
	"$@" >"$tap_output" 2>&1
	status=$?
	if [ $status -eq 0 ]; then pass "$text"; else fail "$text" "status $status of: $*"$'\n'"$(cat "$tap_output")"; fi
}

refuse() {
	local text=$1
	shift
	if "$@" >"$tap_output" 2>&1; then fail "$text" "succeeded: $*"$'\n'"$(cat "$tap_output")"; else pass "$text"; fi
}

is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got:    $2"$'\n'"wanted: $3"; fi
}

eventually() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		# a pause without a fork: nobody writes there
		read -r -t 0.02 <>"$tap_never"
	done
	return 0	# and not what read said
}

end() {
	kill "$@" 2>/dev/null
	wait "$@" 2>/dev/null
	return 0
}

relay() {
	local line
	while IFS= read -r line; do
		case $line in
		'ok - '*) printf 'ok %d - %s\n' $((++tap_count)) "${line#ok - }" ;;
		'not ok - '*) fail "${line#not ok - }" ;;
		*) diag "$line" ;;
		esac
	done
}

done_testing() {
	printf '1..%d\n' "$tap_count"
	[ "$tap_failed" -eq 0 ]
}
