# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What builds modules for a kernel: its headers and the compiler they name, in a root of their own, so that the
# host's compiler does not matter.

# The headers depend on their compiler; the rest is what a kernel's makefiles run.
toolchain_packages=(make binutils dash bash coreutils sed grep mawk findutils diffutils)

make_toolchain() {
	local name=$1 release=$2 dir=$3 world
	read -r world _ <<<"$(kernel_origin "$name")"
	open_world "$world"
	[[ -n $(in_world "$world" apt-cache show "linux-headers-$release" 2>/dev/null) ]] ||
		die "Debian keeps the kernel $release but its headers no more: no module can be built; use --no-module"
	world_tree "$world" "$dir" "linux-headers-$release" "${toolchain_packages[@]}"
	finish_root "$dir"
}

# Of another architecture only what is no program is taken: its own headers. The tools of the kernel's makefiles and Debian's
# cross compiler, of the version that those headers name, are this machine's.
make_cross_toolchain() {
	local name=$1 release=$2 dir=$3 world compiler common
	read -r world _ <<<"$(kernel_origin "$name")"
	open_world "$world"
	compiler=$(headers_need "$world" "$release" 'gcc-[0-9]+')
	common=$(headers_need "$world" "$release" 'linux-headers-[^ ,]+-common')
	[[ -n $compiler && -n $common ]] || die "Debian's linux-headers-$release names no compiler, or is not there: no module can be built"
	common=${common#linux-headers-}
	world_tree "${world%:*}" "$dir" "$compiler-$(triplet_of "${world#*:}")" "linux-headers-$common" "linux-kbuild-${common%-common}" \
		"${toolchain_packages[@]}"
	world_fetch "$world" "$dir/debs" "linux-headers-$release"
	unpack "$dir" "$dir"/debs/*.deb
	rm -rf "$dir/debs"
	finish_root "$dir"
}

headers_need() {
	in_world "$1" apt-cache show "linux-headers-$2" 2>/dev/null | grep '^Depends' | grep -oE "\b$3" | head -n 1
}

# What the packages would have set up when installed.
finish_root() {
	local dir=$1
	ln -sf dash "$dir/usr/bin/sh"
	ln -sf mawk "$dir/usr/bin/awk"
	mkdir -p "$dir"/{dev,proc,tmp,src}
	rm -rf "$dir"/usr/share/{doc,man,info,locale}
}

# toolchain_dir NAME RELEASE: the root to build in; a kernel of our own has one beside it.
toolchain_dir() {
	local name=$1 release=$2 dir make=make_toolchain
	dir=$(kernel_dir "$name")/root
	[[ ! -d $dir ]] || { echo "$dir"; return; }
	[[ $(kernel_architecture "$name") == amd64 ]] || make=make_cross_toolchain
	dir=$cache/toolchain/$release-$(recipe $make finish_root <<<"${toolchain_packages[*]}")
	make_once "$dir" $make "$name" "$release"
	echo "$dir"
}

# in_root ROOT SOURCE COMMAND...: run COMMAND with ROOT as its root and SOURCE, a directory, as /src there. In mount
# (and, for a plain user, user) namespaces of its own, so the host sees none of the mounts.
in_root() {
	local root=$1 source=$2 unshare=(unshare --mount)
	shift 2
	((!EUID)) || unshare+=(--map-root-user)
	# shellcheck disable=SC2016 # expanded by the shell inside
	"${unshare[@]}" sh -c '
		mount --rbind /dev "$1/dev" && mount --rbind /proc "$1/proc" && mount --bind "$2" "$1/src" || exit 125
		root=$1
		shift 2
		exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/tmp LC_ALL=C "$@"
	' in_root "$root" "$source" "$@"
}
