#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# why against a model: random graphs of namespaces and holders, nested, are built; the whole answer is compared with what was built,
# nothing missing and nothing invented. MODEL_GRAPHS says how many (200), MODEL_SEED the first seed (else the time's).

TEST_SECONDS=900
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"
: "${WHYSAY:=$top/build/tests/whysay}" "${MODEL_GRAPHS:=200}" "${MODEL_SEED:=$(date +%s)}"
# kernels give out inode numbers and pids, which may sort in another way
export LC_ALL=C

mkfifo "$work/graph"

# answer SEED [sabotage]: $work/wanted and $work/got; the graph is gone after it
answer() {
	local line pid graph names=() status=0
	"$NSMAKE" -s graph "$@" </dev/null >"$work/graph" 2>"$work/graph.err" &
	pid=$!
	exec {graph}<"$work/graph"
	: >"$work/said"
	while IFS= read -r -t 60 -u "$graph" line; do
		echo "$line" >>"$work/said"
		[[ $line != "ns "* ]] || names+=("${line#ns }")
		[ "$line" != end ] || break
	done
	exec {graph}<&-
	if [ "${line:-}" = end ]; then
		procns why -J "${names[@]}" >"$work/json" 2>"$work/why.err" || status=$?
	else
		status=1
	fi
	kill "$pid"
	wait "$pid" || status=$?
	sort "$work/said" >"$work/wanted"
	"$WHYSAY" <"$work/json" | sort >"$work/got"
	return $status
}

list() { procns ls -nrl -o NAMESPACE | sort; }

# What was there before may have gone since, as what an earlier test made.
left_over() { comm -13 "$work/before" <(list); }
nothing_left() { [ -z "$(left_over)" ]; }

echo "# seeds from $MODEL_SEED, $MODEL_GRAPHS graphs"
list >"$work/before"
total=0
for ((i = 0; i < MODEL_GRAPHS; i++)); do
	seed=$((MODEL_SEED + i))
	if ! answer $seed; then
		fail "the graph of seed $seed" "$(cat "$work/graph.err" "$work/why.err")"
	elif [ -s "$work/why.err" ]; then
		fail "the graph of seed $seed is answered whole" "$(cat "$work/why.err")"
	elif cmp -s "$work/wanted" "$work/got"; then
		total=$((total + $(wc -l <"$work/wanted")))
		pass "the graph of seed $seed: $(grep -c '^ns ' "$work/wanted") namespaces"
	else
		fail "the graph of seed $seed" "$(diff "$work/wanted" "$work/got")"
	fi
done
echo "# $total lines compared"

# one holder more than is said must be noticed
noticed=0
for ((i = 0; i < 5; i++)); do
	! answer $((MODEL_SEED + i)) sabotage || cmp -s "$work/wanted" "$work/got" || noticed=$((noticed + 1))
done
is "a holder too many is noticed" $noticed 5
if eventually 30 nothing_left; then
	pass "nothing of it is left"
else
	fail "nothing of it is left" "$(for ns in $(left_over); do procns why "$ns"; done)"
fi
done_testing
