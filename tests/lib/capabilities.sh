# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2317 # functions are called by name
# A command with all capabilities and with some, side by side: what is missing then, and whether it is said. After tests/system/lib.sh.
#
#	KEEP			a library to preload, by which a command keeps what it would drop
#	OTHER			the number of a user who is not root
#	table, dropped		by command, what its --help says it needs, and which of it goes on the way; read_table fills them
#	shown			by "COMMAND CAPABILITY": yes, where `try` saw that it is needed; skipped
#	filter, prepare, undo	commands around each run: what is compared of the output; before and after
#	said			yes: what is missing is said, too; no: it shows in the output alone

OTHER=65533

# As --help shows it: names as setpriv wants them.
declare -A table dropped
read_table() {
	local command
	for command in $(procns --help | sed -n '/^Commands/,/^$/s/^ \([a-z]*\) .*/\1/p'); do
		table[$command]=$(procns "$command" --help | sed -n 's/^ CAP_\([A-Z_]*\) .*/\1/p' | tr '[:upper:]\n' '[:lower:] ')
		dropped[$command]=$(procns "$command" --help | sed -n 's/^ CAP_\([A-Z_]*\) .*; dropped .*/\1/p' | tr '[:upper:]\n' '[:lower:] ')
	done
}

# with "CAP..." COMMAND...: as root with these alone
with() {
	local set=-all name
	for name in $1; do set+=,+$name; done
	shift
	setpriv --inh-caps=-all --bounding-set="$set" "$@"
}

# as_other "CAP..." COMMAND...: as another user, with these as if by setcap(8)
as_other() {
	local set=-all name
	for name in $1; do set+=,+$name; done
	shift
	setpriv --reuid=$OTHER --regid=$OTHER --clear-groups --inh-caps="$set" --ambient-caps="$set" --bounding-set="$set" "$@"
}

without() {
	local name left=()
	for name in $1; do [ "$name" = "$2" ] || left+=("$name"); done
	echo "${left[*]}"
}

undo=:
prepare=:
filter='cat'

# into NAME COMMAND...: NAME.out, NAME.err
into() {
	local name=$1
	shift
	$prepare
	"$@" >"$work/$name.raw" 2>"$work/$name.err"
	echo "status $?" >"$work/$name.out"
	$filter <"$work/$name.raw" >>"$work/$name.out"
	$undo
}

# An answer, not a failure: with more than the status, or nothing to say.
is_answer() {
	case ${arguments[0]} in
	check | diff) grep -qE '^status [01]$' "$work/$1.out" ;;
	*) grep -qx 'status 0' "$work/$1.out" ;;
	esac
}

# The rest of the machine goes its own ways meanwhile.
same() {
	into reference env LD_PRELOAD="$KEEP" "$PROCNS" "${arguments[@]}"
	is_answer reference || { cat "$work/reference.err"; return 1; }
	into restricted "$@" "$PROCNS" "${arguments[@]}"
	cmp "$work/reference.out" "$work/restricted.out" && diff <(sort -u "$work/reference.err") <(sort -u "$work/restricted.err")
}

# What is missing is said: there is a line that was not there before.
is_said() {
	into less with "$1" "$PROCNS" "${arguments[@]}"
	# the detail of a failure
	head -n 5 "$work/restricted.out" "$work/restricted.err" "$work/less.out" "$work/less.err"
	! cmp -s "$work/less.out" "$work/restricted.out" || ! cmp -s "$work/less.err" "$work/restricted.err" || return 1
	[ "$said" = yes ] || ! cmp -s "$work/less.out" "$work/restricted.out" || return 1
	[ "$said" = no ] || grep -qvxFf <(echo nothing; cat "$work/restricted.err") "$work/less.err"
}

declare -A shown
said=yes

# try "SUBSET" "TAKEN" ARGUMENT...: the command says the same with its table alone as with all; with that of SUBSET which is not in TAKEN
# something is missing. SUBSET is there because one capability may stand for another: CAP_SYS_ADMIN for CAP_BPF.
try() {
	local subset=$1 taken=$2 command=$3 name
	shift 2
	local arguments=("$@") what="$*"
	what=${what//"$work"/DIR}
	if eventually 10 same with "${table[$command]}"; then
		pass "$what: with its own it is as with all"
	else
		fail "$what: with its own it is as with all" "$(head -n 5 "$work"/{reference,restricted}.{out,err})"
	fi
	into restricted with "$subset" "$PROCNS" "${arguments[@]}"
	for name in $taken; do
		check "$what: it is said what is missing without $name" is_said "$(without "$subset" "$name")"
		shown[$command $name]=yes
	done
}

# What nothing here can show, and why.
cannot_show() {
	local command=$1 name=$2
	shift 2
	[ -z "${shown[$command $name]:-}" ] || return 0
	skip "$command: $name" "$*"
	shown[$command $name]=skipped
}
