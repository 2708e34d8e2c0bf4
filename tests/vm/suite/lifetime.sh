#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The module comes and goes, busy while it is used and clean after; and what looks at namespaces keeps none alive.

. "$(dirname -- "$(readlink -f -- "$0")")/lib.sh"

load() { insmod "$(module_file)"; }
unload() { rmmod procns; }
loaded() { grep -q '^procns ' /proc/modules; }
put_on() { mount -t procns procns $NS; }
take_off() { umount $NS; }
reload() { take_off && unload && load && put_on; }

# The kernel takes superblocks apart after umount has returned.
unload_soon() { eventually 30 unload; }

looking_does_not_pin() {
	local ns type watcher
	for type in "${TYPES[@]}"; do
		hold fd "$type" || continue
		take ns
		coproc WATCHER { "$FSCHECK" nopin $NS "$ns"; }
		watcher=$WATCHER_PID
		read -r -t 20 -u "${WATCHER[0]}" _
		ls -l $NS >/dev/null
		check "the holder of $ns is let go" let_go
		check "$ns goes while its entry and the directory are held open" eventually 60 not_listed "$ns"
		refuse "its entry does not lead anywhere then" stat -L "$NS/$ns"
		# shellcheck disable=SC1083,SC2093 # closes what the coprocess reads
		exec {WATCHER[1]}>&-
		wait "$watcher"
	done
}

opening_pins() {
	local ns fd
	hold fd net
	take ns
	exec {fd}<"$NS/$ns"
	let_go
	sleep 0.3
	check "an opened entry keeps its namespace" listed "$ns"
	check "it does not keep the mount" take_off
	check "nor the module" unload_soon
	is "it is still $ns without the module" "$(stat -L -c %i "/proc/$$/fd/$fd")" "$(tr -dc 0-9 <<<"$ns")"
	check "the module loads again" load
	check "and mounts again" put_on
	check "and has found $ns, opened before" listed "$ns"
	exec {fd}<&-
	check "which goes with the descriptor" eventually 60 not_listed "$ns"
}

busy() {
	local fd
	refuse "rmmod is refused while mounted" unload
	check "and the module stays whole" listed "$(own net)"
	exec {fd}<$NS
	check "a busy mount can be detached" umount -l $NS
	refuse "rmmod is refused while a directory is open" unload
	# shellcheck disable=SC2010 # ls is what is tested
	is "which can still be read" "$(ls "/proc/$$/fd/$fd/" | grep -c .)" "$(grep -c . <<<"$before")"
	exec {fd}<&-
	check "rmmod succeeds when it is closed" unload_soon
	refuse "the mount point has gone" test -e $NS
	refuse "the filesystem has gone" grep -q procns /proc/filesystems
	by_its_alias
	check "the module loads again" load
	check "and mounts again" put_on
	is "the list is what it was" "$(sorted_listing)" "$before"

	unshare --mount bash -c "mount -t procns procns /mnt; sleep 1000" &
	local other=$!
	eventually 60 grep -qs ' /mnt procns' /proc/$other/mounts
	check "it is unmounted here" take_off
	refuse "rmmod is refused while mounted in another mount namespace" unload
	end $(pgrep -P $other) $other
	check "rmmod succeeds when that is gone" unload_soon
	load && put_on
}

# mount(2) asks for a module by the filesystem's name where none is loaded: here alone that is let happen.
by_its_alias() {
	if ! modprobe -n fs-procns 2>/dev/null; then
		skip "mounting loads the module" "modprobe does not know it here"
		return
	fi
	echo "$modprobe" >/proc/sys/kernel/modprobe
	check "mounting loads the module" mount -t procns procns /mnt
	echo >/proc/sys/kernel/modprobe
	check "and it is the whole of it" listed "$(own net)" /mnt
	umount /mnt
	check "which unloads again" unload_soon
}

again_and_again() {
	local lines churn failures=0
	lines=$(log_lines)
	for _ in 1 2 3 4 5; do reload || failures=$((failures + 1)); done
	is "five times unloaded and loaded" $failures 0
	"$NSMAKE" churn 12 2 >/dev/null 2>&1 &
	churn=$!
	for _ in 1 2 3 4 5 6; do
		take_off && unload_soon && load && put_on || failures=$((failures + 1))
		sleep 0.5
	done
	is "six times under churn" $failures 0
	end $churn
	back_to "$before" "and the list is what it was"
	log_is_quiet "each load said one thing in the log, and nothing else is there" "$lines" 'procns: .*[0-9]\+ namespaces found\|nsmake0'
}

# What lived before the load. A kernel without a tree is scanned once for it, and what only such an object keeps as no scan
# gets to is missed: those kinds, of those types, and no other.
may_be_missed() {
	case $1 in
	superblock\ * | io_uring\ * | inotify\ * | shm\ * | cgroup-file\ *) ;;
	*) return 1 ;;
	esac
}

older_than_the_load() {
	local i ns which
	check "the mount is taken off" take_off
	check "the module is unloaded" unload_soon
	hold_all < <(all_states)
	check "the module loads" load
	check "and mounts" put_on
	which=$(registry)
	diag "the registry is $which; $(load_line)"
	listing
	for i in "${!all_what[@]}"; do
		take_from "${all_line[i]}" ns
		if [ -z "$ns" ]; then
			[[ ${all_status[i]} == 77 || ${all_line[i]} == *'"listed":0'* ]] || fail "${all_what[i]} is made" "${all_why[i]}"
		elif in_entries "$ns"; then
			pass "${all_what[i]} that is older than the load is found"
		elif [ "$which" = tracked ] && may_be_missed "${all_what[i]}"; then
			skip "${all_what[i]} that is older than the load is found" "no scan gets to it; found where made after the load"
		else
			fail "${all_what[i]} that is older than the load is found" "$ns is not listed"
		fi
	done
	check "all are let go" let_all_go
	back_to "$before" "and when all are let go the list is what it was"
}

# Mounting loads the module by itself (MODULE_ALIAS_FS) wherever modprobe finds it; here it is to stay unloaded when it was.
modprobe=$(</proc/sys/kernel/modprobe)
echo >/proc/sys/kernel/modprobe

before=$(sorted_listing)
check "the log says which registry is kept" [ "$(registry)" != unknown ]
is "and, once, how many were found" "$(dmesg | grep -c 'procns: .*[0-9]\+ namespaces found')" 1
busy
looking_does_not_pin
opening_pins
again_and_again
older_than_the_load
done_testing
