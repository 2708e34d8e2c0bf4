# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The machine itself.

# What QEMU can run fast here: "kvm" or "tcg". A /dev/kvm that opens may still not work (nested, refused), so a
# kernel is really booted with it, once for each boot of this machine.
accelerator() {
	local architecture=$1 kernel=$2 initrd=$3 remembered
	[[ -z ${PROCNS_ACCEL:-} ]] || { echo "$PROCNS_ACCEL"; return; }
	[[ $architecture == amd64 && -w /dev/kvm ]] || { echo tcg; return; }
	remembered=$cache/accel-$(</proc/sys/kernel/random/boot_id)
	if [[ ! -s $remembered ]]; then
		rm -f "$cache"/accel-*
		if boots_with_kvm "$kernel" "$initrd"; then echo kvm; else echo tcg; fi >"$remembered.$$"
		mv "$remembered.$$" "$remembered"
		say "$(<"$remembered") it is: /dev/kvm was tried"
	fi
	cat "$remembered"
}

# Without /vm/command init stops at once, with a line of its own.
boots_with_kvm() {
	local kernel=$1 initrd=$2 console
	console=$(timeout -k 1 10 qemu-system-x86_64 -accel kvm -cpu host -M q35 -m 256 -nodefaults -no-user-config \
		-display none -no-reboot -serial stdio -kernel "$kernel" -initrd "$initrd" \
		-append "console=ttyS0 quiet panic=-1 reboot=t" </dev/null 2>/dev/null) || true
	[[ $console == *"nothing to run"* ]]
}

# What is emulated has all that QEMU knows, but: TCG says it has cmpxchg16b, and 6.12's use of it then fails to emulate at boot;
# and arm64's signed pointers by the architecture's cipher take half of the time, so they are signed by a simpler one.
cpu_model() {
	case $1-$2 in
	*-kvm) echo host ;;
	arm64-*) echo max,pauth-impdef=on ;;
	*) echo max,-cx16 ;;
	esac
}

machine_model() {
	case $1 in
	arm64) echo virt,gic-version=3 ;;
	*) echo q35 ;;
	esac
}

# Before QEMU 8.1 an emulated processor may translate code while another one patches it, and go on running what was
# there before: the breakpoint the kernel puts in the way of code it changes, for ever, until it stands in the path of
# breakpoints themselves (an endless row of "kernel BUG at kernel/entry/common.c", once in some ten minutes of churn).
# There the processors take turns on one thread. PROCNS_ACCEL=tcg,thread=multi has them run side by side all the same.
tcg_threads() {
	local version major minor
	version=$("$1" --version | sed -n '1s/.*version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
	read -r major minor <<<"${version:-0 0}"
	if ((major > 8 || (major == 8 && minor >= 1))); then echo multi; else echo single; fi
}

# On a machine with other work an emulated processor may stand still for long at any moment. So the kernel is told not
# to measure what it can't: its timer against a loop, the TSC against a timer (an hour may pass in a second after that).
# It is also to be patient with stalls, and to leave out testing its own cryptography, a third of a second.
kernel_words="quiet loglevel=5 panic=-1 rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=30 cryptomgr.notests"

own_words() {
	case $1 in
	arm64) echo "console=ttyAMA0" ;;
	*) echo "console=ttyS0 reboot=t no_timer_check tsc=unstable" ;;
	esac
}

# qemu_arguments ARCHITECTURE ACCEL CPUS MEMORY KERNEL INITRD APPEND: one a line, for mapfile.
qemu_arguments() {
	local architecture=$1 accel=$2 cpus=$3 memory=$4 kernel=$5 initrd=$6 append=$7
	[[ $accel != tcg ]] || accel=tcg,thread=$(tcg_threads "$(qemu_of "$architecture")")
	printf '%s\n' -accel "$accel" -cpu "$(cpu_model "$architecture" "$2")" -M "$(machine_model "$architecture")" -smp "$cpus" -m "$memory" \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$kernel" -initrd "$initrd" -append "$(own_words "$architecture") $kernel_words $append"
}

# The ports the output comes out of. Descriptors are handed over, so that a file is not truncated or a pipe reopened.
qemu_ports() {
	local stdout=$1 stderr=$2 status=$3
	printf '%s\n' -device virtio-serial-pci \
		-add-fd "fd=$stdout,set=1" -chardev file,id=stdout,path=/dev/fdset/1,append=on \
		-add-fd "fd=$stderr,set=2" -chardev file,id=stderr,path=/dev/fdset/2,append=on \
		-chardev "file,id=status,path=$status" \
		-device virtserialport,chardev=stdout,name=stdout \
		-device virtserialport,chardev=stderr,name=stderr \
		-device virtserialport,chardev=status,name=status
}
