# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Building for another architecture: Debian's cross compiler, the libraries of that architecture in a root of their own, and
# what runs its programs here: QEMU, since not
# every machine lets its processor run i386 either. Sourced after tests/vm/room.sh.
#
#	cross_build ARCHITECTURE	builds the tree in build/ARCHITECTURE
#	cross_programs ARCHITECTURE	and the tests' own programs, in build/ARCHITECTURE/tests
#	cross_run ARCHITECTURE		RUN: what goes in front of a program of that architecture, an array

libraries=(libc6-dev libbpf-dev libelf-dev zlib1g-dev libsmartcols-dev libmnl-dev libcjson-dev libncurses-dev libcmocka-dev)

architecture_of() {
	case $1 in
	i386) cpu=i686 family=x86 ;;
	arm64) cpu=aarch64 family=aarch64 ;;
	*) die "portability: $1: neither i386 nor arm64" ;;
	esac
	triplet=$(triplet_of "$1")
	multiarch=$(multiarch_of "$1")
}

make_sysroot() { world_tree "$1" "$2" "${libraries[@]}"; }

sysroot_of() {
	local world
	world=$(default_userland):$1
	echo "$cache/sysroot/${world/:/-}-$(recipe make_sysroot <<<"${libraries[*]}")"
}

cross_run() {
	local root
	root=$(sysroot_of "$1")
	case $1 in
	i386) RUN=(qemu-i386-static -L "$root") ;;
	arm64) RUN=(qemu-aarch64-static -L "$root") ;;
	esac
}

quoted() { printf "'%s', " "$@"; }

cross_file() {
	local root=$1
	cat <<-END
		[binaries]
		c = ['$triplet-gcc', '--sysroot=$root']
		ar = '$triplet-ar'
		strip = '$triplet-strip'
		pkgconfig = 'pkg-config'
		exe_wrapper = [$(quoted "${RUN[@]}")]
		[properties]
		needs_exe_wrapper = true
		sys_root = '$root'
		pkg_config_libdir = '$root/usr/lib/$multiarch/pkgconfig:$root/usr/share/pkgconfig'
		[host_machine]
		system = 'linux'
		cpu_family = '$family'
		cpu = '$cpu'
		endian = 'little'
	END
}

cross_build() {
	local architecture=$1 root out=$tree/build/$1 build_lock
	mkdir -p "$tree/build"
	architecture_of "$architecture"
	need_tools "$triplet-gcc" qemu-aarch64-static
	root=$(sysroot_of "$architecture")
	exec {build_lock}>"$out.lock"
	flock "$build_lock"
	make_once "$root" make_sysroot "$(default_userland):$architecture"
	cross_run "$architecture"
	cross_file "$root" >"$out.cross.new"
	if ! cmp -s "$out.cross.new" "$out.cross" || [[ ! -e $out/build.ninja ]]; then
		rm -rf "$out"
		mv "$out.cross.new" "$out.cross"
		meson setup --cross-file "$out.cross" "$out" >"$out.log" 2>&1 || { tail -n 30 "$out.log"; return 1; }
	fi
	rm -f "$out.cross.new"
	ninja -C "$out" >"$out.log" 2>&1 || { grep -v '^\[' "$out.log" | tail -n 60; return 1; }
	exec {build_lock}>&-
}

cross_programs() {
	cross_build "$1"
	make -s -C "$tree/tests/lib" OUT="$tree/build/$1/tests" CC="$triplet-gcc --sysroot=$(sysroot_of "$1")"
}
