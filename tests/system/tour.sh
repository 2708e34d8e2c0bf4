#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# docs/tour.md is run: every line behind `# ` of its console blocks, in one shell, in namespaces of its own. What it prints has to be what
# stands below it, by the rules that stand at its top. TOUR_PRINT=yes prints the tour as it went here, to renew it from.

TEST_SECONDS=180
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"
: "${TOUR:=$top/docs/tour.md}"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
[ -e "$TOUR" ] || skip_all "no $TOUR"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"
command -v ip >/dev/null || skip_all "no ip (iproute2)"
[ "${1:-}" = inside ] || { in_fresh_world "$0" inside; exit; }

ellipsis='…'

# What is another each time, of both sides.
normal() {
	sed -E -e '/^incomplete: /d' -e 's/[0-9-]{10}T[0-9:]{8}[.0-9]*Z/TIME/g' -e 's/[0-9.]+ (µs|ms|s)( |$)/DURATION\2/g' \
		-e 's/([0-9a-f]{2}:){5}[0-9a-f]{2}/MAC/g' -e 's/fe80::[0-9a-f:]+/LINK-LOCAL/g' -e 's/[ \t]+/ /g' -e 's/ $//'
}

# Where there is no UTF-8 the command draws with what there is.
as_drawn() {
	if [ "$utf8" ]; then cat; else sed -e 's/├─/|-/g' -e 's/└─/`-/g' -e 's/│/|/g' -e 's/←/<-/g' -e 's/—/-/g'; fi
}

# compare EXPECTED ACTUAL NUMBERS: succeeds when they agree, and NUMBERS has what each number stands for.
compare() {
	awk -v ellipsis="$ellipsis" '
	function digits(text) { return match(text, /^[0-9]+/) ? RLENGTH : 0 }
	function agree(a, b,	n, m, name) {
		for (name in tried) delete tried[name]
		while (a != "" && b != "") {
			n = digits(a)
			m = digits(b)
			if (n >= 2 && m) {
				name = substr(a, 1, n)
				if (!(name in tried)) tried[name] = name in stands ? stands[name] : substr(b, 1, m)
				if (tried[name] != substr(b, 1, m)) return 0
				a = substr(a, n + 1)
				b = substr(b, m + 1)
			} else {
				# digits that begin no number of two are as they are, and so the whole number on the other side
				if (substr(a, 1, 1) != substr(b, 1, 1) || n != m) return 0
				a = substr(a, 2)
				b = substr(b, 2)
			}
		}
		if (a != b) return 0
		for (name in tried) stands[name] = tried[name]
		return 1
	}
	FILENAME == ARGV[1] { stands[$1] = $2; next }
	FILENAME == ARGV[2] { expected[++ne] = $0; next }
	{ actual[++na] = $0 }
	END {
		at = 1
		for (i = 1; i <= ne; i++) {
			if (expected[i] == ellipsis) { any = 1; continue }
			while (any && at <= na && !agree(expected[i], actual[at])) at++
			if (at > na || (!any && !agree(expected[i], actual[at]))) { print "expected: " expected[i]; exit 1 }
			any = 0
			at++
		}
		if (!any && at <= na) { print "not expected: " actual[at]; exit 1 }
		for (name in stands) print name, stands[name] > (ARGV[1] ".new")
	}' "$3" "$1" "$2" && { [ ! -e "$3.new" ] || mv "$3.new" "$3"; }
}

# The command with the numbers of this run.
translated() {
	awk 'FILENAME == ARGV[1] { stands[$1] = $2; next }
	{
		while (match($0, /[0-9]+/)) {
			number = substr($0, RSTART, RLENGTH)
			known = number in stands && length(number) >= 2
			printf("%s%s", substr($0, 1, RSTART - 1), known ? stands[number] : number)
			$0 = substr($0, RSTART + RLENGTH)
		}
		print
	}' "$work/numbers" - <<<"$1"
}

# In this shell, so that its jobs and variables are those of the tour.
execute() {
	eval "$1" >"$work/actual" 2>&1
	[ "${1: -1}" != '&' ] || sleep 0.4
	normal <"$work/actual" >"$work/actual.normal"
}

# What only looks may look again: things end a little later than they are ended.
only_looks() { [[ $1 =~ ^procns\ (ls|tree|why|net|check|diff)\  ]]; }

step() {
	local command tries=1
	command=$(translated "$1")
	as_drawn <"$work/expected" | normal >"$work/expected.normal"
	! only_looks "$1" || tries=20
	while :; do
		execute "$command"
		if compare "$work/expected.normal" "$work/actual.normal" "$work/numbers" >"$work/why"; then
			pass "$1"
			break
		elif ((--tries <= 0)); then
			fail "$1" "$(cat "$work/why")"$'\n'"$(cat "$work/actual")"
			break
		fi
		sleep 0.3
	done
	[ -z "${TOUR_PRINT:-}" ] || { echo "# $1"; cat "$work/actual"; } | sed 's/^/    /' >&2
}

drop_inherited_names
for place in /run /mnt /srv; do mount -t tmpfs tour "$place"; done
mkdir "$work/bin"
ln -s "$(readlink -f -- "$PROCNS")" "$work/bin/procns"
unset -f procns
PATH=$work/bin:$PATH
cd "$work" || exit
: >numbers
block='' command=''
flush() {
	[ -z "$command" ] || step "$command"
	command=''
}
while IFS= read -r line <&8; do
	case $block:$line in
	:'```console') block=yes ;;
	yes:'```') flush; block='' ;;
	yes:'# '*) flush; command=${line#\# }; : >"$work/expected" ;;
	yes:*) printf '%s\n' "$line" >>"$work/expected" ;;
	esac
done 8<"$TOUR"
done_testing
