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
	local name=$1 release=$2 dir
	dir=$(kernel_dir "$name")/root
	[[ ! -d $dir ]] || { echo "$dir"; return; }
	dir=$cache/toolchain/$release-$(recipe make_toolchain finish_root <<<"${toolchain_packages[*]}")
	make_once "$dir" make_toolchain "$name" "$release"
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
