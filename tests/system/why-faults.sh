#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2119 # let_go needs no argument
# why where things are many, or go while they are looked at: the answer is whole, or says that it is not.

TEST_SECONDS=600
# shellcheck source=tests/system/lib.sh
. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to make namespaces"
source_works bpf || skip_all "bpf does not work here: $(procns source -nr | grep '^bpf')"
: "${WHYSAY:=$top/build/tests/whysay}" "${MANY:=100000}" "${LOOKS:=100}"

# In one process, all of the same namespace: as many as the limits let a process have, to which who may not raise them is bound.
many_descriptors() {
	local pid ns
	(ulimit -n $((MANY + 100))) 2>/dev/null || MANY=$(($(ulimit -Hn) - 100))
	# shellcheck disable=SC2016 # the other bash expands it
	unshare --uts bash -c '
		ulimit -n $(($1 + 100)) || exit
		for ((i = 0; i < $1; i++)); do exec {fd}</proc/self/ns/uts; done
		exec sleep 600' bash "$MANY" &
	pid=$!
	at_exit kill $pid
	eventually 120 is_named $pid sleep || diag "the process did not get so far"
	ns=$(readlink /proc/$pid/ns/uts)
	procns why "$ns" >"$work/many" 2>"$work/many.err"
	is "$MANY descriptors of one process are all named" \
		"$(grep -oE "fd [0-9]+ of $pid " "$work/many" | sort -u | wc -l)" "$MANY"
	check "and all references accounted for" grep -qE ' ([0-9]+) references?, \1 explained$' "$work/many"
	is "nothing is said to be missing" "$(cat "$work/many.err")" ""
	kill $pid
	wait $pid 2>/dev/null
}

# What is looked at stands; around it everything comes and goes.
beside_churn() {
	local names churn i wrong=0 partial=0
	mkfifo "$work/graph"
	"$NSMAKE" -s graph 7 </dev/null >"$work/graph" &
	at_exit kill $!
	sed '/^end$/q' <"$work/graph" >"$work/said"
	mapfile -t names < <(sed -n 's/^ns //p' "$work/said")
	LC_ALL=C sort "$work/said" >"$work/wanted"
	"$NSMAKE" churn 600 4 >/dev/null 2>&1 &
	churn=$!
	at_exit kill -KILL $churn
	for ((i = 0; i < LOOKS; i++)); do
		procns why -J "${names[@]}" >"$work/json" 2>"$work/err" || wrong=$((wrong + 1))
		"$WHYSAY" <"$work/json" | LC_ALL=C sort >"$work/got"
		if [ -s "$work/err" ]; then
			partial=$((partial + 1))
		elif ! cmp -s "$work/wanted" "$work/got"; then
			wrong=$((wrong + 1))
			diff "$work/wanted" "$work/got" | sed 's/^/# /'
		fi
	done
	is "amid churn each answer of $LOOKS is what was built, or says it is partial ($partial)" $wrong 0
	check "and most are whole" test $partial -lt $((LOOKS / 2))
	wrong=0
	for ((i = 0; i < LOOKS; i++)); do
		procns why --all -J >"$work/json" 2>/dev/null || wrong=$((wrong + 1))
		"$WHYSAY" <"$work/json" >"$work/got" || wrong=$((wrong + 1))
	done
	is "everything that comes and goes can be explained meanwhile" $wrong 0
	kill -KILL $churn	# it takes no other
	wait $churn 2>/dev/null
}

# It ends between the list and the question.
gone_before() {
	local ns
	hold fd uts || { fail "a namespace is made" "$WHY"; return; }
	take ns
	let_go
	one_line "what is gone is said to be" 1 "$ns" procns why "$ns"
}

# The descriptors of a stopped or a dead process with a living thread are seen too.
half_a_process() {
	local ns tid pid
	hold thread-dead-leader uts || { skip "a process whose first thread has ended" "$WHY"; return; }
	take ns pid tid
	check "a process whose first thread has ended: its other thread is named" \
		grep -q "member .*thread $tid of $pid" <<<"$(procns why "$ns")"
	let_go
}

unprivileged() {
	local ns fd pid
	hold fd uts || { fail "a namespace is made" "$WHY"; return; }
	take ns fd pid
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$PROCNS" why --all
	is "without privileges another's descriptor is not shown" "$(grep -c "fd $fd of $pid" <<<"$OUT")" 0
	check "and the answer is said to be partial" grep -q '^incomplete:' <<<"$ERR"
	let_go
}

many_descriptors
beside_churn
gone_before
half_a_process
unprivileged
done_testing
