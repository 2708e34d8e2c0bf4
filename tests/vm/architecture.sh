# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the machine room has to know of a processor architecture, by Debian's name for it. The first is that of the
# machine the tests run on; a kernel of another has it at the end of its name: 6.12-arm64.

# kernel_architecture NAME, kernel_version NAME: the two parts of a kernel's name.
kernel_architecture() {
	case $1 in
	*-arm64) echo arm64 ;;
	*) echo amd64 ;;
	esac
}

kernel_version() { echo "${1%-arm64}"; }

# in_architecture WORLD ARCHITECTURE: the world's name in apt.sh.
in_architecture() {
	case $2 in
	amd64) echo "$1" ;;
	*) echo "$1:$2" ;;
	esac
}

# As gcc and Debian's library directories call it.
triplet_of() {
	case $1 in
	amd64) echo x86_64-linux-gnu ;;
	arm64) echo aarch64-linux-gnu ;;
	i386) echo i686-linux-gnu ;;
	*) die "architecture $1: neither amd64, arm64 nor i386" ;;
	esac
}

multiarch_of() {
	case $1 in
	i386) echo i386-linux-gnu ;;
	*) triplet_of "$1" ;;
	esac
}

# The dynamic loader, by the path that programs name it by.
loader_of() {
	case $1 in
	amd64) echo /lib64/ld-linux-x86-64.so.2 ;;
	arm64) echo /lib/ld-linux-aarch64.so.1 ;;
	esac
}

# The compiler on this machine that builds for it.
compiler_of() {
	case $1 in
	amd64) echo gcc ;;
	*) echo "$(triplet_of "$1")-gcc" ;;
	esac
}

qemu_of() {
	case $1 in
	amd64) echo qemu-system-x86_64 ;;
	arm64) echo qemu-system-aarch64 ;;
	esac
}
